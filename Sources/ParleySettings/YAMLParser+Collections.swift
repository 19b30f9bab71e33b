// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

extension YAMLParser {
    // MARK: Flow style

    /// Reads `[…]`, `{…}` or a scalar inside of one.
    mutating func flow() throws(YAMLError) -> Node {
        try nested { parser throws(YAMLError) in
            switch parser.current {
            case "[": return try parser.flowSequence()
            case "{": return try parser.flowMapping()
            default: return try parser.flowScalar()
            }
        }
    }

    private mutating func flowSequence() throws(YAMLError) -> Node {
        let start = position
        position += 1
        var nodes: [Node] = []
        while true {
            try skipFlowSpace(from: start, "]")
            if current == "]" { break }
            nodes.append(try flow())
            try skipFlowSpace(from: start, "]")
            if current == ":" { throw error("'name: value' inside of a list needs braces: {name: value}") }
            try separator("]")
        }
        position += 1
        return Node(.sequence(nodes), at: mark(start))
    }

    private mutating func flowMapping() throws(YAMLError) -> Node {
        let start = position
        position += 1
        var entries: [Node.Entry] = []
        while true {
            try skipFlowSpace(from: start, "}")
            if current == "}" { break }
            let keyMark = mark()
            let key = try flowScalar()
            if let earlier = entries.first(where: { $0.name == key.text }) {
                throw YAMLError(
                    mark: keyMark,
                    message: "'\(key.text)' is given twice, first in line \(earlier.mark.line)"
                )
            }
            try skipFlowSpace(from: start, "}")
            var value = Node(.null, at: keyMark)
            if current == ":" {
                position += 1
                try skipFlowSpace(from: start, "}")
                if current != ",", current != "}" { value = try flow() }
                try skipFlowSpace(from: start, "}")
            }
            entries.append(Node.Entry(name: key.text, mark: keyMark, value: value))
            try separator("}")
        }
        position += 1
        return Node(.mapping(entries), at: mark(start))
    }

    private mutating func separator(_ end: Unicode.Scalar) throws(YAMLError) {
        if current == "," {
            position += 1
        } else if current != end {
            throw error("expected ',' or '\(end)'")
        }
    }

    private mutating func skipFlowSpace(from start: Int, _ end: Unicode.Scalar) throws(YAMLError) {
        while skipRestOfLine() {
            guard current != nil else { throw error("'\(end)' is missing: this is never closed", at: start) }
            position += 1
        }
    }

    private mutating func flowScalar() throws(YAMLError) -> Node {
        let start = position
        if current == "\"" || current == "'" {
            let text = try quoted()
            return Node(.string(text), at: mark(start), text: text)
        }
        try refuseIndicator()
        while let scalar = current, scalar != "\n", !",[]{}".unicodeScalars.contains(scalar) {
            if scalar == ":" {
                let next = peek(1)
                if isBlank(next) || next.map({ ",[]{}".unicodeScalars.contains($0) }) == true { break }
            }
            if scalar == "#", position > start, isBlank(text[position - 1]) { break }
            position += 1
        }
        var word = String(String.UnicodeScalarView(text[start..<position]))
        while word.last == " " || word.last == "\t" { word.removeLast() }
        guard !word.isEmpty else { throw error("expected a value") }
        return Node(Self.resolved(word), at: mark(start), text: word)
    }

    // MARK: Texts of several lines

    /// Reads `|` or `>` and the lines that are indented below.
    mutating func blockScalar(parent: Int) throws(YAMLError) -> Node {
        let start = mark()
        let isFolded = current == ">"
        position += 1
        var keep: Bool? = false
        var indent: Int?
        while let scalar = current, !isBlank(scalar) {
            switch scalar {
            case "-": keep = nil
            case "+": keep = true
            case "1"..."9": indent = parent + Int(scalar.value - 48)
            default: throw error("expected '-', '+' or a digit behind '\(isFolded ? ">" : "|")'")
            }
            position += 1
        }
        guard skipRestOfLine() else { throw error("the text begins on the next line") }
        let lines = blockLines(parent: parent, indent: indent.map { max($0, 0) })
        let content = lines.prefix(lines.count - lines.reversed().prefix { $0.isEmpty }.count)
        var text = isFolded ? Self.folded(content) : content.joined(separator: "\n")
        switch keep {
        case nil: break
        case false?: if !text.isEmpty { text += "\n" }
        case true?: text += String(repeating: "\n", count: lines.count - content.count + 1)
        }
        return Node(.string(text), at: start, text: text)
    }

    /// The lines of the text, without the indentation of its first.
    private mutating func blockLines(parent: Int, indent given: Int?) -> [String] {
        var indent = given
        var lines: [String] = []
        while current == "\n" {
            let lineStart = position + 1
            var end = lineStart
            while end < text.count, text[end] == " " { end += 1 }
            let spaces = end - lineStart
            while end < text.count, text[end] != "\n" { end += 1 }
            let isEmpty = end == lineStart + spaces
            if !isEmpty, spaces <= parent || spaces < indent ?? 0 { break }
            if isEmpty, end >= text.count { break }
            if !isEmpty, indent == nil { indent = spaces }
            let from = min(lineStart + (indent ?? spaces), end)
            lines.append(
                isEmpty && spaces <= indent ?? spaces ? "" : String(String.UnicodeScalarView(text[from..<end]))
            )
            position = end
        }
        return lines
    }

    /// Lines joined by spaces; empty lines are line breaks, and lines that are indented more stay as they are.
    private static func folded(_ lines: ArraySlice<String>) -> String {
        var text = ""
        var breaks = 0
        var isVerbatim = true
        for line in lines {
            if line.isEmpty {
                breaks += 1
                continue
            }
            let isIndented = line.hasPrefix(" ") || line.hasPrefix("\t")
            if text.isEmpty {
                text += String(repeating: "\n", count: breaks)
            } else if isVerbatim || isIndented {
                text += String(repeating: "\n", count: breaks + 1)
            } else {
                text += breaks == 0 ? " " : String(repeating: "\n", count: breaks)
            }
            text += line
            breaks = 0
            isVerbatim = isIndented
        }
        return text
    }
}
