// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import ParleyEvents
import Testing

@testable import ParleySession

@Suite("A recorded session")
struct SessionReplayTests {
    @Test("happens again byte for byte: whatever a fuzzer does", arguments: Dialect.allCases, UInt64(300)..<303)
    func ofFuzzers(dialect: Dialect, seed: UInt64) throws {
        let lines = try Self.fuzzed(dialect, seed).recording()
        #expect(lines.count > 150)
        #expect(try Self.replayed(lines) == nil)
    }

    @Test("of the loopback happens again, too")
    func ofLoopback() throws {
        var recorded = RecordedSession.test(Session(id: "sess_1", model: "m", expiresAt: 1))
        recorded.kind = .loopback
        let lines = RecordedLines()
        let now = NIODeadline.uptimeNanoseconds(1_000)
        let recorder = SessionRecorder(recorded, from: now) { lines.append($0) }
        var (machine, eventIDs) = (recorded.logic, recorded.eventIDs)
        for input in [
            .opened, .client(.inputAudioBufferAppend(ByteBuffer(bytes: [1, 2, 3, 4])), eventID: nil),
            .client(.inputAudioBufferCommit, eventID: "mine"), .fired(.expiry),
        ] as [SessionInput] {
            recorder.received(input, at: now)
            var actions: [SessionAction] = []
            machine.received(input, at: now, into: &actions)
            for action in actions { recorder.did(action, eventID: eventIDs.id(for: action)) }
        }
        recorder.closed(at: now)
        #expect(lines.lines.count { String(buffer: $0).contains("response.output_audio.delta") } == 1)
        #expect(try Self.replayed(lines.lines) == nil)
        // What a session with an engine would have done is something else.
        let first = String(buffer: lines.lines[0]).replacing("loopback", with: "engine")
        #expect(try Self.replayed([ByteBuffer(string: first)] + lines.lines.dropFirst()) != nil)
    }

    @Test("that is changed is noticed, with the line and both versions of it")
    func changes() throws {
        let lines = try Self.fuzzed(.ga, 300, steps: 50).recording().map { String(buffer: $0) }
        let outputs = lines.indices.filter { lines[$0].hasPrefix(#"{"out""#) }
        #expect(outputs.count > 20)
        for index in outputs where index.isMultiple(of: 19) {
            var changed = lines
            changed[index] = changed[index].replacing(#"{"out":"#, with: #"{"out": "#)
            let difference = try #require(try Self.replayed(changed.map { ByteBuffer(string: $0) }))
            #expect(difference.line == index + 1)
            #expect(difference.recorded == changed[index] && difference.replayed == lines[index])
        }
    }

    @Test("that lacks a line, or has one too many, is noticed")
    func missingLines() throws {
        let lines = try Self.fuzzed(.ga, 301, steps: 50).recording()
        let outputs = lines.indices.filter { String(buffer: lines[$0]).hasPrefix(#"{"out""#) }
        for index in outputs where index.isMultiple(of: 17) {
            var shorter = lines
            shorter.remove(at: index)
            let missing = try #require(try Self.replayed(shorter), "without line \(index + 1)")
            #expect(missing.line == index + 1 && missing.replayed == String(buffer: lines[index]))
        }
        var longer = lines
        let extra = try #require(outputs.last)
        longer.insert(lines[extra], at: extra)
        let difference = try #require(try Self.replayed(longer))
        #expect(difference.line == extra + 2 && difference.recorded == String(buffer: lines[extra]))
        #expect(difference.replayed == nil)
    }

    @Test("whose server was killed is replayed as far as it goes, and then called cut")
    func truncation() throws {
        let lines = try Self.fuzzed(.ga, 302, steps: 50).recording().dropLast()
        var replay = SessionReplay()
        for line in lines { #expect(try replay.line(line) == nil) }
        #expect(throws: RecordingError(line: lines.count, problem: .truncated)) { try replay.ended() }
    }

    static func replayed(_ lines: [ByteBuffer]) throws -> SessionReplay.Difference? {
        var replay = SessionReplay()
        for line in lines {
            if let difference = try replay.line(line) { return difference }
        }
        return try replay.ended()
    }

    static func fuzzed(_ dialect: Dialect, _ seed: UInt64, steps: Int = 150) throws -> SessionHarness {
        var fuzzer = SessionFuzzer(seed: seed)
        var harness = SessionHarness(dialect, limits: SessionPropertyTests.limits, seed: seed)
        harness.open()
        for _ in 0..<steps {
            switch fuzzer.next() {
            case .client(var event):
                event["event_id"] = "mine"
                harness.client(event)
            case .engine(let event): harness.engine(event)
            case .wait(let time): harness.advance(by: time)
            }
            fuzzer.inputFormat = harness.machine.session.input.format
            for event in harness.takeEvents() { fuzzer.saw(event) }
        }
        harness.advance(by: SessionPropertyTests.limits.duration)
        #expect(harness.close != nil)
        return harness
    }
}
