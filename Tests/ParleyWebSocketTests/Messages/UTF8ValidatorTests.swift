// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Testing

@testable import ParleyWebSocket

/// Feeds the validator piece by piece; `nil` once it refused.
private func verdict(_ bytes: [UInt8], inPiecesOf size: Int) -> Bool? {
    var validator = UTF8Validator()
    for start in stride(from: 0, to: bytes.count, by: size) {
        let piece = bytes[start..<min(start + size, bytes.count)]
        guard validator.received(last: piece.count, of: ByteBuffer(bytes: piece)) else { return nil }
    }
    return validator.isBetweenCharacters
}

/// Length of the shortest prefix with which no text begins.
private func referenceRefusal(_ bytes: [UInt8]) -> Int? {
    (0...bytes.count).first { !UTF8Reference.canBegin(Array(bytes.prefix($0))) }
}

private let samples: [(name: String, bytes: [UInt8])] = [
    ("nothing", []),
    ("ASCII", Array("The quick brown fox".utf8)),
    ("a long run of ASCII", Array(repeating: 0x41, count: 300)),
    ("the bounds of two bytes", [0xC2, 0x80, 0xDF, 0xBF]),
    ("the bounds of three bytes", [0xE0, 0xA0, 0x80, 0xEF, 0xBF, 0xBF]),
    ("the bounds of four bytes", [0xF0, 0x90, 0x80, 0x80, 0xF4, 0x8F, 0xBF, 0xBF]),
    ("the neighbours of the surrogates", [0xED, 0x9F, 0xBF, 0xEE, 0x80, 0x80]),
    ("a mixture", Array("Grüße, 你好, привет, 👋🏽 ok".utf8)),
    (
        "non-ASCII after a long run",
        Array(repeating: 0x2E, count: 70) + Array("é".utf8) + Array(repeating: 0x2E, count: 70)
    ),
    ("overlong /", [0xC0, 0xAF]),
    ("overlong / in three bytes", [0xE0, 0x80, 0xAF]),
    ("overlong / in four bytes", [0xF0, 0x80, 0x80, 0xAF]),
    ("greatest overlong of two", [0xC1, 0xBF]),
    ("greatest overlong of three", [0xE0, 0x9F, 0xBF]),
    ("greatest overlong of four", [0xF0, 0x8F, 0xBF, 0xBF]),
    ("first surrogate", [0xED, 0xA0, 0x80]),
    ("last surrogate", [0xED, 0xBF, 0xBF]),
    ("a pair of surrogates", [0xED, 0xA1, 0x8C, 0xED, 0xBE, 0xB4]),
    ("U+110000", [0xF4, 0x90, 0x80, 0x80]),
    ("first byte F5", [0xF5, 0x80, 0x80, 0x80]),
    ("first byte FF", [0xFF]),
    ("lone continuation", [0x80]),
    ("continuation after a whole character", [0xC3, 0xA9, 0xA9]),
    ("ASCII instead of a continuation", [0xE4, 0xBD, 0x41]),
    ("a new character instead of a continuation", [0xE4, 0xC3, 0xA9]),
    ("bad byte after a long run", Array(repeating: 0x41, count: 131) + [0xFE]),
    ("bad byte between long runs", Array(repeating: 0x41, count: 64) + [0xC0] + Array(repeating: 0x41, count: 64)),
]

@Suite("UTF-8 validator")
struct UTF8ValidatorTests {
    @Test("agrees with the standard library on whole texts", arguments: samples)
    func whole(_ sample: (name: String, bytes: [UInt8])) {
        #expect(UTF8Validator.isValid(ByteBuffer(bytes: sample.bytes)) == UTF8Reference.isValid(sample.bytes))
    }

    @Test("refuses at the first byte that cannot be right, however the text is cut", arguments: samples)
    func failFast(_ sample: (name: String, bytes: [UInt8])) {
        let refusal = referenceRefusal(sample.bytes)
        for count in 0...sample.bytes.count {
            let prefix = Array(sample.bytes.prefix(count))
            let expected: Bool? =
                if let refusal, count >= refusal { nil } else { UTF8Reference.isValid(prefix) }
            for size in [1, 2, 3, 7, 1000] {
                #expect(verdict(prefix, inPiecesOf: size) == expected, "\(sample.name), \(count) bytes by \(size)")
            }
        }
    }

    @Test("agrees with the standard library on every scalar next to others")
    func everyScalar() {
        var disagreements = 0
        for value in stride(from: UInt32(0), through: 0x10FFFF, by: 13) {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let bytes = Array((String(scalar) + "ABC").utf8)
            if !UTF8Validator.isValid(ByteBuffer(bytes: bytes)) { disagreements += 1 }
        }
        #expect(disagreements == 0)
    }

    @Test("agrees with the standard library on every first byte before every border of the second", arguments: [0, 4])
    func everyPair(followers: Int) {
        var disagreements: [[UInt8]] = []
        for first in UInt8(0x80)...0xFF {
            for second: UInt8 in [0x7F, 0x80, 0x81, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xE0] {
                for third: UInt8 in [0x41, 0x80, 0xBF, 0xC0] {
                    let bytes = [first, second, third, 0x80] + Array(repeating: 0x41, count: followers)
                    for count in 1...bytes.count {
                        let text = Array(bytes.prefix(count))
                        if UTF8Validator.isValid(ByteBuffer(bytes: text)) != UTF8Reference.isValid(text) {
                            disagreements.append(text)
                        }
                    }
                }
            }
        }
        #expect(disagreements.isEmpty)
    }

    @Test("agrees with the reference on damaged texts cut at random", arguments: 0..<20 as Range<UInt64>)
    func damaged(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<200 {
            var bytes: [UInt8] = []
            for _ in 0..<Int.random(in: 1...40, using: &generator) {
                let top: UInt32 = [0x7F, 0x7FF, 0xFFFF, 0x10FFFF].randomElement(using: &generator) ?? 0x7F
                let scalar = Unicode.Scalar(UInt32.random(in: 0...top, using: &generator)) ?? "?"
                bytes += Array(String(scalar).utf8)
            }
            if Bool.random(using: &generator) {
                bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            let expected: Bool? = UTF8Reference.canBegin(bytes) ? UTF8Reference.isValid(bytes) : nil
            #expect(verdict(bytes, inPiecesOf: Int.random(in: 1...bytes.count, using: &generator)) == expected)
        }
    }
}
