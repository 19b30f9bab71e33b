// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// Percent-decoding of paths and query values (RFC 3986 section 2.1).
enum PercentCoding {
    /// The text with `%XX` replaced by the byte it names.
    ///
    /// A `%` without two hexadecimal digits stays as it is, bytes that are no UTF-8 become U+FFFD, and `+` stays
    /// `+`: a key in a query is not form data, and base64 keys contain it.
    static func decoded(_ encoded: some Sequence<UInt8>) -> String {
        let bytes = Array(encoded)
        var plain: [UInt8] = []
        plain.reserveCapacity(bytes.count)
        var position = 0
        while position < bytes.count {
            if bytes[position] == UInt8(ascii: "%"), position + 2 < bytes.count,
                let high = hexadecimalValue(bytes[position + 1]), let low = hexadecimalValue(bytes[position + 2])
            {
                plain.append(high << 4 | low)
                position += 3
            } else {
                plain.append(bytes[position])
                position += 1
            }
        }
        return String(decoding: plain, as: UTF8.self)
    }

    private static func hexadecimalValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}
