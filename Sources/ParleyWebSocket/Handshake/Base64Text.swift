// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// Bytes as text for header fields: the handshake's key and its answer, a proxy's credentials.
package enum Base64Text {
    private static let alphabet: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

    /// Standard base64 with padding (RFC 4648 section 4).
    package static func encoded(_ bytes: [UInt8]) -> String { bytes.withUnsafeBytes(encoded) }

    /// Standard base64 with padding (RFC 4648 section 4).
    static func encoded(_ bytes: UnsafeRawBufferPointer) -> String {
        String(unsafeUninitializedCapacity: (bytes.count + 2) / 3 * 4) { text in
            var end = 0
            for start in stride(from: 0, to: bytes.count, by: 3) {
                let count = min(3, bytes.count - start)
                var bits: UInt32 = 0
                for index in start..<start + 3 { bits = bits << 8 | (index < bytes.count ? UInt32(bytes[index]) : 0) }
                for index in 0...3 {
                    let letter = alphabet.utf8Start[Int(bits >> UInt32(18 - 6 * index) & 0x3F)]
                    text[end] = index <= count ? letter : UInt8(ascii: "=")
                    end += 1
                }
            }
            return end
        }
    }
}
