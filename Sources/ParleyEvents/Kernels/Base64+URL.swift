// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore

extension Base64 {
    /// Encodes with the alphabet for URLs and without padding (RFC 4648, section 5).
    public static func encodeForURL(_ bytes: [UInt8]) -> String {
        let characters = encode(ByteBuffer(bytes: bytes)).utf8
            .compactMap { byte -> UInt8? in
                switch byte {
                case UInt8(ascii: "+"): UInt8(ascii: "-")
                case UInt8(ascii: "/"): UInt8(ascii: "_")
                case UInt8(ascii: "="): nil
                default: byte
                }
            }
        return String(decoding: characters, as: UTF8.self)
    }

    /// Decodes what ``encodeForURL(_:)`` made; `nil` for anything else.
    public static func decodeFromURL(_ text: String) -> [UInt8]? {
        guard !text.utf8.contains(where: { "+/=".utf8.contains($0) }), text.utf8.count % 4 != 1 else { return nil }
        var characters = text.utf8.map { byte in
            switch byte {
            case UInt8(ascii: "-"): UInt8(ascii: "+")
            case UInt8(ascii: "_"): UInt8(ascii: "/")
            default: byte
            }
        }
        characters += repeatElement(UInt8(ascii: "="), count: (4 - characters.count % 4) % 4)
        return characters.withUnsafeBytes { decode($0) }.map { Array($0.readableBytesView) }
    }
}
