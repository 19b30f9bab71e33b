// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

extension YAMLParser {
    /// Whether a name and a colon stand here.
    mutating func isMappingKey() throws(YAMLError) -> Bool {
        let start = position
        defer { position = start }
        if current == "\"" || current == "'" {
            _ = try quoted()
            guard mark().line == mark(start).line else { return false }
            skipSpaces()
            return current == ":" && isBlank(peek(1))
        }
        if current == "?", isBlank(peek(1)) { throw error("complex keys are not supported; write 'name: value'") }
        if let first = current, "[{|>#".unicodeScalars.contains(first) { return false }
        while let scalar = current, scalar != "\n" {
            if scalar == ":", isBlank(peek(1)) { return true }
            if scalar == "#", position > start, isBlank(text[position - 1]) { return false }
            position += 1
        }
        return false
    }

    /// Reads a name and its colon.
    mutating func key() throws(YAMLError) -> String {
        var name: String
        if current == "\"" || current == "'" {
            name = try quoted()
            skipSpaces()
        } else {
            try refuseIndicator()
            name = ""
            while let scalar = current, !(scalar == ":" && isBlank(peek(1))) {
                name.unicodeScalars.append(scalar)
                position += 1
            }
            while name.last == " " { name.removeLast() }
        }
        position += 1
        return name
    }

    /// A value on this line or from here on: a scalar, or something in flow style.
    mutating func value(parent: Int) throws(YAMLError) -> Node {
        let mark = mark()
        switch current {
        case "[", "{": return try flow()
        case "\"", "'":
            let text = try quoted()
            return Node(.string(text), at: mark, text: text)
        case "|", ">": return try blockScalar(parent: parent)
        default: return try plain(parent: parent)
        }
    }

    /// YAML has more than settings need; what begins with its marks is not to be taken for a word.
    func refuseIndicator() throws(YAMLError) {
        switch current {
        case "&", "*": throw error("anchors and aliases are not supported; write the value again, or put it in quotes")
        case "!": throw error("tags are not supported; leave the tag out, or put the text in quotes")
        case "@", "`", "%": throw error("a text may not begin with this character; put it in quotes")
        default: break
        }
    }

    /// A scalar without quotes; lines that are indented more than `parent` go on with it.
    private mutating func plain(parent: Int) throws(YAMLError) -> Node {
        let mark = mark()
        try refuseIndicator()
        var words = ""
        while true {
            let start = position
            while let scalar = current, scalar != "\n" {
                if scalar == "#", position > start, isBlank(text[position - 1]) { break }
                if scalar == ":", isBlank(peek(1)) {
                    throw error("': ' inside of a text; put the text in quotes, or align the line with its neighbours")
                }
                position += 1
            }
            var line = String(String.UnicodeScalarView(text[start..<position]))
            while line.last == " " || line.last == "\t" { line.removeLast() }
            words += (words.isEmpty ? "" : " ") + line
            let end = position
            guard current == "\n", let column = try skipToContent(), column > parent, self.mark().line > mark.line,
                self.mark().line == self.mark(end).line + 1
            else {
                position = end
                break
            }
        }
        return Node(Self.resolved(words), at: mark, text: words)
    }

    /// What a word without quotes means, by YAML's core schema.
    static func resolved(_ word: String) -> Node.Value {
        switch word {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return .bool(true)
        case "false", "False", "FALSE": return .bool(false)
        default: break
        }
        guard let first = word.unicodeScalars.first, "-+.0123456789".unicodeScalars.contains(first) else {
            return .string(word)
        }
        if let int = Int(word) { return .int(int) }
        if word.hasPrefix("0x"), let int = Int(word.dropFirst(2), radix: 16) { return .int(int) }
        if word.hasPrefix("0o"), let int = Int(word.dropFirst(2), radix: 8) { return .int(int) }
        let isNumber = word.unicodeScalars.allSatisfy { "+-.eE0123456789".unicodeScalars.contains($0) }
        if isNumber, let double = Double(word) { return .double(double) }
        return .string(word)
    }

    // MARK: Quotes

    /// Reads a text in quotes; line breaks inside become spaces, empty lines line breaks.
    mutating func quoted() throws(YAMLError) -> String {
        let start = position
        let quote = text[position]
        position += 1
        var read = String.UnicodeScalarView()
        while let scalar = current {
            position += 1
            if scalar == quote {
                guard quote == "'", current == "'" else { return String(read) }
                position += 1
                read.append("'")
            } else if scalar == "\\", quote == "\"" {
                try escape(into: &read)
            } else if scalar == "\n" {
                fold(into: &read)
            } else {
                read.append(scalar)
            }
        }
        throw error("this quote is never closed", at: start)
    }

    private mutating func fold(into read: inout String.UnicodeScalarView) {
        while read.last == " " || read.last == "\t" { read.removeLast() }
        var breaks = 0
        while let scalar = current, scalar == " " || scalar == "\n" || scalar == "\t" {
            if scalar == "\n" { breaks += 1 }
            position += 1
        }
        if breaks == 0 { read.append(" ") }
        for _ in 0..<breaks { read.append("\n") }
    }

    private mutating func escape(into read: inout String.UnicodeScalarView) throws(YAMLError) {
        let start = position - 1
        guard let scalar = current else { return }
        position += 1
        let simple: [Unicode.Scalar: Unicode.Scalar] = [
            "n": "\n", "t": "\t", "\"": "\"", "\\": "\\", "/": "/", "r": "\r", "0": "\0", "b": "\u{8}", "f": "\u{C}",
            "a": "\u{7}", "v": "\u{B}", "e": "\u{1B}", " ": " ", "_": "\u{A0}",
        ]
        if let meant = simple[scalar] { return read.append(meant) }
        switch scalar {
        case "\n": while isBlank(current), current != nil { position += 1 }
        case "x": read.append(try code(2, from: start))
        case "u": read.append(try code(4, from: start))
        case "U": read.append(try code(8, from: start))
        default:
            throw error("'\\\(scalar)' is no escape; write '\\\\' for a backslash, or use single quotes", at: start)
        }
    }

    private mutating func code(_ digits: Int, from start: Int) throws(YAMLError) -> Unicode.Scalar {
        var value = try hexadecimal(digits, from: start)
        // JSON writes characters beyond the first plane as two.
        if digits == 4, (0xD800..<0xDC00).contains(value), current == "\\", peek(1) == "u" {
            position += 2
            let low = try hexadecimal(4, from: start)
            guard (0xDC00..<0xE000).contains(low) else { throw error("half of a surrogate pair", at: start) }
            value = 0x1_0000 + (value - 0xD800) << 10 + (low - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(value) else { throw error("no character has this number", at: start) }
        return scalar
    }

    private mutating func hexadecimal(_ digits: Int, from start: Int) throws(YAMLError) -> UInt32 {
        let end = min(position + digits, text.count)
        let written = String(String.UnicodeScalarView(text[position..<end]))
        guard written.utf8.count == digits, let value = UInt32(written, radix: 16) else {
            throw error("expected \(digits) hexadecimal digits", at: start)
        }
        position = end
        return value
    }
}
