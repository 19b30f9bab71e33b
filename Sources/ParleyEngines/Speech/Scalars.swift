// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

extension Unicode.Scalar {
    /// Letters of any script.
    var isLetter: Bool { properties.isAlphabetic }

    /// `0` to `9`.
    var isDigit: Bool { ("0"..."9").contains(self) }

    /// White space, line ends included.
    var isSpace: Bool { isASCII ? self == " " || ("\t"..."\r").contains(self) : properties.isWhitespace }

    /// Ideographs, kana and hangul with their punctuation: each says about as much as three Latin letters, and nothing
    /// but punctuation separates sentences.
    var isWide: Bool {
        switch value {
        case 0x1100...0x115F, 0x2E80...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7FF, 0xF900...0xFAFF, 0xFF00...0xFF60,
            0x20000...0x3FFFF:
            true
        default: false
        }
    }

    /// Pictures, flags, skin tones and what joins them; not the digits and marks that may only be keycaps.
    var isEmoji: Bool {
        switch value {
        case ..<0x80: false
        case 0x200D, 0x20E3, 0xFE0E, 0xFE0F, 0x1F1E6...0x1F1FF, 0x1F3FB...0x1F3FF, 0xE0020...0xE007F: true
        case ..<0x2300: properties.isEmojiPresentation
        default: properties.isEmoji
        }
    }

    /// Ends a sentence in scripts that put a space after it.
    var isStop: Bool { Self.stops.contains(self) }

    /// Ends a sentence in scripts without spaces.
    var isWideStop: Bool { Self.wideStops.contains(self) }

    /// Ends a clause if white space follows.
    var isClauseMark: Bool { Self.clauseMarks.contains(self) }

    /// Ends a clause whatever follows.
    var isWideClauseMark: Bool { Self.wideClauseMarks.contains(self) }

    /// Still belongs to a sentence whose stop it follows: closing quotes and brackets, and ends of emphasis.
    var isCloser: Bool { Self.closers.contains(self) }

    /// A closing quotation mark.
    var isQuote: Bool { Self.quotes.contains(self) }

    private static let stops = Set(".!?…‼⁇⁈⁉؟۔।॥".unicodeScalars)
    private static let wideStops = Set("。！？｡．".unicodeScalars)
    private static let clauseMarks = Set(",;:–،؛".unicodeScalars)
    private static let wideClauseMarks = Set("—，、；：".unicodeScalars)
    private static let quotes = Set("\"'”’»«“„‘」』".unicodeScalars)
    private static let closers = quotes.union(")]}*_~）】》〉".unicodeScalars)
}

extension Sequence<Unicode.Scalar> {
    /// These scalars as text.
    var text: String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: self)
        return String(view)
    }
}
