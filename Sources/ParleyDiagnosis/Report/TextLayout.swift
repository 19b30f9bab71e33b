// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// Lays out text in columns of a terminal, where ideographs take two.
enum TextLayout {
    /// How many columns a text takes.
    static func width(_ text: String) -> Int { text.unicodeScalars.reduce(0) { $0 + width($1) } }

    /// The text with blanks behind it, up to a width.
    static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - Self.width(text)))
    }

    /// The text in lines of at most so many columns.
    ///
    /// Lines break at blanks and beside wide characters, not before closing or behind opening punctuation; a word that
    /// is longer than a line is cut.
    static func wrapped(_ text: String, _ width: Int) -> [String] {
        let width = max(width, 8)
        var lines: [String] = []
        var line = ""
        for piece in pieces(text) {
            if Self.width(line) + Self.width(trimmed(piece)) > width, !line.isEmpty {
                lines.append(trimmed(line))
                line = ""
            }
            var rest = line.isEmpty ? String(piece.drop { $0 == " " }) : piece
            while line.isEmpty, Self.width(trimmed(rest)) > width {
                let head = prefix(rest, width)
                lines.append(head)
                rest = String(rest.dropFirst(head.count))
            }
            line += rest
        }
        if !line.isEmpty || lines.isEmpty { lines.append(trimmed(line)) }
        return lines
    }

    /// What a terminal would act on, as `\xNN`: reports show what servers send.
    static func plain(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isControl) else { return text }
        var plain = ""
        for scalar in text.unicodeScalars {
            if isControl(scalar) {
                let digits = String(scalar.value, radix: 16)
                plain += digits.count > 2 ? "\\u{\(digits)}" : "\\x" + (digits.count < 2 ? "0" : "") + digits
            } else {
                plain.unicodeScalars.append(scalar)
            }
        }
        return plain
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
    }

    private static func width(_ scalar: Unicode.Scalar) -> Int {
        if scalar.isASCII { return 1 }
        if isWide(scalar) { return 2 }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: return 0
        default: return 1
        }
    }

    /// East Asian Width W and F (Unicode Standard Annex 11), by blocks.
    private static func isWide(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
            0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
            true
        default: false
        }
    }

    private static let closing: Set<Character> = [
        "，", "。", "、", "；", "：", "？", "！", "）", "」", "』", "”", "’", "》", "…", ",", ".", ";", ":", ")", "]",
    ]
    private static let opening: Set<Character> = ["（", "「", "『", "“", "‘", "《", "(", "["]

    /// The parts between which a line may break, blanks at their ends.
    private static func pieces(_ text: String) -> [String] {
        var pieces: [String] = []
        var piece = ""
        for character in text {
            if let last = piece.last, mayBreak(last, character) {
                pieces.append(piece)
                piece = ""
            }
            piece.append(character)
        }
        return piece.isEmpty ? pieces : pieces + [piece]
    }

    private static func mayBreak(_ left: Character, _ right: Character) -> Bool {
        if left == " " { return right != " " }
        guard right != " ", !closing.contains(right), !opening.contains(left) else { return false }
        return [left, right].contains { $0.unicodeScalars.first.map(isWide) ?? false }
    }

    private static func trimmed(_ text: String) -> String {
        String(text.reversed().drop { $0 == " " }.reversed())
    }

    private static func prefix(_ text: String, _ width: Int) -> String {
        var taken = ""
        for character in text {
            guard Self.width(taken) + Self.width(String(character)) <= width else { break }
            taken.append(character)
        }
        return taken.isEmpty ? String(text.prefix(1)) : taken
    }
}
