// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import ParleyEvents
import Testing

@testable import ParleyBench

@Suite("Finding a string in an event")
struct EventScanTests {
    private static func find(_ name: StaticString, _ text: String) -> String? {
        Reply.string(name, of: ByteBuffer(string: text))
    }

    @Test(
        "The member is found wherever it stands",
        arguments: [
            #"{"type":"a.b","x":1}"#, #"{"x":{"type":"no","y":[1,{"type":"no"}]},"type":"a.b"}"#,
            #" { "x" : -1.5e3 , "y" : null , "type" : "a.b" } "#, #"{"x":"\"type\":\"no\"","type":"a.b"}"#,
            #"{"x":"\\","type":"a.b"}"#, #"{"x":[],"y":{},"z":"}{][,","type":"a.b"}"#,
        ]
    )
    func found(text: String) {
        #expect(Self.find("type", text) == "a.b")
    }

    @Test(
        "There is none where it is missing, no string, or inside another value",
        arguments: [
            "", "{", "{}", "[]", "null", #"{"type":1}"#, #"{"type":{"type":"a"}}"#, #"{"x":{"type":"a"}}"#,
            #"{"type":"a"#, #"["type","a"]"#, #"{"typ":"a"}"#, #"{"x":"\"type":"a"}"#, #"{"type""a"}"#,
        ]
    )
    func missing(text: String) {
        #expect(Self.find("type", text) == nil)
    }

    @Test("It agrees with the JSON parser on whatever that takes", arguments: 0..<200)
    func agreement(seed: Int) throws {
        var random = Numbers(seed: UInt64(seed))
        let text = Self.object(&random, depth: 3).text
        let parsed = try JSON(parsing: ByteBuffer(string: text))
        for name in ["type", "id"] {
            let expected = parsed.objectValue?.members.first { $0.name == name }?.value.stringValue
            let range = name == "type" ? Self.find("type", text) : Self.find("id", text)
            // What is found is the text between the marks, escapes and all.
            let unescaped = try range.flatMap { try JSON(parsing: ByteBuffer(string: "\"\($0)\"")).stringValue }
            #expect(unescaped == expected, "\(text)")
        }
    }

    private static let strings = [
        "", "a", "\"", "\\", "\\\"", "{", "}", "[", "]", ",", ":", "\"type\":\"x\"", "é", "\n",
    ]

    private static func object(_ random: inout Numbers, depth: Int) -> JSONObject {
        var names = ["type", "id", "x", "y\"", "z\\"]
        var members: [(String, JSON)] = []
        for _ in 0..<Int(random.next() % 5) {
            let name = names.remove(at: Int(random.next() % UInt64(names.count)))
            members.append((name, value(&random, depth: depth)))
        }
        return JSONObject(members)
    }

    private static func value(_ random: inout Numbers, depth: Int) -> JSON {
        switch random.next() % (depth > 0 ? 7 : 5) {
        case 0: .null
        case 1: .bool(true)
        case 2: JSON(Int(random.next() % 1_000) - 500)
        case 3, 4: .string(strings[Int(random.next() % UInt64(strings.count))])
        case 5: .array((0..<Int(random.next() % 3)).map { _ in value(&random, depth: depth - 1) })
        default: .object(object(&random, depth: depth - 1))
        }
    }
}

@Suite("What a message of the server is")
struct ReplyTests {
    @Test(
        "Types are told apart, in both dialects",
        arguments: [
            ("response.audio.delta", .audioDelta), ("response.output_audio.delta", .audioDelta),
            ("session.created", .sessionCreated), ("response.created", .responseCreated),
            ("response.done", .responseDone), ("error", .error), ("response.text.delta", .other), ("", .other),
        ] as [(String, Reply)]
    )
    func types(type: String, reply: Reply) {
        #expect(Reply(ByteBuffer(string: "{\"event_id\":\"e\",\"type\":\"\(type)\"}")) == reply)
    }

    @Test("What is no event is something else", arguments: ["", "hello", "[]", "{\"type\":3}"])
    func noEvent(text: String) {
        #expect(Reply(ByteBuffer(string: text)) == .other)
    }

    @Test("A response is named by its id and status, an error by its code or message")
    func details() throws {
        let done =
            #"{"type":"response.done","response":{"object":"realtime.response","id":"resp_1","status":"failed"}}"#
        let response = try #require(Reply.response(of: ByteBuffer(string: done)))
        #expect(response == ("resp_1", "failed"))
        #expect(Reply.response(of: ByteBuffer(string: "{}")) == nil)
        #expect(Reply.errorWords(of: ByteBuffer(string: #"{"error":{"code":"bad","message":"m"}}"#)) == "bad")
        #expect(Reply.errorWords(of: ByteBuffer(string: #"{"error":{"code":null,"message":"m"}}"#)) == "m")
        #expect(Reply.errorWords(of: ByteBuffer(string: "{}")) == "without a code")
    }
}

