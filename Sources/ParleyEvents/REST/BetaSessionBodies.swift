// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// The body of `POST /v1/realtime/sessions` or `/transcription_sessions`, beta (protocol reference, section 11).
public struct BetaSessionRequest: Sendable, Equatable {
    /// Which of the two.
    public var kind: Session.Kind
    /// The flat configuration, without `client_secret`.
    public var configuration: JSONObject
    /// How long the key opens sessions, in seconds; `nil` = 60.
    public var lifetimeSeconds: Int?

    /// Makes a request.
    public init(kind: Session.Kind = .realtime, configuration: JSONObject = [:], lifetimeSeconds: Int? = nil) {
        self.kind = kind
        self.configuration = configuration
        self.lifetimeSeconds = lifetimeSeconds
    }

    /// Reads the body of a request for a session of that kind.
    ///
    /// The lifetime may have either of the two names that the reference has for it.
    public init(_ object: JSONObject, kind: Session.Kind) throws(RealtimeError) {
        self.init(kind: kind, configuration: object)
        configuration["client_secret"] = nil
        let secret = try Fields(object).fields("client_secret")
        for name in Self.lifetimeNames where lifetimeSeconds == nil {
            lifetimeSeconds = try secret?.fields(name)?.integer("seconds")
        }
    }

    /// The body.
    public var object: JSONObject {
        var object = configuration
        let name = Self.lifetimeNames[kind == .realtime ? 0 : 1]
        object["client_secret"] = lifetimeSeconds.map {
            .object([name: ["anchor": "created_at", "seconds": JSON($0)]])
        }
        return object
    }

    /// For conversations and for transcription, which the reference names differently.
    private static let lifetimeNames = ["expires_after", "expires_at"]
}

/// The answer to `POST /v1/realtime/sessions` or `/transcription_sessions`, beta (protocol reference, section 11).
public struct BetaSessionResponse: JSONRepresentable, Equatable {
    /// The body as it came: the flat session with its `client_secret`.
    public let object: JSONObject
    /// How the sessions that the key opens begin.
    public let session: Session
    /// The key, `ek_…`; an answer about transcription may lack it.
    public let value: String?
    /// When the key stops opening sessions, in Unix seconds.
    public let expiresAt: Int?

    /// Reads the body.
    public init(received value: JSON, at path: String) throws(RealtimeError) {
        let fields = try Fields(value, at: path)
        object = fields.object
        let secret = try fields.fields("client_secret")
        self.value = try secret?.requiredString("value")
        expiresAt = try secret?.requiredInteger("expires_at")
        let isTranscription = try fields.string("object") == "realtime.transcription_session"
        let type = isTranscription ? "transcription_session.created" : "session.created"
        let event = ReceivedEvent(["type": .string(type), "session": value], dialect: .beta)
        guard case .sessionCreated(let session) = event.event else {
            throw event.problem ?? .invalidType(path, expected: "a session", got: value)
        }
        self.session = session
    }

    /// The body as it came.
    public var jsonForm: JSON { .object(object) }
}
