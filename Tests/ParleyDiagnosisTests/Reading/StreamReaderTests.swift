// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import ParleyDiagnosis
import ParleyWebSocket
import Testing

@Suite("Frames are read whatever comes")
struct StreamReaderTests {
    /// A frame of a server: first byte, then the payload with its length.
    private func frame(_ first: UInt8, _ payload: [UInt8] = [], mask: [UInt8]? = nil) -> [UInt8] {
        let bit: UInt8 = mask == nil ? 0 : 0x80
        var bytes: [UInt8] = [first]
        if payload.count < 126 {
            bytes.append(bit | UInt8(payload.count))
        } else {
            bytes += [bit | 126, UInt8(payload.count >> 8), UInt8(payload.count & 255)]
        }
        guard let mask else { return bytes + payload }
        return bytes + mask + payload.enumerated().map { $1 ^ mask[$0 % 4] }
    }

    private func read(_ bytes: [UInt8], from sender: StreamReader.Sender = .server) -> StreamReader {
        var reader = StreamReader(sender, masker: Masker())
        _ = reader.received(bytes, atMS: 3)
        reader.ended()
        return reader
    }

    @Test("Wherever the bytes are cut, the same comes out")
    func cuts() {
        let bytes =
            frame(0x01, Array("Hé".utf8).dropLast()) + frame(0x89, [1, 2]) + frame(0x80, [0xA9])
            + frame(0x82, [UInt8](repeating: 7, count: 300)) + frame(0x88, [0x03, 0xE8] + Array("bye".utf8))
        var whole = StreamReader(.server, masker: Masker())
        let arrivals = whole.received(bytes, atMS: 1)
        #expect(
            arrivals == [
                .ping([1, 2]), .message(isText: true, Array("Hé".utf8), count: 3),
                .message(isText: false, [UInt8](repeating: 7, count: 300), count: 300),
                .close(Conversation.Close(atMS: 1, code: 1000, reason: "bye")),
            ]
        )
        #expect(whole.violations.isEmpty)
        for cut in 0...bytes.count {
            var reader = StreamReader(.server, masker: Masker())
            let cutArrivals = reader.received(bytes[..<cut], atMS: 1) + reader.received(bytes[cut...], atMS: 1)
            #expect(cutArrivals == arrivals)
            #expect(reader.frames == whole.frames)
        }
    }

    @Test("Masked frames of a server are unmasked and held against it; those of a client are not")
    func masks() {
        let bytes = frame(0x81, Array("hello".utf8), mask: [1, 2, 3, 4])
        #expect(read(bytes).violations == ["WS_UNEXPECTED_MASK"])
        #expect(read(bytes).frames.first?.payload.text == "hello")
        #expect(read(bytes, from: .client).violations.isEmpty)
        #expect(read(frame(0x81, [0x61]), from: .client).violations == ["WS_EXPECTED_MASK"])
    }

    @Test(
        "Every broken rule has its code, and reading goes on behind it",
        arguments: [
            ([0xC1, 1, 0x61], "WS_UNEXPECTED_RSV"), ([0x83, 0], "WS_INVALID_OPCODE"),
            ([0x80, 0], "WS_UNEXPECTED_CONTINUATION"), ([0x09, 0], "WS_EXPECTED_FIN"),
            ([0x89, 126, 0, 126] + [UInt8](repeating: 0, count: 126), "WS_INVALID_CONTROL_PAYLOAD_LENGTH"),
            ([0x81, 126, 0, 1, 0x61], "WS_NON_MINIMAL_LENGTH"), ([0x81, 1, 0xFF], "WS_INVALID_UTF8"),
            ([0x81, 1, 0xC3], "WS_INVALID_UTF8"), ([0x88, 1, 3], "WS_TRUNCATED_CLOSE_CODE"),
            ([0x88, 2, 3, 0xEE], "WS_INVALID_CLOSE_CODE"), ([0x88, 3, 3, 0xE8, 0xFF], "WS_INVALID_CLOSE_REASON"),
            ([0x01, 0, 0x81, 0], "WS_EXPECTED_CONTINUATION"),
        ] as [([UInt8], String)]
    )
    func violations(bytes: [UInt8], code: String) {
        let reader = read(bytes + [0x89, 0])
        #expect(reader.violations == [code])
        #expect(reader.frames.last?.opcode == 9)
        #expect(reader.unreadable == nil)
    }

    @Test(
        "Text and other protocols are no frames",
        arguments: ["HTTP/1.1 200 OK", "<html><body>", "{\"type\":\"x\"}", "1c\r\nchunk", "AAAAhello there"]
    )
    func text(text: String) throws {
        let reader = read(Array(text.utf8))
        let bytes = try #require(reader.unreadable)
        #expect(bytes.text == text)
        #expect(bytes.count == text.utf8.count)
        #expect(!reader.violations.isEmpty)
        #expect(reader.frames.isEmpty)
    }

    @Test("A negative length ends the reading")
    func negativeLength() {
        let reader = read([0x82, 127, 0x80, 0, 0, 0, 0, 0, 0, 1, 9])
        #expect(reader.violations == ["WS_INVALID_LENGTH"])
        #expect(reader.unreadable?.count == 11)
    }

    @Test("A frame that never ends is shown as far as it came")
    func unfinished() {
        let reader = read([0x82, 126, 1, 0, 1, 2, 3])
        #expect(reader.frames.first?.payload == Bytes(text: "\\x01\\x02\\x03", count: 3))
        #expect(read([0x82]).unreadable?.count == 1)
    }

    @Test(
        "The first event and its dialect are told",
        arguments: [
            (#"{"type":"session.created","session":{"modalities":["text"]}}"#, "session.created", "beta"),
            (#"{"type":"session.created","session":{"type":"realtime","audio":{}}}"#, "session.created", "ga"),
            (#"{"type":"session.created","session":{"output_modalities":["audio"]}}"#, "session.created", "ga"),
            (#"{"type":"transcription_session.created"}"#, "transcription_session.created", "beta"),
            (#"{"type":"session.created","session":{"id":"s"}}"#, "session.created", nil),
        ] as [(String, String, String?)]
    )
    func firstEvents(json: String, type: String, dialect: String?) {
        let event = read(frame(0x81, Array(json.utf8)) + frame(0x81, Array(#"{"type":"later"}"#.utf8))).firstEvent
        #expect(event == Conversation.FirstEvent(atMS: 3, type: type, dialect: dialect))
    }

    @Test("An error event tells its code and message without the key in it")
    func errors() throws {
        let json =
            #"{"type":"error","error":{"type":"invalid_request_error","code":"invalid_api_key","message":"no key sk-abcdef0123456789"}}"#
        let event = try #require(read(frame(0x81, Array(json.utf8))).firstEvent)
        #expect(event.errorCode == "invalid_api_key")
        #expect(event.errorMessage == "no key ***")
    }

    @Test("Only the first message can be the first event")
    func noEvent() {
        #expect(read(frame(0x81, Array("hi".utf8)) + frame(0x81, Array(#"{"type":"x"}"#.utf8))).firstEvent == nil)
    }

    @Test("Compressed messages are read when compression was agreed on, across messages")
    func compression() throws {
        let deflate = try #require(
            DeflateParameters(answer: [Header("Sec-WebSocket-Extensions", "permessage-deflate")])
        )
        var reader = StreamReader(.server, deflate: deflate, masker: Masker())
        // RFC 7692 section 7.2.3: "Hello" compressed, then the same again by reference to it.
        let first = reader.received([0xC1, 7, 0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00], atMS: 0)
        let second = reader.received([0xC1, 5, 0xF2, 0x00, 0x11, 0x00, 0x00], atMS: 0)
        #expect(first == [.message(isText: true, Array("Hello".utf8), count: 5)])
        #expect(second == first)
        #expect(reader.violations.isEmpty)
        _ = reader.received([0xC1, 5] + Array("Hello".utf8), atMS: 0)
        #expect(reader.violations == [StreamReader.badCompression])
    }

    @Test("What a server of ours compresses is read, message by message")
    func ownCompression() throws {
        let headers = [Header("Sec-WebSocket-Extensions", "permessage-deflate")]
        var reader = StreamReader(.server, deflate: DeflateParameters(answer: headers), masker: Masker())
        var server = ConnectionMachine(
            role: .server,
            limits: ConnectionLimits(),
            compression: Compression(DeflateAgreement(DeflateOffer()), settings: DeflateSettings()),
            now: .uptimeNanoseconds(1)
        )
        var random = Seeded(7692)
        for round in 0..<40 {
            let text = (0..<64 + random.below(9000)).map { _ in UInt8(0x20 + random.below(1 + round)) }
            var frames = ByteBuffer()
            server.append(.text, to: &frames) { $0.writeBytes(text) }
            #expect(frames.readableBytesView.first == 0xC1)
            let arrivals = reader.received(frames.readableBytesView, atMS: 0)
            #expect(arrivals == [.message(isText: true, text, count: text.count)])
        }
    }

    @Test("No more is kept than is needed")
    func bounds() {
        var reader = StreamReader(.server, masker: Masker())
        for _ in 0..<1000 { _ = reader.received(frame(0x82, [UInt8](repeating: 0x61, count: 9000)), atMS: 0) }
        #expect(reader.frames.count == Conversation.keptFrames)
        #expect(reader.frameCount == 1000)
        #expect(reader.frames.allSatisfy { $0.payload.text.utf8.count <= Bytes.kept && $0.payload.count == 9000 })
    }

    @Test("No bytes can stop it, and how they are cut makes no difference", arguments: 0..<300)
    func randomBytes(seed: UInt64) {
        var random = Seeded(seed)
        let firsts: [UInt8] = [0x81, 0x82, 0x01, 0x80, 0x89, 0x88, 0xC1]
        var bytes: [UInt8] = []
        for _ in 0..<random.below(12) {
            let payload = (0..<random.below(20)).map { _ in UInt8(random.below(256)) }
            bytes += frame(
                firsts[random.below(firsts.count)],
                payload,
                mask: random.below(3) == 0 ? [9, 8, 7, 6] : nil
            )
            if random.below(6) == 0 { bytes.append(UInt8(random.below(256))) }
        }
        let deflate =
            random.below(2) == 0
            ? DeflateParameters(answer: [Header("Sec-WebSocket-Extensions", "permessage-deflate")]) : nil
        var whole = StreamReader(.server, deflate: deflate, masker: Masker())
        var pieces = StreamReader(.server, deflate: deflate, masker: Masker())
        let arrivals = whole.received(bytes, atMS: 0)
        let pieced = bytes.flatMap { pieces.received([$0], atMS: 0) }
        whole.ended()
        pieces.ended()
        #expect(arrivals == pieced)
        #expect(whole.frames == pieces.frames)
        #expect(whole.violations == pieces.violations)
        #expect(whole.unreadable == pieces.unreadable)
    }
}
