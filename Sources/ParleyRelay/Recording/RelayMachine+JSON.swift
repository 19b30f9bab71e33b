// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import ParleyEvents
internal import ParleySession
internal import ParleyWebSocket

extension RelayMachine.Input {
    /// The members of its line, but for the time.
    var members: [(String, JSON)] {
        switch self {
        case .opened: [("in", "opened")]
        case .message(let peer, let message): [("in", "message"), ("peer", peer.json), message.member]
        case .blocked(let peer): [("in", "blocked"), ("peer", peer.json)]
        case .writable(let peer): [("in", "writable"), ("peer", peer.json)]
        case .closed(let peer, let summary): [("in", "ended"), ("peer", peer.json)] + summary.members
        case .upstreamOpened(let number): [("in", "upstream_opened"), ("number", JSON(number))]
        case .upstreamRefused(let number, let refusal):
            [("in", "upstream_refused"), ("number", JSON(number)), ("refusal", .object(JSONObject(refusal.members)))]
        case .drained: [("in", "drained")]
        case .fired(let timer): [("in", "timer"), ("timer", .string(timer.name))]
        }
    }

    /// Reads a line's object.
    ///
    /// - Throws: Which member is missing, wrong or not known.
    init(_ object: JSONObject) throws(RealtimeError) {
        let kind = try object.requiredString("in")
        switch kind {
        case "opened": self = .opened
        case "message": self = .message(try object.requiredPeer(), try Message(object))
        case "blocked": self = .blocked(try object.requiredPeer())
        case "writable": self = .writable(try object.requiredPeer())
        case "ended": self = .closed(try object.requiredPeer(), try CloseSummary(object))
        case "upstream_opened": self = .upstreamOpened(try object.requiredInt("number", from: 1))
        case "upstream_refused":
            self = .upstreamRefused(
                try object.requiredInt("number", from: 1),
                try UpstreamRefusal(try object.requiredObject("refusal"))
            )
        case "drained": self = .drained
        case "timer":
            let known = RelayMachine.Timer.all
            self = .fired(
                try object.required("timer", "one of \(known.map(\.name))") { value in
                    known.first { .string($0.name) == value }
                }
            )
        default:
            let known = [
                "opened", "message", "blocked", "writable", "ended", "upstream_opened", "upstream_refused", "drained",
                "timer", "closed", "cut",
            ]
            throw .invalidValue("in", kind, supported: known)
        }
    }
}

extension RelayMachine.Action {
    /// The members of its line.
    var members: [(String, JSON)] {
        switch self {
        case .connect(let number): [("out", "connect"), ("number", JSON(number))]
        case .send(let peer, let message): [("out", "send"), ("peer", peer.json), message.member]
        case .pauseReading(let peer, let isPaused):
            [("out", "pause_reading"), ("peer", peer.json), ("paused", .bool(isPaused))]
        case .close(let peer, let code, let reason):
            [
                ("out", "close"), ("peer", peer.json), ("code", JSON(Int(code.rawValue))), ("reason", .string(reason)),
            ]
        case .startTimer(let timer, let delay):
            [("out", "start_timer"), ("timer", .string(timer.name)), ("after_ns", JSON(Int(delay.nanoseconds)))]
        case .cancelTimer(let timer): [("out", "cancel_timer"), ("timer", .string(timer.name))]
        case .fallBack(let messages):
            [("out", "fall_back"), ("messages", .array(messages.map { .object(JSONObject([$0.member])) }))]
        case .note(let text): [("out", "note"), ("text", .string(text))]
        }
    }

    /// The kinds of lines that ``members`` makes.
    static let kinds: Set = [
        "connect", "send", "pause_reading", "close", "start_timer", "cancel_timer", "fall_back", "note",
    ]
}

extension RelayMachine.Timer {
    static let all: [Self] = [
        .firstEvent, .replay, .blocked(isClient: true), .blocked(isClient: false), .renewal, .drain,
    ]

    var name: String {
        switch self {
        case .firstEvent: "first_event"
        case .replay: "replay"
        case .blocked(let isClient): isClient ? "blocked_client" : "blocked_upstream"
        case .renewal: "renewal"
        case .drain: "drain"
        }
    }
}

extension RelayMachine.Peer {
    /// `client`, or the number of the upstream connection.
    fileprivate var json: JSON {
        switch self {
        case .client: "client"
        case .upstream(let number): JSON(number)
        }
    }
}

extension Message {
    /// An object of JSON as such, so that secrets in it can be told; other text and binary data as they are.
    fileprivate var member: (String, JSON) {
        guard kind == .text else { return ("binary", .string(Base64.encode(payload))) }
        return JSONObject(payload: payload).map { ("event", .object($0)) } ?? ("text", .string(String(buffer: payload)))
    }

    fileprivate init(_ object: JSONObject) throws(RealtimeError) {
        if let event = object["event"]?.objectValue {
            self.init(kind: .text, payload: event.message)
        } else if object["text"] != nil {
            self.init(kind: .text, payload: ByteBuffer(string: try object.requiredString("text")))
        } else {
            let bytes = try object.required("binary", "base64") { $0.stringValue.flatMap(Base64.decode) }
            self.init(kind: .binary, payload: bytes)
        }
    }
}

extension CloseSummary {
    private static let initiators: [(name: String, value: Initiator)] = [
        ("peer", .peer), ("us", .us), ("transport", .transport),
    ]

    /// What was violated is left out: the machine does not look at it.
    fileprivate var members: [(String, JSON)] {
        (code.map { [("code", JSON(Int($0.rawValue)))] } ?? []) + [
            ("reason", .string(reason)),
            ("by", .string(Self.initiators.first { $0.value == initiator }?.name ?? "transport")),
            ("clean", .bool(wasClean)),
        ]
    }

    fileprivate init(_ object: JSONObject) throws(RealtimeError) {
        self.init(
            code: object["code"] == nil ? nil : try object.requiredCloseCode("code"),
            reason: try object.requiredString("reason"),
            initiator: try object.required("by", "one of \(Self.initiators.map(\.name))") { value in
                Self.initiators.first { .string($0.name) == value }?.value
            },
            wasClean: try object.required("clean", "a boolean", \.boolValue)
        )
    }
}

extension JSONObject {
    fileprivate func requiredPeer() throws(RealtimeError) -> RelayMachine.Peer {
        try required("peer", "'client' or the number of an upstream connection") { value in
            value == "client" ? .client : value.intValue.map(RelayMachine.Peer.upstream)
        }
    }
}
