// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ParleyAudio

struct ToneCodePieceTests {
    static func piece(_ text: String) -> ToneCodePiece {
        ToneCodePiece(bytes: text.utf8)
    }

    @Test func `a piece is sync, length, bytes and checksum`() {
        // The CRC-8 of 01 41 with polynomial 07 is D5.
        #expect(Self.piece("A").symbols == [0, 15, 0, 15, 0, 1, 4, 1, 0xD, 5] as [UInt8])
        #expect(ToneCodePiece.symbolCount(length: 1) == 10)
    }

    @Test(arguments: [0, 1, 2, 100, 254, 255])
    func `what was framed is read`(length: Int) {
        let piece = ToneCodePiece(bytes: (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 37) })
        #expect(piece.symbols.count == ToneCodePiece.symbolCount(length: length))
        #expect(ToneCodePiece.read(piece.symbols) == .piece(piece))
        #expect(ToneCodePiece.read(piece.symbols + [7, 7]) == .piece(piece))
        #expect(piece.continues == (length == 255))
    }

    @Test func `every beginning says how many symbols it takes`() {
        let symbols = Self.piece("hello").symbols
        for count in 4..<symbols.count {
            let needed = ToneCodePiece.symbolCount(length: count < 6 ? 0 : 5)
            #expect(ToneCodePiece.read(symbols[..<count]) == .unfinished(symbols: needed))
        }
    }

    @Test func `every wrong symbol is noticed`() {
        let symbols = Self.piece("check").symbols
        for place in 4..<symbols.count {
            for change in 1...15 as ClosedRange<UInt8> {
                var wrong = symbols
                wrong[place] ^= change
                #expect(ToneCodePiece.read(wrong) != .piece(Self.piece("check")))
                if place >= 6 {
                    #expect(ToneCodePiece.read(wrong) == .damaged)
                }
            }
        }
    }

    @Test(arguments: [(0, [0]), (1, [1]), (254, [254]), (255, [255, 0]), (256, [255, 1]), (511, [255, 255, 1])])
    func `long words are cut into pieces of which the last is short`(length: Int, pieces: [Int]) {
        let word = String(repeating: "x", count: length)
        #expect(ToneCodePiece.pieces(of: Substring(word)).map(\.bytes.count) == pieces)
    }
}
