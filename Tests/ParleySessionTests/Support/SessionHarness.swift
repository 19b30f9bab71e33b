// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import ParleyEvents
import ParleySession
import ParleyTestSupport
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

    init(
        _ dialect: Dialect = .ga,
        session: Session = .test(),
        limits: SessionLimits = SessionLimits(),
        seed: UInt64 = 1
    ) {
        self.dialect = dialect
        machine = SessionMachine(
            session: session,
            conversationID: "conv_test",
            limits: limits,
            ids: IDSource(seed: seed)
        )
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

    mutating func open() { perform { $0.opened(into: &$2) } }

    /// A client event in the client's dialect.
    mutating func client(_ event: JSONObject) { client(text: event.text) }

    mutating func client(text: String) {
        switch edge.received(ByteBuffer(string: text), inputFormat: machine.session.input.format) {
        case .event(let event, let eventID): perform { $0.received(event, eventID: eventID, at: $1, into: &$2) }
        case .invalid(let error): carryOut(.send(.error(error)))
        case .answered(let objects): for object in objects { deliver(object) }
        }
    }

    mutating func append(_ audio: ByteBuffer) {
        client(["type": "input_audio_buffer.append", "audio": .string(audio.base64)])
    }

    mutating func engine(_ event: EngineEvent) { perform { $0.received(event, at: $1, into: &$2) } }

    /// Progress of the response that was started last.
    mutating func respond(_ progress: ResponseProgress...) {
        for each in progress { engine(.response(id: lastRequest?.id ?? "", each)) }
    }

    /// Moves the clock; timers that are due fire.
    mutating func advance(by amount: TimeAmount) {
        now = now + amount
        for (timer, deadline) in timers where deadline <= now {
            timers[timer] = nil
            perform { $0.fired(timer, at: $1, into: &$2) }
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

    private mutating func perform(_ body: (inout SessionMachine, NIODeadline, inout [SessionAction]) -> Void) {
        var actions: [SessionAction] = []
        body(&machine, now, &actions)
        for action in actions { carryOut(action) }
    }

    private mutating func carryOut(_ action: SessionAction) {
        if close != nil { Issue.record("after close: \(action)") }
        switch action {
        case .send(let event):
            var messages: [ByteBuffer] = []
            edge.send(event, eventID: eventIDs.event()) { write in
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

extension Session {
    static func test(_ kind: Kind = .realtime) -> Session {
        Session(kind: kind, id: "sess_test", model: "gpt-realtime", expiresAt: 1_790_003_600)
    }
}
