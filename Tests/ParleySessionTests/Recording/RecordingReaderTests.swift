// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import ParleyEvents
import Testing

@testable import ParleySession

@Suite("Lines of a recording")
struct RecordingReaderTests {
    private static let inputs: [SessionInput] = [
        .opened, .fired(.expiry), .client(.inputAudioBufferCommit, eventID: nil),
        .client(.inputAudioBufferAppend(ByteBuffer(bytes: [1, 2, 3])), eventID: "mine"),
        .client(.conversationItemTruncate(itemID: "item_1", contentIndex: 0, audioEndMS: 12), eventID: ""),
        .engine(.response(id: "resp_1", .text("ü\n"))), .engine(.response(id: "", .transcript(""))),
        .engine(.response(id: "resp_1", .audio([0, 1, -1, .min, .max]))), .engine(.response(id: "resp_1", .audio([]))),
        .engine(.response(id: "resp_1", .toolCall(index: 2, .started(callID: nil, name: "f")))),
        .engine(.response(id: "resp_1", .toolCall(index: 0, .started(callID: "call_1", name: "")))),
        .engine(.response(id: "resp_1", .toolCall(index: 0, .arguments("{")))),
        .engine(.response(id: "resp_1", .toolCall(index: 0, .finished))),
        .engine(.response(id: "resp_1", .finished(.completed, usage: nil))),
        .engine(.response(id: "resp_1", .finished(.maxOutputTokens, usage: TokenUsage(input: 1, output: 3)))),
        .engine(.response(id: "resp_1", .finished(.contentFilter, usage: nil))),
        .engine(.response(id: "resp_1", .failed(EngineFailure(message: "no")))),
        .engine(.transcription(itemID: "item_1", .delta("a"))),
        .engine(.transcription(itemID: "item_1", .completed(""))),
        .engine(.transcription(itemID: "item_1", .failed(EngineFailure(type: "t", code: "c", message: "m")))),
    ]

    @Test("tell inputs and times exactly", arguments: inputs)
    func exactly(input: SessionInput) throws {
        let lines = Self.lines { $0.received(input, at: .uptimeNanoseconds(1_000_000_007)) }
        #expect(try Self.read(lines).last == .input(input, at: .nanoseconds(999_999_007)))
    }

