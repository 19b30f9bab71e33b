// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyDiagnosis
import Testing

@Suite("A recorded connection")
struct ConnectionRecorderTests {
    private static let talk = [
        Wires.client(Wires.request(), at: 1),
        Wires.server(Wires.answer() + Wires.text(#"{"type":"session.created"}"#), at: 5),
        Wires.client(Wires.text("hello", masked: true), at: 9),
        Wires.server(Wires.text("hello"), at: 12),
        Wires.client(Wires.close(1000, "bye", masked: true), at: 20),
        Wires.server(Wires.close(1000), at: 21),
    ]

    @Test("has the request, the answer, the frames of both sides and the close")
    func wholeTalk() throws {
        var (recorder, _) = Wires.record(Self.talk)
        _ = recorder.ended(.closed, byClient: false, atMS: 22)
        _ = recorder.ended(.closed, byClient: true, atMS: 23)
        let record = try #require(recorder.records.first)
        #expect(record.request?.target == "/v1/realtime?model=m")
        #expect(record.keyIsValid == true)
        #expect(record.response?.status == 101)
        let conversation = try #require(record.conversation)
        #expect(conversation.sent.map(\.opcode) == [1, 8])
        #expect(conversation.received.map(\.opcode) == [1, 1, 8])
        #expect(conversation.firstEvent?.type == "session.created")
        #expect(conversation.echoed == true)
        #expect(conversation.clientClose?.reason == "bye")
        #expect(record.serverClosedFirst == false)
        #expect(record.serverEnd?.atMS == 22)
        #expect(record.clientEnd == nil)
    }

    @Test("is the same however the bytes are cut", arguments: [1, 2, 3, 7, 64])
    func cuts(size: Int) {
        let whole = Wires.record(Self.talk)
        let cut = Wires.record(Self.talk, size: size)
        #expect(cut.recorder.records == whole.recorder.records)
        #expect(cut.news == whole.news)
    }

    @Test("masks the client's own key wherever it comes again")
    func secrets() {
        let (recorder, news) = Wires.record([
            Wires.client(Wires.request("/x?api-key=\(Wires.secret)", ["Authorization: Bearer \(Wires.secret)"])),
            Wires.server(Wires.answer() + Wires.text("bad key \(Wires.secret)")),
            Wires.client(Wires.text("{\"token\":\"\(Wires.secret)\"}", masked: true)),
            Wires.server(Wires.close(1008, "no \(Wires.secret)")),
        ])
        #expect(!"\(recorder.records)".contains(Wires.secret))
        #expect(!news.map(\.line).joined().contains(Wires.secret))
        #expect(recorder.plainRequest.map { "\($0)" }?.contains(Wires.secret) == true)
    }

    @Test("notes frames that the client did not mask")
    func unmasked() {
        let (recorder, news) = Wires.record([
            Wires.client(Wires.request()), Wires.server(Wires.answer()), Wires.client(Wires.text("hello")),
        ])
        #expect(recorder.records.first?.conversation?.clientViolations == ["WS_EXPECTED_MASK"])
        #expect(news.contains(.violation("WS_EXPECTED_MASK", byClient: true)))
    }

    @Test("knows a TLS hello, and other bytes that are no request")
    func notHTTP() {
        let hello = Wires.record([Wires.client([0x16, 0x03, 0x01, 0, 0])]).recorder.records.first
        #expect(hello?.isTLSHello == true)
        #expect(hello?.notHTTP?.count == 5)
        let other = Wires.record([Wires.client(Array("\u{1}\u{2}nonsense".utf8))]).recorder.records.first
        #expect(other?.isTLSHello == false)
        #expect(other?.notHTTP?.text.contains("nonsense") == true)
    }

    @Test("takes a second request after a refusal for a second record")
    func twoRequests() {
        let refusal = Array("HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\nno".utf8)
        let (recorder, _) = Wires.record([
            Wires.client(Wires.request()), Wires.server(refusal), Wires.client(Wires.request()),
            Wires.server(Wires.answer()),
        ])
        #expect(recorder.records.map { $0.response?.status } == [401, 101])
    }

    @Test("reads frames that the client sent before it was answered")
    func earlyFrames() {
        let (recorder, _) = Wires.record([
            Wires.client(Wires.request() + Wires.text("early", masked: true)), Wires.server(Wires.answer()),
        ])
        #expect(recorder.records.first?.conversation?.sent.first?.payload.text == "early")
    }

    @Test("calls a ping unanswered only when there was time for the pong")
    func pings() {
        let opened = [Wires.client(Wires.request()), Wires.server(Wires.answer())]
        let ping = [Wires.client(Wires.frame(0x89, [7], masked: true), at: 10)]
        func answered(_ more: [Wires.Piece]) -> Bool? {
            Wires.record(opened + ping + more).recorder.records.first?.conversation?.pingAnswered
        }
        #expect(answered([]) == nil)
        #expect(answered([Wires.server(Wires.frame(0x8A, [7]), at: 20)]) == true)
        #expect(answered([Wires.server(Wires.text("late"), at: 6_000)]) == false)
    }

    @Test("says when a subprotocol is no token or comes twice")
    func subprotocols() {
        func areValid(_ value: String?) -> Bool? {
            let fields = value.map { ["Sec-WebSocket-Protocol: \($0)"] } ?? []
            return Wires.record([Wires.client(Wires.request("/", fields))]).recorder.records.first?.subprotocolsAreValid
        }
        #expect(areValid(nil) == nil)
        #expect(areValid("realtime, openai-insecure-api-key.sk-x") == true)
        #expect(areValid("realtime, openai-insecure-api-key.sk/x=") == false)
        #expect(areValid("realtime, realtime") == false)
    }

    @Test("keeps a bounded number of frames and counts the others")
    func bounds() throws {
        var pieces = [Wires.client(Wires.request()), Wires.server(Wires.answer())]
        pieces += (0..<200).map { Wires.server(Wires.text("number \($0)")) }
        let (recorder, news) = Wires.record(pieces)
        let conversation = try #require(recorder.records.first?.conversation)
        #expect(conversation.received.count == Conversation.keptFrames)
        #expect(conversation.receivedCount == 200)
        let frames = news.count { if case .frame = $0 { true } else { false } }
        #expect(frames == 200)
    }

    @Test("tells each thing in one line, whatever the bytes", arguments: ["a\r\nb", "\u{1B}[31m", "\u{2028}x"])
    func lines(text: String) {
        let (_, news) = Wires.record([
            Wires.client(Wires.request("/\(text)", ["Sec-WebSocket-Protocol: \(text)"])), Wires.server(Wires.answer()),
            Wires.client(Wires.text(text, masked: true)), Wires.server(Wires.text(text)),
        ])
        #expect(!news.isEmpty)
        for line in news.map(\.line) {
            let isOneLine = !line.contains { $0.isNewline }
            #expect(isOneLine)
            #expect(!line.contains("\u{1B}"))
        }
    }
}
