// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import NIOCore
import ParleyEvents
import Testing

@Suite("Base64")
struct Base64Tests {
    private static func random(_ count: Int, seed: UInt64) -> [UInt8] {
        var random = SeededRandom(seed: seed)
        return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &random) }
    }

    private static var grammar: Regex<Substring> {
        /(?:[A-Za-z0-9+\/]{4})*(?:[A-Za-z0-9+\/]{2}==|[A-Za-z0-9+\/]{3}=)?/
    }

    @Test("is Foundation's, both ways, at every length", arguments: 0..<200)
    func foundation(count: Int) {
        let bytes = Self.random(count, seed: UInt64(count))
        let text = Data(bytes).base64EncodedString()
        #expect(Base64.encode(ByteBuffer(bytes: bytes)) == text)
        #expect(Base64.decode(text) == ByteBuffer(bytes: bytes))
    }

    @Test("takes whole groups of the alphabet, padded at the end, and nothing else", arguments: UInt64(0)..<20)
    func strictness(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let bytes = Self.random(30, seed: seed)
        for _ in 0..<200 {
            var text = Array(Data(bytes[0..<Int.random(in: 0...30, using: &random)]).base64EncodedString().utf8)
            for _ in 0..<Int.random(in: 1...2, using: &random) where !text.isEmpty {
                let index = Int.random(in: text.indices, using: &random)
                switch Int.random(in: 0...3, using: &random) {
                case 0: text[index] = UInt8.random(in: 0...127, using: &random)
                case 1: text[index] = UInt8(ascii: "=")
                case 2: text.remove(at: index)
                default: text.insert(UInt8(ascii: "A"), at: index)
                }
            }
            let string = String(decoding: text, as: UTF8.self)
            let isWellFormed = string.wholeMatch(of: Self.grammar) != nil
            // Foundation is lenient about padding, so that only what is well-formed can be compared.
            let expected = isWellFormed ? Data(base64Encoded: string).map { ByteBuffer(bytes: $0) } : nil
            #expect(Base64.decode(string) == expected, "\(string)")
        }
    }

    @Test(
        "of RFC 4648, section 10",
        arguments: [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ]
    )
    func vectors(plain: String, encoded: String) {
        #expect(Base64.encode(ByteBuffer(string: plain)) == encoded)
        #expect(Base64.decode(encoded) == ByteBuffer(string: plain))
    }

    @Test(
        "is not the alphabet of URLs, nor broken into lines",
        arguments: [
            "-_-_", "Zm9v\n", "Zm9v\r\nYmFy", " Zm9v", "Zm9", "Zm9vYg", "Zm9vYg=", "Zg==Zg==", "é==A",
        ]
    )
    func refused(text: String) {
        #expect(Base64.decode(text) == nil)
    }

    @Test("is appended to what a buffer holds, from where it is read")
    func appended() {
        var output = ByteBuffer(string: "x")
        var input = ByteBuffer(bytes: [9, 1, 2])
        input.moveReaderIndex(forwardBy: 1)
        Base64.encode(input, into: &output)
        #expect(output == ByteBuffer(string: "xAQI="))
        #expect(input.readableBytes == 2)
    }

    @Test("for URLs is the same in another alphabet, without padding", arguments: 0..<70)
    func urls(count: Int) {
        let bytes = Self.random(count, seed: UInt64(count) + 1_000)
        let text = Data(bytes).base64EncodedString()
            .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
        #expect(Base64.encodeForURL(bytes) == text)
        #expect(Base64.decodeFromURL(text) == bytes)
    }

    @Test("for URLs takes nothing else", arguments: ["A", "Zg==", "+_", "/w", "Zm 9", "Zm9vY"])
    func refusedForURLs(text: String) {
        #expect(Base64.decodeFromURL(text) == nil)
    }
}
