// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// A word of ``ToneCode``, or a piece of a long one, as symbols.
struct ToneCodePiece: Sendable, Hashable {
    /// Most bytes of a piece; a piece of so many is not the last of its word.
    static let longest = 255

    /// Part of the UTF-8 of a word, at most ``longest`` bytes.
    let bytes: [UInt8]

    /// Whether the word goes on in the next piece.
    var continues: Bool { bytes.count == Self.longest }

    /// A piece that holds `bytes`.
    init(bytes: some Sequence<UInt8>) {
        self.bytes = Array(bytes)
    }

    /// The pieces of a word.
    static func pieces(of word: Substring) -> [ToneCodePiece] {
        let bytes = Array(word.utf8)
        return stride(from: 0, through: bytes.count, by: longest)
            .map { start in
                ToneCodePiece(bytes: bytes[start..<min(start + longest, bytes.count)])
            }
    }

    /// Symbols a piece of `length` bytes takes, without the gap.
    static func symbolCount(length: Int) -> Int {
        ToneCode.sync.count + 2 * (1 + length + 1)
    }

    /// All symbols, from the sync to the checksum.
    var symbols: [UInt8] {
        let framed = [UInt8(bytes.count)] + bytes
        return ToneCode.sync + (framed + [Self.checksum(framed)]).flatMap { [$0 >> 4, $0 & 0xF] }
    }

    /// What stands after a sync.
    enum Reading: Hashable {
        case piece(ToneCodePiece)
        /// Nothing can be said before so many symbols have come.
        case unfinished(symbols: Int)
        case damaged
    }

    /// Reads a piece whose sync has been found.
    ///
    /// - Parameter symbols: What has come so far, from the sync on.
    /// - Returns: The piece if it is complete and its checksum is right.
    static func read(_ symbols: some RandomAccessCollection<UInt8>) -> Reading {
        let bytes = symbols.dropFirst(ToneCode.sync.count)
        func byte(_ index: Int) -> UInt8 {
            let high = bytes.index(bytes.startIndex, offsetBy: 2 * index)
            return bytes[high] << 4 | bytes[bytes.index(after: high)]
        }
        guard bytes.count >= 2 else {
            return .unfinished(symbols: symbolCount(length: 0))
        }
        let length = Int(byte(0))
        guard symbols.count >= symbolCount(length: length) else {
            return .unfinished(symbols: symbolCount(length: length))
        }
        let framed = (0..<1 + length + 1).map(byte)
        // The remainder of a message with its own checksum is zero.
        return checksum(framed) == 0 ? .piece(ToneCodePiece(bytes: framed[1..<1 + length])) : .damaged
    }

    /// CRC-8 with the polynomial x⁸ + x² + x + 1, starting at 0.
    private static func checksum(_ bytes: [UInt8]) -> UInt8 {
        bytes.reduce(0) { sum, byte in
            (0..<8).reduce(sum ^ byte) { sum, _ in sum & 0x80 == 0 ? sum << 1 : sum << 1 ^ 0x07 }
        }
    }
}
