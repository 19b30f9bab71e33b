// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
package import ParleyEvents

/// What a recorded session began with: the first line of a recording.
package struct RecordedSession: Sendable, Equatable {
    /// The name and version of the form in which sessions are recorded.
    package static let format = "parley.session/1"

    /// What decides: a session with an engine, or one that sends audio straight back.
    package enum Kind: String, Sendable {
        case engine, loopback
    }

    /// What decides.
    package var kind = Kind.engine
    /// What the client speaks; recordings are in GA form whatever it is.
    package var dialect: Dialect
    /// The configuration before the first event.
    package var session: Session
    /// The conversation, `conv_…`.
    package var conversationID: String
    /// What the session may take.
    package var limits: SessionLimits
    /// Where ids of items, responses and calls come from.
    package var ids: IDSource
    /// Where ids of the server's events come from.
    package var eventIDs: IDSource

    /// A session that has not begun.
    package init(
        dialect: Dialect,
        session: Session,
        conversationID: String,
        limits: SessionLimits,
        ids: IDSource,
        eventIDs: IDSource
    ) {
        self.dialect = dialect
        self.session = session
        self.conversationID = conversationID
        self.limits = limits
        self.ids = ids
        self.eventIDs = eventIDs
    }

    /// What decides, fresh.
    package var logic: any SessionLogic {
        switch kind {
        case .engine: machine
        case .loopback: LoopbackMachine(session: session, limits: limits, ids: ids)
        }
    }

    /// The machine of a session with an engine, fresh.
    package var machine: SessionMachine {
        SessionMachine(session: session, conversationID: conversationID, limits: limits, ids: ids)
    }
}

extension RecordedSession {
    /// The line's object, without secrets.
    var object: JSONObject {
        var object: JSONObject = [
            "format": .string(Self.format),
            "dialect": .string(dialect.rawValue),
            "conversation_id": .string(conversationID),
            // As text: many readers of JSON take no integers of 64 bits.
            "seed": .string(String(ids.seed)),
            "event_seed": .string(String(eventIDs.seed)),
            "limits": .object(limits.object),
            "session": .object(SecretMask.masked(session.object)),
        ]
        if kind != .engine { object["kind"] = .string(kind.rawValue) }
        return object
    }

    /// Reads the line's object, whose format was checked.
    init(_ object: JSONObject) throws(RealtimeError) {
        let session = try Session(received: object["session"] ?? .null, at: "session")
        // As strictly as of a client: what comes from a server is taken as it is, whatever its numbers.
        var checked = session
        try checked.apply(
            ["type": .string(session.kind.rawValue), "audio": session.object["audio"] ?? .null],
            audioWasProduced: false
        )
        self.init(
            dialect: try object.required("dialect", "'ga' or 'beta'") { $0.stringValue.flatMap(Dialect.init) },
            session: session,
            conversationID: try object.requiredString("conversation_id"),
            limits: try SessionLimits(try object.requiredObject("limits")),
            ids: try object.requiredIDs("seed"),
            eventIDs: try object.requiredIDs("event_seed")
        )
        if object["kind"] != nil {
            kind = try object.required("kind", "'engine' or 'loopback'") { $0.stringValue.flatMap(Kind.init) }
        }
    }
}

extension SessionLimits {
    private static let counts: [(name: String, path: any WritableKeyPath<SessionLimits, Int> & Sendable)] = [
        ("input_buffer_ms", \.inputBufferMS), ("silence_buffer_ms", \.silenceBufferMS), ("turn_ms", \.turnMS),
        ("items", \.items), ("stored_text_bytes", \.storedTextBytes), ("stored_audio_bytes", \.storedAudioBytes),
        ("responses", \.responses), ("transcriptions", \.transcriptions), ("delta_bytes", \.deltaBytes),
        ("message_bytes", \.messageBytes), ("context_tokens", \.contextTokens),
        ("minimum_commit_ms", \.minimumCommitMS),
    ]
    private static let optionalCounts: [(name: String, path: any WritableKeyPath<SessionLimits, Int?> & Sendable)] = [
        ("requests_per_minute", \.requestsPerMinute), ("tokens_per_minute", \.tokensPerMinute),
        ("anticipation_ms", \.anticipationMS),
    ]

    /// Every limit by its name.
    var object: JSONObject {
        JSONObject(
            [("duration_ns", JSON(Int(duration.nanoseconds)))]
                + Self.counts.map { ($0.name, JSON(self[keyPath: $0.path])) }
                + Self.optionalCounts.compactMap { count in
                    self[keyPath: count.path].map { (count.name, JSON($0)) }
                }
        )
    }

    /// Reads limits; one that an older version did not have has its default.
    init(_ object: JSONObject) throws(RealtimeError) {
        self.init()
        duration = .nanoseconds(Int64(try object.requiredInt("duration_ns", from: 1)))
        for count in Self.counts where object[count.name] != nil {
            self[keyPath: count.path] = try object.requiredInt(count.name, from: 1)
        }
        for count in Self.optionalCounts where object[count.name] != nil {
            self[keyPath: count.path] = try object.requiredInt(count.name, from: 1)
        }
    }
}

extension JSONObject {
    fileprivate func requiredIDs(_ name: String) throws(RealtimeError) -> IDSource {
        IDSource(seed: try required(name, "a string of digits") { $0.stringValue.flatMap { UInt64($0) } })
    }
}