    @Test("tell what a session began with exactly", arguments: Session.Kind.allCases)
    func beginning(kind: Session.Kind) throws {
        var session = Session(kind: kind, id: "sess_1", model: kind == .realtime ? "m" : "", expiresAt: 5)
        session.input.format = .pcma
        session.input.transcription = InputTranscription(model: "w", language: "no", prompt: nil)
        if kind == .realtime {
            session.instructions = "Be brief."
            session.tools = [.function(name: "f", description: nil, parameters: ["type": "object"])]
            session.toolChoice = .function(name: "f")
            session.output.speed = 1.25
            session.maxOutputTokens = .tokens(9)
        }
        let recorded = RecordedSession(
            dialect: .beta,
            session: session,
            conversationID: "conv_1",
            limits: SessionPropertyTests.limits,
            ids: IDSource(seed: .max),
            eventIDs: IDSource(seed: 0)
        )
        let lines = Self.lines(recorded) { _ in }
        guard case .session(let read)? = try Self.read(lines).first else {
            Issue.record("no first line")
            return
        }
        #expect(read.object.text == recorded.object.text)
        // Sessions for transcription do not tell what they have no use for.
        if kind == .realtime { #expect(read == recorded) }
    }

    @Test("tell every limit")
    func limits() {
        var limits = SessionLimits()
        limits.requestsPerMinute = 1
        limits.tokensPerMinute = 2
        limits.anticipationMS = 3
        #expect(limits.object.members.count == Mirror(reflecting: limits).children.count)
    }

    @Test("that are wrong are refused by their number")
    func broken() throws {
        let cases: [(String, String)] = [
            ("{", "Line 2: not valid JSON: expected a member name in double quotes at byte 1."),
            ("[]", "Line 2: expected a JSON object, but got an array."),
            ("{}", "Line 2: Missing required parameter: 'in'."),
            (
                #"{"at_ns":0,"in":"magic"}"#,
                "Line 2: Invalid value: 'magic'. Supported values are: 'opened', 'client', "
                    + "'engine', 'timer', 'refused', 'closed', and 'cut'."
            ),
            (
                #"{"out":"magic"}"#,
                "Line 2: Invalid value: 'magic'. Supported values are: 'cancel_timer', 'close', "
                    + "'engine', 'reset', 'send', and 'start_timer'."
            ),
            (#"{"at_ns":-1,"in":"opened"}"#, "Line 2: Invalid 'at_ns': integer below minimum value."),
            (#"{"in":"opened"}"#, "Line 2: Missing required parameter: 'at_ns'."),
            (#"{"at_ns":0,"in":"timer","timer":"tea"}"#, "Line 2: Invalid type for 'timer': "),
            (#"{"at_ns":0,"in":"engine","response_id":"r"}"#, "Line 2: Missing required parameter: 'failed'."),
            (#"{"at_ns":0,"in":"client","event":{"type":"x"}}"#, "Line 2: Invalid value: 'x'."),
        ]
        for (text, message) in cases {
            var lines = Self.lines { _ in }
            lines.append(ByteBuffer(string: text))
            let error = #expect(throws: RecordingError.self) { try Self.read(lines) }
            #expect(error?.line == 2)
            #expect(error?.description.hasPrefix(message) == true, "\(error?.description ?? "")")
        }
    }

    @Test("of another format, or of none, are refused")
    func formats() {
        let cases = [
            (
                #"{"format":"parley.session/9"}"#,
                "Line 1: Invalid value: 'parley.session/9'. Value must be 'parley.session/1'."
            ),
            (#"{"at_ns":0,"in":"opened"}"#, "Line 1: Missing required parameter: 'format'."),
        ]
        for (text, message) in cases {
            let error = #expect(throws: RecordingError.self) { try Self.read([ByteBuffer(string: text)]) }
            #expect(error?.description == message)
        }
    }

    @Test("that begin with what no session can have are refused")
    func impossibleBeginnings() throws {
        let line = String(buffer: try #require(Self.lines { _ in }.first))
        let cases = [
            (#""items":2000"#, #""items":-1"#, "Invalid 'items': integer below minimum value."),
            (#""prefix_padding_ms":300"#, #""prefix_padding_ms":9e18"#, "Invalid 'session.audio.input."),
            (#""seed":"1""#, #""seed":"x""#, "Invalid type for 'seed': expected a string of digits"),
        ]
        for (text, replacement, message) in cases {
            let changed = ByteBuffer(string: line.replacing(text, with: replacement))
            let error = #expect(throws: RecordingError.self, "\(text)") { try Self.read([changed]) }
            #expect(error?.description.hasPrefix("Line 1: " + message) == true, "\(error?.description ?? "")")
        }
    }

    @Test("do not follow the end")
    func afterTheEnd() throws {
        var lines = Self.lines { $0.closed(at: .uptimeNanoseconds(2_000)) }
        #expect(try Self.read(lines).last == .closed(at: .nanoseconds(1_000)))
        lines.append(lines[1])
        #expect(throws: RecordingError(line: 3, problem: .linesAfterTheEnd)) { try Self.read(lines) }
    }

    private static func lines(
        _ session: RecordedSession = .test(.test()),
        _ body: (SessionRecorder) -> Void
    ) -> [ByteBuffer] {
        let lines = RecordedLines()
        body(SessionRecorder(session, from: .uptimeNanoseconds(1_000)) { lines.append($0) })
        return lines.lines
    }

    private static func read(_ lines: [ByteBuffer]) throws -> [RecordedLine] {
        var reader = RecordingReader()
        return try lines.map { try reader.line($0) }
    }
}

extension RecordedSession {
    static func test(_ session: Session) -> RecordedSession {
        RecordedSession(
            dialect: .ga,
            session: session,
            conversationID: "conv_test",
            limits: SessionLimits(),
            ids: IDSource(seed: 1),
            eventIDs: IDSource(seed: 2)
        )
    }
}
