// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyAudio
import Testing

struct WAVHeaderTests {
    static func chunk(_ tag: String, _ body: [UInt8]) -> [UInt8] {
        Array(tag.utf8) + little(UInt32(body.count)) + body + (body.count % 2 == 1 ? [0] : [])
    }

    static func little<Field: FixedWidthInteger>(_ field: Field) -> [UInt8] {
        withUnsafeBytes(of: field.littleEndian) { Array($0) }
    }

    static func formatBody(tag: UInt16 = 1, channels: UInt16 = 1, rate: UInt32 = 22_050, bits: UInt16 = 16) -> [UInt8] {
        let frame = channels * (bits / 8)
        return little(tag) + little(channels) + little(rate) + little(rate * UInt32(frame)) + little(frame)
            + little(bits)
    }

    static func file(_ chunks: [[UInt8]]) -> [UInt8] {
        let body = chunks.flatMap { $0 }
        return Array("RIFF".utf8) + little(UInt32(4 + body.count)) + Array("WAVE".utf8) + body
    }

    static func parse(_ bytes: [UInt8]) throws -> WAVHeader? {
        try bytes.withUnsafeBytes { try WAVHeader.parse($0) }
    }

    static func dataStart(length: UInt32) -> [UInt8] {
        Array("data".utf8) + little(length)
    }

    // MARK: Reading

    @Test func `a plain header is read`() throws {
        let file = Self.file([Self.chunk("fmt ", Self.formatBody()), Self.chunk("data", [1, 2, 3, 4])])
        let header = try #require(try Self.parse(file))
        #expect(header.format == WAVFormat(encoding: .pcm, sampleRate: 22_050, channels: 1, bitsPerSample: 16))
        #expect(header.dataOffset == 44)
        #expect(header.dataLength == 4)
    }

    @Test(arguments: [0, 0xFFFF_FFFF, 0x7FFF_F000, 0x7FFF_FFFF] as [UInt32])
    func `a length the writer did not know means until the end`(length: UInt32) throws {
        let file = Self.file([Self.chunk("fmt ", Self.formatBody()), Self.dataStart(length: length), [1, 2]])
        let header = try #require(try Self.parse(file))
        #expect(header.dataLength == nil)
        #expect(header.dataOffset == 44)
    }

    @Test func `chunks before the audio are skipped, also those of odd length`() throws {
        let file = Self.file([
            Self.chunk("LIST", Array("INFOISFT".utf8) + [1]), Self.chunk("fmt ", Self.formatBody() + [0, 0]),
            Self.chunk("fact", [4, 0, 0, 0]), Self.chunk("junk", []), Self.chunk("data", [7, 7]),
        ])
        let header = try #require(try Self.parse(file))
        #expect(header.dataOffset == file.count - 2)
        #expect(header.dataLength == 2)
    }

    @Test func `the word data inside another chunk is not the audio`() throws {
        let file = Self.file([
            Self.chunk("LIST", Array("datadata".utf8)), Self.chunk("fmt ", Self.formatBody()),
            Self.chunk("data", [0, 0]),
        ])
        #expect(try Self.parse(file)?.dataOffset == file.count - 2)
    }

    @Test(arguments: [(6, .aLaw), (7, .muLaw)] as [(UInt16, WAVFormat.Encoding)])
    func `G.711 is recognised`(tag: UInt16, encoding: WAVFormat.Encoding) throws {
        let body = Self.formatBody(tag: tag, rate: 8_000, bits: 8)
        let file = Self.file([Self.chunk("fmt ", body), Self.chunk("data", [0])])
        let expected = WAVFormat(encoding: encoding, sampleRate: 8_000, channels: 1, bitsPerSample: 8)
        #expect(try Self.parse(file)?.format == expected)
    }

    @Test func `the extensible format is looked through`() throws {
        let extra = Self.little(UInt16(22)) + Self.little(UInt16(24)) + Self.little(UInt32(3))
        let guid: [UInt8] = [1, 0, 0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71]
        let body = Self.formatBody(tag: 0xFFFE, channels: 2, rate: 48_000, bits: 24) + extra + guid
        let file = Self.file([Self.chunk("fmt ", body), Self.chunk("data", [0, 0])])
        let expected = WAVFormat(encoding: .pcm, sampleRate: 48_000, channels: 2, bitsPerSample: 24)
        #expect(try Self.parse(file)?.format == expected)
    }

    @Test func `every beginning of a header asks for more`() throws {
        let file = Self.file([
            Self.chunk("LIST", [1, 2, 3]), Self.chunk("fmt ", Self.formatBody()), Self.dataStart(length: 0),
        ])
        for length in 0..<file.count {
            #expect(try Self.parse(Array(file[..<length])) == nil, "after \(length) bytes")
        }
        #expect(try Self.parse(file) != nil)
    }

