// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// ASCII comparison and trimming of HTTP text.
///
/// Field names, tokens, schemes and host names fold case within ASCII only (RFC 9110 section 5.1,
/// RFC 3986 section 6.2.2.1). `String.lowercased()` folds all of Unicode and would take U+212A for a `k`.
package enum HeaderText {
    /// The text with `A`–`Z` folded to `a`–`z` and everything else left as it is.
    package static func lowercased(_ text: String) -> String {
        String(decoding: text.utf8.map(folded), as: UTF8.self)
    }

    /// Whether two texts are equal when ASCII case is ignored.
    package static func matches(_ left: String, _ right: String) -> Bool {
        left.utf8.elementsEqual(right.utf8) { folded($0) == folded($1) }
    }

    /// Whether `text` begins with `prefix` when ASCII case is ignored.
    package static func hasPrefix(_ text: String, _ prefix: String) -> Bool {
        text.utf8.count >= prefix.utf8.count
            && zip(text.utf8, prefix.utf8).allSatisfy { folded($0) == folded($1) }
    }

    /// What follows `prefix` in `text`, compared byte for byte; nil when `text` does not begin with it.
    ///
    /// `String.hasPrefix` compares characters, so that a combining mark behind the prefix would hide it.
    package static func suffix(of text: String, after prefix: String) -> String? {
        text.utf8.count >= prefix.utf8.count && text.utf8.starts(with: prefix.utf8)
            ? String(decoding: text.utf8.dropFirst(prefix.utf8.count), as: UTF8.self) : nil
    }

    /// Whether `part` stands somewhere in `text`, compared byte for byte.
    package static func contains(_ text: String, _ part: String) -> Bool {
        let bytes = Array(text.utf8)
        let wanted = Array(part.utf8)
        guard let first = wanted.first else { return true }
        return bytes.indices.contains { bytes[$0] == first && bytes[$0...].starts(with: wanted) }
    }

    /// The text without optional white space (space and tab, RFC 9110 section 5.6.3) at both ends.
    package static func trimmed(_ text: String) -> String {
        guard let start = text.utf8.first, let end = text.utf8.last, isWhiteSpace(start) || isWhiteSpace(end) else {
            return text
        }
        let bytes = Array(text.utf8)
        guard let first = bytes.firstIndex(where: { !isWhiteSpace($0) }),
            let last = bytes.lastIndex(where: { !isWhiteSpace($0) })
        else { return "" }
        return String(decoding: bytes[first...last], as: UTF8.self)
    }

    /// Whether `text` is a token: one or more `tchar` (RFC 9110 section 5.6.2).
    package static func isToken(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy(isTokenByte)
    }

    /// Space or horizontal tab.
    package static func isWhiteSpace(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
    }

    /// `0`–`9`, `A`–`Z` or `a`–`z`.
    package static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"):
            true
        default:
            false
        }
    }

    package static func isTokenByte(_ byte: UInt8) -> Bool {
        if isAlphanumeric(byte) { return true }
        return switch byte {
        case UInt8(ascii: "!"), UInt8(ascii: "#")...UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"),
            UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "^")...UInt8(ascii: "`"), UInt8(ascii: "|"),
            UInt8(ascii: "~"):
            true
        default:
            false
        }
    }

    /// The byte in lower case when it is an ASCII letter.
    package static func folded(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }
}