@Suite("Whose answer it is")
struct AnswerQueueTests {
    @Test("The n-th answer is that of the n-th message, and nobody's when nothing is unanswered")
    func order() {
        var queue = AnswerQueue()
        for due in [10, 20, 30] as [Int64] { queue.sent(due: due) }
        #expect(queue.answered() == 10)
        #expect(queue.unanswered == [20, 30])
        #expect(queue.answered() == 20)
        #expect(queue.answered() == 30)
        #expect(queue.answered() == nil)
    }

    @Test("A session whose server does not answer stops at the limit")
    func limit() {
        var queue = AnswerQueue()
        while queue.hasRoom { queue.sent(due: 0) }
        #expect(queue.count == AnswerQueue.longest)
        _ = queue.answered()
        #expect(queue.hasRoom)
    }
}

@Suite("A spoken turn")
struct SpokenTurnTests {
    private static let ms: Int64 = 1_000_000

    @Test("Speech, commit, answer, pause, and the next turn; the time runs from the end of the speech")
    func committed() {
        var turn = SpokenTurn(chunks: 2, pauseChunks: 1, listensAlways: false)
        #expect(turn.chunkDue(0).step == .speech(0))
        #expect(turn.chunkDue(100 * Self.ms).step == .lastSpeech(1))
        turn.responseCreated(id: "r1")
        #expect(turn.chunkDue(200 * Self.ms).step == .nothing)
        #expect(turn.audioCame(responseID: "r1", at: 250 * Self.ms) == .audioBegan(nanoseconds: 150 * Self.ms))
        #expect(turn.audioCame(responseID: "r1", at: 260 * Self.ms) == nil)
        #expect(turn.chunkDue(300 * Self.ms).step == .nothing)
        #expect(turn.responseDone(id: "r1", status: "completed") == .completed)
        #expect(turn.chunkDue(400 * Self.ms).step == .nothing)
        #expect(turn.chunkDue(500 * Self.ms).step == .speech(0))
    }

    @Test("Where the server finds the turns, silence is sent while nobody speaks")
    func detected() {
        var turn = SpokenTurn(chunks: 1, pauseChunks: 1, listensAlways: true)
        #expect(turn.chunkDue(0).step == .speech(0))
        #expect(turn.chunkDue(1).step == .silence)
        turn.responseCreated(id: "r")
        #expect(turn.audioCame(responseID: "r", at: 9) == .audioBegan(nanoseconds: 9))
        #expect(turn.chunkDue(2).step == .silence)
        #expect(turn.responseDone(id: "r", status: "completed") == .completed)
        #expect(turn.chunkDue(3).step == .silence)
        #expect(turn.chunkDue(4).step == .speech(0))
    }

    @Test("Audio of another response, or before a response was begun, is no answer")
    func strangers() {
        var turn = SpokenTurn(chunks: 1, pauseChunks: 0, listensAlways: false)
        turn.responseCreated(id: "early")
        _ = turn.chunkDue(0)
        #expect(turn.audioCame(responseID: "early", at: 1) == nil)
        turn.responseCreated(id: "r")
        turn.responseCreated(id: "other")
        #expect(turn.audioCame(responseID: "other", at: 2) == nil)
        #expect(turn.responseDone(id: "other", status: "completed") == nil)
        #expect(turn.audioCame(responseID: "r", at: 3) == .audioBegan(nanoseconds: 3))
    }

    @Test("A response without audio, and one that does not come, fail the turn")
    func failures() {
        var turn = SpokenTurn(chunks: 1, pauseChunks: 0, listensAlways: false, patience: 1_000_000_000)
        _ = turn.chunkDue(0)
        turn.responseCreated(id: "r")
        #expect(turn.responseDone(id: "r", status: "failed") == .failed("a response ended without audio (failed)"))
        #expect(turn.chunkDue(1).step == .lastSpeech(0))
        #expect(turn.chunkDue(1_000_000_001).outcome == nil)
        #expect(turn.chunkDue(1_000_000_002).outcome == .failed("no audio within 1 s of the end of the speech"))
        #expect(turn.chunkDue(1_000_000_003).step == .lastSpeech(0))
    }
}