    // MARK: Refusing

    @Test(arguments: ["{\"error\": \"no\"}", "X", "RIFX", "ID3", "RIFF1234AVI "])
    func `what is no WAV is refused as soon as it shows`(text: String) {
        let bytes = Array(text.utf8)
        #expect(throws: WAVError.notRIFF(found: Array(bytes.prefix(12)))) { try Self.parse(bytes) }
    }

    @Test(arguments: [3, 2, 0x55, 0] as [UInt16])
    func `an encoding that is not supported is named`(tag: UInt16) {
        let file = Self.file([Self.chunk("fmt ", Self.formatBody(tag: tag)), Self.chunk("data", [])])
        #expect(throws: WAVError.unsupportedEncoding(tag: tag)) { try Self.parse(file) }
    }

    @Test func `audio before its format is refused`() {
        let file = Self.file([Self.chunk("LIST", [1, 2]), Self.chunk("data", [0, 0])])
        #expect(throws: WAVError.formatMissing(offset: 22)) { try Self.parse(file) }
    }

    @Test func `a format chunk that is too short is refused`() {
        let file = Self.file([Self.chunk("fmt ", [1, 0, 1, 0]), Self.chunk("data", [])])
        #expect(throws: WAVError.formatTooShort(length: 4)) { try Self.parse(file) }
    }

    @Test(arguments: [(0, 1, 16), (8_000, 0, 16), (8_000, 1, 0)] as [(UInt32, UInt16, UInt16)])
    func `a format that no audio can have is refused`(rate: UInt32, channels: UInt16, bits: UInt16) {
        let body = Self.formatBody(channels: channels, rate: rate, bits: bits)
        let error = WAVError.impossibleFormat(
            sampleRate: Int(rate),
            channels: Int(channels),
            bitsPerSample: Int(bits)
        )
        #expect(throws: error) { try Self.parse(Self.file([Self.chunk("fmt ", body), Self.chunk("data", [])])) }
    }

    @Test func `G.711 of 16 bits is refused`() {
        let body = Self.formatBody(tag: 7, rate: 8_000, bits: 16)
        let error = WAVError.impossibleFormat(sampleRate: 8_000, channels: 1, bitsPerSample: 16)
        #expect(throws: error) { try Self.parse(Self.file([Self.chunk("fmt ", body)])) }
    }

    @Test func `an endless header is refused without reading it`() {
        let start = Array("LIST".utf8) + Self.little(UInt32.max)
        #expect(throws: WAVError.headerTooLong(length: 20 + Int(UInt32.max) + 1)) { try Self.parse(Self.file([start])) }
    }

    @Test(
        arguments: [
            (.notRIFF(found: [123]), "[123]"), (.formatMissing(offset: 12), "byte 12"),
            (.formatTooShort(length: 3), "3 bytes"),
            (.unsupportedEncoding(tag: 85), "85"), (.headerTooLong(length: 99), "99 bytes"),
            (.impossibleFormat(sampleRate: 0, channels: 1, bitsPerSample: 16), "0 Hz"),
        ] as [(WAVError, String)]
    )
    func `an error says what was found`(error: WAVError, words: String) {
        #expect(error.description.contains(words))
    }

    // MARK: Writing

    @Test func `the header of PCM has the well-known 44 bytes`() {
        let format = WAVFormat(encoding: .pcm, sampleRate: 16_000, channels: 1, bitsPerSample: 16)
        let expected: [UInt8] =
            Array("RIFF".utf8) + [0x28, 0, 0, 0] + Array("WAVEfmt ".utf8) + [16, 0, 0, 0, 1, 0, 1, 0]
            + [0x80, 0x3E, 0, 0, 0, 0x7D, 0, 0, 2, 0, 16, 0] + Array("data".utf8) + [4, 0, 0, 0]
        #expect(format.header(dataLength: 4) == expected)
    }

    @Test(arguments: SampleEncoding.allCases, [0, 1, 9_600, nil, 5_000_000_000, -1] as [Int?])
    func `what is written can be read`(audio: SampleEncoding, length: Int?) throws {
        let format = WAVFormat(audio)
        let bytes = format.header(dataLength: length)
        let header = try #require(try Self.parse(bytes))
        #expect(header.format == format)
        #expect(header.dataOffset == bytes.count)
        let isKnown = length.map { (1...9_600).contains($0) } ?? false
        #expect(header.dataLength == (isKnown ? length : nil))
    }

    @Test func `the RIFF length counts the header and the pad byte`() {
        let header = WAVFormat(.g711_ulaw).header(dataLength: 3)
        #expect(header.count == 58)
        #expect(Array(header[4..<8]) == Self.little(UInt32(58 - 8 + 3 + 1)))
    }
}
