// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import ParleyEvents
import Testing

@testable import ParleySession

@Suite("A recorded session, compared loosely,")
struct LooseReplayTests {
    @Test("is the same with other ids, times and seeds", arguments: Dialect.allCases, UInt64(300)..<303)
    func otherIDs(dialect: Dialect, seed: UInt64) throws {
        let lines = try SessionReplayTests.fuzzed(dialect, seed).recording().map { String(buffer: $0) }
        var changed = lines
        // Other seeds: every id of the replay differs from the recorded one.
        changed[0] = changed[0].replacing(#""seed":"#, with: #""was":"#)
        changed[0] = #"{"seed":"99","# + changed[0].dropFirst()
        #expect(try replayed(changed, .loose) == nil)
        #expect(try replayed(changed, .strict) != nil)
    }

    @Test("is the same if pieces of text are cut in another way, and another if the text is")
    func pieces() throws {
        let lines = try Self.talk().map { String(buffer: $0) }
        let index = try #require(lines.firstIndex { $0.contains(#""type":"response.output_text.delta""#) })
        var joined = lines
        let second = try #require(lines[(index + 1)...].firstIndex { $0.contains("output_text.delta") })
        joined[index] = joined[index].replacing(#""delta":"one ""#, with: #""delta":"one two""#)
        joined.remove(at: second)
        #expect(joined[index] != lines[index])
        #expect(try replayed(joined, .loose) == nil)
        #expect(try replayed(joined, .strict) != nil)
        joined[index] = joined[index].replacing("one two", with: "one three")
        let difference = try #require(try replayed(joined, .loose))
        #expect(difference.line == index + 1 && difference.recorded?.contains("one three") == true)
        #expect(difference.replayed?.contains("one two") == true)
    }

    @Test("ends where its recording was cut")
    func cut() throws {
        let lines = try Self.talk().map { String(buffer: $0) }
        let early = lines.prefix(lines.count / 2) + [RecordedLine.cutLine("the disk is too slow")]
        for comparison in [SessionReplay.Comparison.strict, .loose] {
            #expect(try replayed(Array(early), comparison) == nil)
        }
    }

    /// A session with one answer of two pieces of text.
    private static func talk() throws -> [ByteBuffer] {
        let ids = IDSource(seed: 1)
        let session = Session(id: "sess_1", model: "m", expiresAt: 1)
        let beginning = RecordedSession(
            dialect: .ga,
            session: session,
            conversationID: "conv_1",
            limits: SessionLimits(),
            ids: ids,
            eventIDs: IDSource(seed: 2)
        )
        let lines = RecordedLines()
        let start = NIODeadline.uptimeNanoseconds(1_000)
        let recorder = SessionRecorder(beginning, from: start) { lines.append($0) }
        var machine = beginning.machine
        var eventIDs = beginning.eventIDs
        var responseID = ""
        func happen(_ input: SessionInput) {
            recorder.received(input, at: start)
            var actions: [SessionAction] = []
            machine.received(input, at: start, into: &actions)
            for action in actions {
                recorder.did(action, eventID: eventIDs.id(for: action))
                if case .engine(.respond(let request)) = action { responseID = request.id }
            }
        }
        happen(.opened)
        happen(.client(.responseCreate(ResponseOverrides()), eventID: nil))
        for progress in [ResponseProgress.text("one "), .text("two"), .finished(.completed, usage: nil)] {
            happen(.engine(.response(id: responseID, progress)))
        }
        happen(.engine(.fault(.error(EngineFailure(code: "c", message: "m")))))
        happen(.engine(.fault(.close(code: 1_011, reason: "r"))))
        recorder.closed(at: start)
        return lines.lines
    }

    private func replayed(
        _ lines: [String],
        _ comparison: SessionReplay.Comparison
    ) throws -> SessionReplay.Difference? {
        var replay = SessionReplay(comparison)
        for line in lines {
            if let difference = try replay.line(ByteBuffer(string: line)) { return difference }
        }
        return try replay.ended()
    }
}
