// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import ParleyEvents
import Testing

@testable import ParleySession

@Suite("Whatever happens to a session")
struct SessionPropertyTests {
    /// Limits that are reached all the time.
    static var limits: SessionLimits {
        var limits = SessionLimits()
        limits.items = 6
        limits.storedAudioBytes = 60_000
        limits.storedTextBytes = 200
        limits.inputBufferMS = 1_500
        limits.silenceBufferMS = 600
        limits.turnMS = 900
        limits.responses = 3
        limits.transcriptions = 2
        limits.deltaBytes = 1_001
        return limits
    }

    @Test("its events stay in order and its limits hold", arguments: UInt64(0)..<40)
    func invariants(seed: UInt64) {
        var run = FuzzRun(seed: seed, limits: Self.limits)
        for _ in 0..<250 { run.step() }
        run.end()
        #expect(run.invariants.violations.isEmpty)
        #expect(run.invariants.eventCount > 50)
    }

    @Test("its answers are those of the protocol, in both dialects", arguments: Dialect.allCases, UInt64(100)..<115)
    func schemas(dialect: Dialect, seed: UInt64) {
        var fuzzer = SessionFuzzer(seed: seed)
        var harness = SessionHarness(dialect, limits: Self.limits)
        harness.open()
        var responses = 0
        for _ in 0..<150 {
            switch fuzzer.next() {
            case .client(let event): harness.client(event)
            case .engine(let event): harness.engine(event)
            case .wait(let time): harness.advance(by: time)
            }
            fuzzer.inputFormat = harness.machine.session.input.format
            for event in harness.takeEvents() {
                fuzzer.saw(event)
                responses += event["type"] == "response.done" ? 1 : 0
            }
        }
        #expect(responses > 0)
    }

    @Test("its answers are the same if it happens again", arguments: UInt64(200)..<205)
    func determinism(seed: UInt64) {
        func events() -> [ServerEvent] {
            var run = FuzzRun(seed: seed, limits: Self.limits)
            for _ in 0..<80 { run.step() }
            return run.events
        }
        #expect(events() == events())
    }
}

/// A session in the hands of a fuzzer.
private struct FuzzRun {
    private var fuzzer: SessionFuzzer
    private var machine: SessionMachine
    private let limits: SessionLimits
    private var now = NIODeadline.uptimeNanoseconds(1)
    private(set) var invariants = SessionInvariants()
    private(set) var events: [ServerEvent] = []
    /// Bytes of PCM that the engine gave each response, while it was spoken and running.
    private var given: [String: Int] = [:]
    private var isPCM: [String: Bool] = [:]
    private var isClosed = false
    private var idleEnd: NIODeadline?

    init(seed: UInt64, limits: SessionLimits) {
        self.limits = limits
        fuzzer = SessionFuzzer(seed: seed)
        machine = SessionMachine(
            session: .test(),
            conversationID: "conv_test",
            limits: limits,
            ids: IDSource(seed: seed)
        )
        perform { $0.opened(into: &$1) }
    }

    mutating func step() {
        let input = fuzzer.next()
        switch input {
        case .client(let object): client(object)
        case .engine(let event):
            if case .response(let id, .audio(let samples)) = event, given[id] != nil {
                given[id, default: 0] += samples.count * 2
            }
            perform { [now] in $0.received(event, at: now, into: &$1) }
        case .wait(let time):
            now = now + time
            if let idleEnd, idleEnd <= now {
                self.idleEnd = nil
                perform { [now] in $0.fired(.idle, at: now, into: &$1) }
            }
        }
        checkLimits()
    }

    private mutating func client(_ object: JSONObject) {
        let format = machine.session.input.format
        guard let event = try? ClientEvent(object, inputFormat: format) else { return }
        perform { [now] in $0.received(event, eventID: nil, at: now, into: &$1) }
        fuzzer.inputFormat = machine.session.input.format
    }

    private mutating func perform(_ body: (inout SessionMachine, inout [SessionAction]) -> Void) {
        var actions: [SessionAction] = []
        body(&machine, &actions)
        for action in actions {
            #expect(!isClosed, "after close: \(action)")
            switch action {
            case .send(let event):
                events.append(event)
                invariants.saw(event)
                if case .audioDelta = event { continue }
                fuzzer.saw(event.object(eventID: ""))
                note(event)
            case .close: isClosed = true
            case .startTimer(.idle, let delay): idleEnd = now + delay
            case .cancelTimer(.idle): idleEnd = nil
            default: break
            }
        }
        #expect(invariants.conversation == machine.conversation.ids)
    }

    private mutating func note(_ event: ServerEvent) {
        switch event {
        case .responseCreated(let response):
            isPCM[response.id] = response.format == .pcm
            if response.outputModality == .audio { given[response.id] = 0 }
        case .responseDone(let response):
            if isPCM[response.id] == true {
                #expect(invariants.audioBytes[response.id] == given[response.id] ?? 0)
            }
            given[response.id] = nil
        default: break
        }
    }

    private func checkLimits() {
        #expect(machine.conversation.ids.count <= limits.items)
        #expect(machine.responses.count <= limits.responses)
        #expect(machine.transcriptions.count <= limits.transcriptions)
        #expect(machine.input.durationMS <= limits.inputBufferMS)
        let stored = machine.conversation.ids.compactMap { machine.conversation[$0] }
        #expect(stored.reduce(0) { $0 + $1.audioBytes } <= limits.storedAudioBytes)
        let text = stored.reduce(0) { $0 + $1.textBytes }
        #expect(text <= limits.storedTextBytes || stored.count == 1)
        #expect(machine.responses.map(\.id).sorted() == invariants.runningResponses)
    }

    /// Ends what runs, then the session.
    mutating func end() {
        for id in invariants.runningResponses {
            perform { [now] in $0.received(.response(id: id, .finished(.completed, usage: nil)), at: now, into: &$1) }
        }
        invariants.finish()
        perform { [now] in $0.fired(.expiry, at: now, into: &$1) }
        #expect(isClosed)
        for _ in 0..<20 { step() }
    }
}
