// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// Text as flite can read it.
enum FliteText {
    /// Characters that are made into sound in one go, which takes less than 100 ms of processor time.
    static let longestPiece = 100

    /// `text` in ASCII: marks and accented Latin letters are replaced, what remains of other scripts is dropped.
    static func ascii(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if scalar.isASCII {
                result.append(scalar.value < 0x20 || scalar.value == 0x7F ? " " : scalar)
            } else if let replacement = replacements[scalar] {
                result.append(contentsOf: replacement.unicodeScalars)
            } else if scalar.isSpace {
                result.append(" ")
            }
        }
        return String(result)
    }

    /// `text` in pieces of bounded length, cut at the ends of clauses, else at spaces.
    static func pieces(of text: String) -> [String] {
        var pieces: [String] = []
        var rest = text[...]
        while rest.count > longestPiece {
            let head = rest.prefix(longestPiece)
            let clause = head.lastIndex { ",;:.!?".contains($0) }
            let end = clause.map { head.index(after: $0) } ?? head.lastIndex(of: " ") ?? head.endIndex
            pieces.append(String(rest[..<end]))
            rest = rest[end...].drop { $0 == " " }
        }
        return (pieces + [String(rest)]).filter { $0.contains { $0.isLetter || $0.isNumber } }
    }

    private static let replacements: [Unicode.Scalar: String] = {
        let letters: [(String, String)] = [
            ("àáâãäå", "a"), ("ç", "c"), ("èéêë", "e"), ("ìíîï", "i"), ("ñ", "n"), ("òóôõöø", "o"), ("ùúûü", "u"),
            ("ýÿ", "y"), ("ß", "ss"), ("æ", "ae"), ("œ", "oe"), ("š", "s"), ("ž", "z"), ("č", "c"), ("ł", "l"),
        ]
        let marks: [(String, String)] = [
            ("‘’", "'"), ("“”„«»", "\""), ("–—", ", "), ("…", "..."), ("€", " euros "), ("£", " pounds "),
            ("°", " degrees "), ("×", " times "), ("÷", " divided by "), ("½", " one half "), ("−", " minus "),
        ]
        var table: [Unicode.Scalar: String] = [:]
        for (scalars, replacement) in letters + letters.map({ ($0.uppercased(), $1.uppercased()) }) + marks {
            for scalar in scalars.unicodeScalars { table[scalar] = replacement }
        }
        return table
    }()
}
