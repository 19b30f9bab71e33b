// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import ParleyEvents
import ParleyWebSocket
import Synchronization
import Testing

@testable import ParleyRelay

/// Drives a ``RelayMachine`` with events, and time that passes when the test says so.
///
/// Everything is recorded, and replayed at once: whatever a test has a relay do, its recording does again.
struct RelayHarness {
    /// What was done, in words such as `client TYPE`, `upstream 1 TYPE`, `connect 1` or `close client 1000 REASON`.
    private(set) var done: [String] = []
    /// What each peer was sent.
    private(set) var sent: [RelayMachine.Peer: [JSONObject]] = [:]
    /// What each peer was sent, byte for byte.
    private(set) var payloads: [RelayMachine.Peer: [ByteBuffer]] = [:]
    private(set) var handedOver: [String]?
    /// Seconds until each timer fires.
    private(set) var timers: [RelayMachine.Timer: Int64] = [:]
    private(set) var notes: [String] = []
    private(set) var machine: RelayMachine
    private let recorder: RelayRecorder
    private let recording: RecordedLines
    private var replay = RelayReplay()

    init(
        client: Dialect = .ga,
        upstream: Dialect = .ga,
        configuration: JSONObject = [:],
        model: (asked: String, used: String)? = nil,
        refusal: UpstreamRefusal? = nil,
        _ change: (inout RelaySettings) -> Void = { _ in }
    ) {
        var settings = RelaySettings(upstream: "ws://127.0.0.1")
        settings.dialect = upstream
        change(&settings)
        var terms = RelayTerms(settings: settings, client: client)
        terms.configuration = configuration
        terms.model = model
        terms.refusal = refusal
        machine = RelayMachine(terms)
        let recording = RecordedLines()
        self.recording = recording
        recorder = RelayRecorder(terms, from: .uptimeNanoseconds(0)) { recording.add($0) }
    }

    /// All lines of the recording so far.
    var recordedLines: [String] { recording.all }

    /// A relay whose upstream is open and has shown its session; what was done until then is forgotten.
    static func live(
        client: Dialect = .ga,
        upstream: Dialect = .ga,
        turnDetection: Bool = true,
        _ change: (inout RelaySettings) -> Void = { _ in }
    ) -> RelayHarness {
        var harness = RelayHarness(client: client, upstream: upstream, change)
        harness.open()
        harness.upstream(1, created(upstream, turnDetection: turnDetection))
        harness.forget()
        return harness
    }

    static func created(_ dialect: Dialect, turnDetection: Bool = true, id: String = "sess_1") -> JSONObject {
        let detection: JSON = turnDetection ? ["type": "server_vad"] : .null
        return switch dialect {
        case .ga:
            [
                "type": "session.created", "event_id": "event_up_1",
                "session": [
                    "type": "realtime", "id": .string(id), "object": "realtime.session", "model": "gpt-realtime",
                    "output_modalities": ["audio"], "audio": ["input": ["turn_detection": detection]],
                ],
            ]
        case .beta:
            [
                "type": "session.created", "event_id": "event_up_1",
                "session": [
                    "id": .string(id), "object": "realtime.session", "model": "gpt-realtime",
                    "modalities": ["text", "audio"], "turn_detection": detection,
                ],
            ]
        }
    }

    mutating func perform(_ input: RelayMachine.Input) {
        var actions: [RelayMachine.Action] = []
        recorder.received(input, at: .uptimeNanoseconds(1))
        machine.received(input, into: &actions)
        for action in actions {
            recorder.did(action)
            carryOut(action)
        }
        for line in recording.takeNew() {
            #expect(throws: Never.self) {
                let difference = try replay.line(ByteBuffer(string: line))
                #expect(difference == nil)
            }
        }
    }

    /// The client has come, and the upstream is open.
    mutating func open() {
        perform(.opened)
        perform(.upstreamOpened(1))
    }

    mutating func client(_ event: JSONObject) { perform(.message(.client, Self.message(event.text))) }

    mutating func clientText(_ text: String) { perform(.message(.client, Self.message(text))) }

    mutating func upstream(_ number: Int, _ event: JSONObject) {
        perform(.message(.upstream(number), Self.message(event.text)))
    }

    mutating func upstreamText(_ number: Int, _ text: String) {
        perform(.message(.upstream(number), Self.message(text)))
    }

    mutating func close(_ peer: RelayMachine.Peer, _ code: UInt16?, _ reason: String = "") {
        let code = code.map(CloseCode.init(rawValue:))
        perform(.closed(peer, CloseSummary(code: code, reason: reason, initiator: .peer, wasClean: true)))
    }

    mutating func lose(_ peer: RelayMachine.Peer) {
        perform(.closed(peer, CloseSummary(code: nil, reason: "", initiator: .transport, wasClean: false)))
    }

    /// The time of a timer has come, if it runs.
    mutating func fire(_ timer: RelayMachine.Timer) {
        guard timers.removeValue(forKey: timer) != nil else { return }
        perform(.fired(timer))
    }

    mutating func forget() {
        done = []
        sent = [:]
        payloads = [:]
        notes = []
    }

    /// What was done since the last call.
    mutating func takeDone() -> [String] {
        defer { forget() }
        return done
    }

    static func message(_ text: String) -> Message { Message(kind: .text, payload: ByteBuffer(string: text)) }

    private mutating func carryOut(_ action: RelayMachine.Action) {
        switch action {
        case .connect(let number): done.append("connect \(number)")
        case .send(let peer, let message):
            let event = JSONObject(payload: message.payload)
            done.append("\(Self.name(peer)) \(event?["type"]?.stringValue ?? String(buffer: message.payload))")
            if let event { sent[peer, default: []].append(event) }
            payloads[peer, default: []].append(message.payload)
        case .pauseReading(let peer, let isPaused):
            done.append("\(isPaused ? "pause" : "resume") \(Self.name(peer))")
        case .close(let peer, let code, let reason):
            done.append("close \(Self.name(peer)) \(code)\(reason.isEmpty ? "" : " \(reason)")")
        case .startTimer(let timer, let delay): timers[timer] = delay.nanoseconds / 1_000_000_000
        case .cancelTimer(let timer): timers[timer] = nil
        case .fallBack(let messages):
            handedOver = messages.map { String(buffer: $0.payload) }
            done.append("fall back")
        case .note(let text): notes.append(text)
        }
    }

    private static func name(_ peer: RelayMachine.Peer) -> String {
        switch peer {
        case .client: "client"
        case .upstream(let number): "upstream \(number)"
        }
    }
}

/// The lines of a recording, without their line feeds.
private final class RecordedLines: Sendable {
    private let lines = Mutex<(all: [String], taken: Int)>(([], 0))

    var all: [String] { lines.withLock { $0.all } }

    func add(_ line: ByteBuffer) { lines.withLock { $0.all.append(String(String(buffer: line).dropLast())) } }

    func takeNew() -> [String] {
        lines.withLock { lines in
            defer { lines.taken = lines.all.count }
            return Array(lines.all[lines.taken...])
        }
    }
}
