// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import ParleyEvents
import ParleySession
import ParleyTestSupport
import Synchronization
import Testing

/// One session with a client of one dialect at its front, an engine at its back and a clock that the test moves.
///
/// Whatever the client is sent is checked against the dialect's schema.
struct SessionHarness {
    let dialect: Dialect
    private(set) var machine: SessionMachine
    private var edge: ServerEdge
    private var eventIDs = IDSource(seed: 99)
    private var timers: [SessionTimer: NIODeadline] = [:]
    private(set) var now = NIODeadline.uptimeNanoseconds(1)
    /// What the client was sent and the test has not looked at.
    private(set) var unread: [JSONObject] = []
    /// What the engine was told and the test has not looked at.
    private(set) var unreadCommands: [EngineCommand] = []
    /// How the connection was closed.
    private(set) var close: (code: UInt16, reason: String)?
    private let beginning: RecordedSession
    private let start: NIODeadline
    /// All that is to be recorded, in order; written only when a test asks for it.
    private var happenings: [(SessionRecorder) -> Void] = []

    init(
        _ dialect: Dialect = .ga,
        session: Session = .test(),
        limits: SessionLimits = SessionLimits(),
        seed: UInt64 = 1
    ) {
        self.dialect = dialect
        beginning = RecordedSession(
            dialect: dialect,
            session: session,
            conversationID: "conv_test",
            limits: limits,
            ids: IDSource(seed: seed),
            eventIDs: eventIDs
        )
        start = now
        machine = beginning.machine
        edge = ServerEdge(dialect: dialect)
    }

    /// A session that was opened and whose first event was read.
    static func opened(
        _ dialect: Dialect = .ga,
        session: Session = .test(),
        limits: SessionLimits = SessionLimits()
    ) -> SessionHarness {
        var harness = SessionHarness(dialect, session: session, limits: limits)
        harness.open()
        _ = harness.takeEvents()
        return harness
    }

    // MARK: Inputs

    mutating func open() { perform(.opened) }

    /// A client event in the client's dialect.
    mutating func client(_ event: JSONObject) { client(text: event.text) }

    mutating func client(text: String) {
        switch edge.received(ByteBuffer(string: text), inputFormat: machine.session.input.format) {
        case .event(let event, let eventID): perform(.client(event, eventID: eventID))
        case .invalid(let error):
            happenings.append { [now] in $0.refused(error, at: now) }
            carryOut(.send(.error(error)))
        case .answered(let objects): for object in objects { deliver(object) }
        }
    }

    mutating func append(_ audio: ByteBuffer) {
        client(["type": "input_audio_buffer.append", "audio": .string(audio.base64)])
    }

    mutating func engine(_ event: EngineEvent) { perform(.engine(event)) }

    /// Progress of the response that was started last.
    mutating func respond(_ progress: ResponseProgress...) {
        for each in progress { engine(.response(id: lastRequest?.id ?? "", each)) }
    }

    /// Moves the clock; timers that are due fire.
    mutating func advance(by amount: TimeAmount) {
        now = now + amount
        for (timer, deadline) in timers where deadline <= now {
            timers[timer] = nil
            perform(.fired(timer))
        }
    }

    // MARK: Outputs

    /// The last response that the engine was asked for.
    private(set) var lastRequest: ResponseRequest?

    mutating func takeEvents() -> [JSONObject] {
        defer { unread = [] }
        return unread
    }

    mutating func takeCommands() -> [EngineCommand] {
        defer { unreadCommands = [] }
        return unreadCommands
    }

    mutating func takeEvent() -> JSONObject? { unread.isEmpty ? nil : unread.removeFirst() }

    /// Whether that timer runs, and how long still.
    func remaining(_ timer: SessionTimer) -> TimeAmount? { timers[timer].map { $0 - now } }

    /// The recording of the session until now, as if it ended here.
    func recording() -> [ByteBuffer] {
        let lines = RecordedLines()
        let recorder = SessionRecorder(beginning, from: start) { lines.append($0) }
        for happening in happenings { happening(recorder) }
        recorder.closed(at: now)
        return lines.lines
    }

    private mutating func perform(_ input: SessionInput) {
        happenings.append { [now] in $0.received(input, at: now) }
        var actions: [SessionAction] = []
        machine.received(input, at: now, into: &actions)
        for action in actions { carryOut(action) }
    }

    private mutating func carryOut(_ action: SessionAction) {
        if close != nil { Issue.record("after close: \(action)") }
        let eventID = eventIDs.id(for: action)
        happenings.append { $0.did(action, eventID: eventID) }
        switch action {
        case .send(let event):
            var messages: [ByteBuffer] = []
            edge.send(event, eventID: eventID ?? "") { write in
                var buffer = ByteBuffer()
                write(&buffer)
                messages.append(buffer)
            }
            for message in messages { deliver(message) }
        case .engine(let command):
            unreadCommands.append(command)
            if case .respond(let request) = command { lastRequest = request }
        case .startTimer(let timer, let delay): timers[timer] = now + delay
        case .cancelTimer(let timer): timers[timer] = nil
        case .close(let code, let reason): close = (code, reason)
        case .reset: close = (1006, "")
        }
    }

    private mutating func deliver(_ message: ByteBuffer) {
        do {
            guard let object = try JSON(parsing: message).objectValue else {
                Issue.record("sent what is no object: \(String(buffer: message))")
                return
            }
            deliver(object)
        } catch {
            Issue.record("sent what is no JSON: \(String(buffer: message))")
        }
    }

    private mutating func deliver(_ object: JSONObject) {
        do {
            let problems = try EventSchema.server(dialect).problems(object)
            if !problems.isEmpty { Issue.record("against the schema: \(problems) in \(object.text.prefix(600))") }
        } catch {
            Issue.record(error)
        }
        unread.append(object)
    }
}

/// The lines of a recording, without their line feeds.
final class RecordedLines: Sendable {
    private let storage = Mutex<[ByteBuffer]>([])

    var lines: [ByteBuffer] { storage.withLock { $0 } }

    func append(_ line: ByteBuffer) {
        var line = line
        #expect(line.readableBytesView.filter { $0 == UInt8(ascii: "\n") }.count == 1)
        #expect(line.readableBytesView.last == UInt8(ascii: "\n"))
        line.moveWriterIndex(to: line.writerIndex - 1)
        storage.withLock { $0.append(line) }
    }
}

extension Session {
    static func test(_ kind: Kind = .realtime) -> Session {
        Session(kind: kind, id: "sess_test", model: "gpt-realtime", expiresAt: 1_790_003_600)
    }
}
