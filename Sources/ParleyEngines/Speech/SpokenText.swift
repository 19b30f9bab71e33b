// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// Makes of written text what is to be said.
package enum SpokenText {
    /// `text` without markup, pictures and addresses' details; empty if no word is left.
    ///
    /// Lines become sentences, links their text, web addresses their host. Works on a part of a document: marks whose
    /// counterpart lies outside are removed just the same.
    package static func plain(_ text: some StringProtocol) -> String {
        var spoken = ""
        for line in text.split(whereSeparator: \.isNewline) {
            let words = plainLine(line)
            guard words.unicodeScalars.contains(where: { $0.isLetter || $0.properties.numericType != nil }) else {
                continue
            }
            if let last = spoken.unicodeScalars.last { spoken += last.endsPhrase ? " " : ". " }
            spoken += words
        }
        return spoken
    }

    private static func plainLine(_ line: some StringProtocol) -> String {
        var scalars = Array(line.unicodeScalars)
        removeLineMarks(&scalars)
        scalars = replaceLinks(scalars)
        scalars = replaceTags(scalars)
        scalars = removeMarks(scalars)
        return scalars.split(whereSeparator: \.isSpace).map { spokenToken($0.text) }.joined(separator: " ")
    }

    /// Removes what makes a line a heading, a quotation, a list item or a table's rule.
    private static func removeLineMarks(_ line: inout [Unicode.Scalar]) {
        while let first = line.first {
            if first.isSpace || first == ">" || first == "|" {
                line.removeFirst()
            } else if "-*+•◦▪‣–".unicodeScalars.contains(first), line.count == 1 || line[1].isSpace {
                line.removeFirst()
            } else if first == "#", line.drop(while: { $0 == "#" }).first?.isSpace ?? true {
                line = Array(line.drop { $0 == "#" })
            } else if first == "[", line.count >= 3, line[2] == "]", " xX".unicodeScalars.contains(line[1]) {
                line.removeFirst(3)
            } else {
                break
            }
        }
        while let last = line.last, last.isSpace || last == "|" { line.removeLast() }
        if line.allSatisfy({ "|-:=*_ ".unicodeScalars.contains($0) }) { line.removeAll() }
    }

    /// Replaces `[text](address)` and `![text](address)` by the text.
    private static func replaceLinks(_ line: [Unicode.Scalar]) -> [Unicode.Scalar] {
        var rest = line[...]
        var result: [Unicode.Scalar] = []
        while let open = rest.firstIndex(of: "[") {
            guard let close = rest[open...].firstIndex(of: "]"), close + 1 < rest.endIndex, rest[close + 1] == "(",
                let end = rest[close...].firstIndex(of: ")")
            else {
                result += rest[...open]
                rest = rest[(open + 1)...]
                continue
            }
            result += rest[..<open]
            if result.last == "!" { result.removeLast() }
            result += rest[(open + 1)..<close]
            rest = rest[(end + 1)...]
        }
        return result + rest
    }

    /// Replaces `<b>`, `</b>`, `<br/>` and their like by a space.
    private static func replaceTags(_ line: [Unicode.Scalar]) -> [Unicode.Scalar] {
        var rest = line[...]
        var result: [Unicode.Scalar] = []
        while let open = rest.firstIndex(of: "<") {
            let isTag = rest[(open + 1)...].first.map { $0.isLetter || $0 == "/" } ?? false
            guard isTag, let close = rest[open...].prefix(60).firstIndex(of: ">"),
                rest[open..<close].allSatisfy({ !$0.isSpace }) || rest[open..<close].contains("=")
            else {
                result += rest[...open]
                rest = rest[(open + 1)...]
                continue
            }
            result += rest[..<open] + [" "]
            rest = rest[(close + 1)...]
        }
        return result + rest
    }

    /// Removes emphasis, inline code marks, pictures and what no voice can say; reads `*` between numbers.
    private static func removeMarks(_ line: [Unicode.Scalar]) -> [Unicode.Scalar] {
        var result: [Unicode.Scalar] = []
        for (index, scalar) in line.enumerated() {
            let before = line[..<index].last { !$0.isSpace }
            let next = index + 1 < line.count ? line[index + 1] : " "
            let after = line[(index + 1)...].first { !$0.isSpace }
            switch scalar {
            case "*" where (before?.isDigit ?? false) && (after?.isDigit ?? false): result += " times ".unicodeScalars
            case "_" where (line[..<index].last?.isWordPart ?? false) && next.isWordPart: result.append(" ")
            case "*", "`", "_": break
            case "~" where line[..<index].last == "~" || next == "~": break
            case "|": result += ", ".unicodeScalars
            case _ where scalar.isEmoji: break
            case _ where scalar.properties.generalCategory == .control: result.append(" ")
            case _ where scalar.isInvisible: break
            default: result.append(scalar)
            }
        }
        return result
    }

    /// Replaces a web address by its host.
    private static func spokenToken(_ token: String) -> String {
        let hasScheme = token.contains("://")
        guard hasScheme || token.lowercased().contains("www.") else { return token }
        let scalars = Array(token.unicodeScalars)
        let start = scalars.firstIndex { $0.isLetter } ?? 0
        var address = scalars[start...]
        if hasScheme, let slashes = address.firstIndex(of: "/"), slashes + 2 <= address.endIndex {
            address = address[(slashes + 2)...]
        }
        let tail = scalars.reversed().prefix { ".,;:!?)]}\"'”’».…".unicodeScalars.contains($0) }.reversed()
        var host = address.prefix { $0.isWordPart || $0 == "." || $0 == "-" || $0 == "@" }
        if let at = host.firstIndex(of: "@") { host = host[(at + 1)...] }
        if host.prefix(4).text.lowercased() == "www." { host = host.dropFirst(4) }
        while host.last == "." { host.removeLast() }
        return scalars[..<start].text + host.text + tail.text
    }
}

extension Unicode.Scalar {
    fileprivate var isWordPart: Bool { isLetter || isDigit }

    fileprivate var endsPhrase: Bool { isStop || isWideStop || isClauseMark || isWideClauseMark }

    /// Formatting without a sound; the zero-width non-joiner stays, as it is part of Persian words.
    fileprivate var isInvisible: Bool {
        switch properties.generalCategory {
        case .format: value != 0x200C
        case .privateUse, .unassigned: true
        default: false
        }
    }
}
