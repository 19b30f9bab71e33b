// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// Comma-separated field values, over any number of field lines.
///
/// Several lines of one name mean the same as one line with their values joined by commas
/// (RFC 9110 section 5.3), and empty elements count for nothing (section 5.6.1.2), so an empty field is
/// the same as an absent one.
package enum HeaderLists {
    /// The elements in the order sent, without the white space around them and byte for byte otherwise.
    ///
    /// A comma inside a quoted string does not separate. A quotation mark that is never closed is an
    /// ordinary character, so that one stray mark cannot swallow the rest of the list.
    package static func elements(of lines: [String]) -> [String] {
        lines.flatMap { elements(ofLine: Array($0.utf8)) }
    }

    /// Whether `token` is one of the elements when ASCII case is ignored, as for `Connection` and `Upgrade`.
    package static func contains(_ token: String, in lines: [String]) -> Bool {
        lines.contains { HeaderText.matches($0, token) }
            || elements(of: lines).contains { HeaderText.matches($0, token) }
    }

    private static func elements(ofLine bytes: [UInt8]) -> [String] {
        var found: [String] = []
        var start = 0
        var position = 0
        func close(at end: Int) {
            let element = HeaderText.trimmed(String(decoding: bytes[start..<end], as: UTF8.self))
            if !element.isEmpty { found.append(element) }
        }
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: ","):
                close(at: position)
                start = position + 1
            case UInt8(ascii: "\""):
                position = endOfQuotedString(in: bytes, from: position) ?? position
            default:
                break
            }
            position += 1
        }
        close(at: bytes.count)
        return found
    }

    /// The position of the mark that closes the quoted string opened at `start` (RFC 9110 section 5.6.4).
    private static func endOfQuotedString(in bytes: [UInt8], from start: Int) -> Int? {
        var position = start + 1
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""): return position
            case UInt8(ascii: "\\"): position += 2
            default: position += 1
            }
        }
        return nil
    }
}
