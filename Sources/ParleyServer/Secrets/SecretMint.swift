// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyEvents
internal import ParleyHandshake
internal import ParleySession

/// Makes client secrets from the bodies of the three endpoints, in whichever dialect they speak (protocol reference,
/// section 11).
struct SecretMint: Sendable {
    /// What was asked for.
    enum Endpoint: Sendable, CaseIterable {
        /// `POST /v1/realtime/client_secrets`, GA.
        case clientSecrets
        /// `POST /v1/realtime/sessions`, beta.
        case sessions
        /// `POST /v1/realtime/transcription_sessions`, beta.
        case transcriptionSessions

        /// Seconds a secret opens sessions for, unless the body says otherwise.
        var defaultLifetime: Int { self == .clientSecrets ? 600 : 60 }
    }

    let key: ClientSecretKey
    let defaultModel: String

    /// What beta clients call the lifetime: one name for conversations, another for transcription, and either is taken.
    private static let lifetimeNames = ["expires_after", "expires_at"]

    /// Allowed lifetimes in seconds.
    private static let lifetimes = 10...7_200

    /// The answer to a request.
    ///
    /// - Parameters:
    ///   - body: The body; an empty object if there was none.
    ///   - endpoint: Where it came.
    ///   - sessionID: Id of the session that the answer shows.
    ///   - now: Unix seconds.
    /// - Returns: The body of the answer.
    /// - Throws: What is wrong with the body.
    func mint(
        _ body: JSONObject,
        at endpoint: Endpoint,
        sessionID: String,
        now: Int
    ) throws(RealtimeError) -> JSONObject {
        switch endpoint {
        case .clientSecrets: try mintGA(body, sessionID, now)
        case .sessions, .transcriptionSessions: try mintBeta(body, endpoint, sessionID, now)
        }
    }

    private func mintGA(_ body: JSONObject, _ sessionID: String, _ now: Int) throws(RealtimeError) -> JSONObject {
        for name in body.names where !["session", "expires_after"].contains(name) { throw .unknownParameter(name) }
        let lifetime = try Self.lifetime(body["expires_after"], at: "expires_after", default: Endpoint.clientSecrets)
        var asked = try Self.object(body["session"], at: "session") ?? [:]
        if asked["type"] == nil { asked["type"] = "realtime" }
        let session = try self.session(asked, sessionID)
        let (text, expiresAt) = try sign(asked, now + lifetime)
        return ["value": .string(text), "expires_at": JSON(expiresAt), "session": .object(session.object)]
    }

    private func mintBeta(
        _ body: JSONObject,
        _ endpoint: Endpoint,
        _ sessionID: String,
        _ now: Int
    ) throws(RealtimeError) -> JSONObject {
        var flat = body
        flat["client_secret"] = nil
        let secret = try Self.object(body["client_secret"], at: "client_secret") ?? [:]
        let name = Self.lifetimeNames.first { secret[$0] != nil } ?? Self.lifetimeNames[0]
        let lifetime = try Self.lifetime(secret[name], at: "client_secret.\(name)", default: endpoint)
        let isTranscription = endpoint == .transcriptionSessions
        let model = isTranscription ? nil : flat["model"]
        if !isTranscription { flat["model"] = nil }

        var translator = DialectTranslator(client: .beta, server: .ga)
        translator.unknownMembers = .keep
        let kind: Session.Kind = isTranscription ? .transcription : .realtime
        let blank = Session(kind: kind, id: sessionID, model: defaultModel, expiresAt: 0)
        // The translator learns what kind of session it is from its first event.
        _ = translator.serverEvent(ServerEvent.sessionCreated(blank).object(eventID: ""))
        let update: JSONObject = [
            "type": isTranscription ? "transcription_session.update" : "session.update", "session": .object(flat),
        ]
        guard case .forward(let translated) = translator.clientEvent(update),
            var asked = translated["session"]?.objectValue
        else { throw Self.refusal(translator, update) }
        if let model { asked["model"] = model }
        let session = try self.session(asked, sessionID)
        let (text, expiresAt) = try sign(asked, now + lifetime)
        let shown = translator.serverEvent(ServerEvent.sessionUpdated(session).object(eventID: ""))
        var answer = shown.first?["session"]?.objectValue ?? [:]
        answer["client_secret"] = ["value": .string(text), "expires_at": JSON(expiresAt)]
        return answer
    }

    /// Why the translator has answered an update itself.
    private static func refusal(_ translator: DialectTranslator, _ update: JSONObject) -> RealtimeError {
        var translator = translator
        guard case .answer(let events) = translator.clientEvent(update),
            let error = events.first?["error"]?.objectValue
        else { return .invalidValue("session", message: "The session cannot be configured like this.") }
        return RealtimeError(
            code: error["code"]?.stringValue,
            message: error["message"]?.stringValue ?? "The session cannot be configured like this.",
            param: error["param"]?.stringValue
        )
    }

    /// The session as the secret will begin it.
    private func session(_ asked: JSONObject, _ sessionID: String) throws(RealtimeError) -> Session {
        let kind: Session.Kind = asked["type"]?.stringValue == "transcription" ? .transcription : .realtime
        var session = Session(
            kind: kind,
            id: sessionID,
            model: asked["model"]?.stringValue ?? defaultModel,
            expiresAt: 0
        )
        try session.apply(asked, audioWasProduced: false)
        try session.checkAbilities()
        return session
    }

    private func sign(_ session: JSONObject, _ expiresAt: Int) throws(RealtimeError) -> (String, Int) {
        guard let text = key.text(of: ClientSecret(expiresAt: expiresAt, session: session)) else {
            throw .invalidValue(
                "session",
                message: "Invalid 'session': the configuration is too large to travel in a key of at most "
                    + "\(ClientSecretKey.maximumLength) bytes. Send the rest in a session.update."
            )
        }
        return (text, expiresAt)
    }

    private static func object(_ value: JSON?, at path: String) throws(RealtimeError) -> JSONObject? {
        guard let value, !value.isNull else { return nil }
        guard let object = value.objectValue else { throw .invalidType(path, expected: "an object", got: value) }
        return object
    }

    private static func lifetime(
        _ value: JSON?,
        at path: String,
        default endpoint: Endpoint
    ) throws(RealtimeError) -> Int {
        guard let object = try object(value, at: path) else { return endpoint.defaultLifetime }
        if let anchor = object["anchor"]?.stringValue, anchor != "created_at" {
            throw .invalidValue("\(path).anchor", anchor, supported: ["created_at"])
        }
        guard let value = object["seconds"], !value.isNull else { return endpoint.defaultLifetime }
        guard let seconds = value.intValue else {
            throw .invalidType("\(path).seconds", expected: "an integer", got: value)
        }
        guard lifetimes.contains(seconds) else {
            let isShort = seconds < lifetimes.lowerBound
            throw .outOfRange(
                "\(path).seconds",
                kind: "integer",
                value: "\(seconds)",
                minimum: isShort ? "\(lifetimes.lowerBound)" : nil,
                maximum: isShort ? nil : "\(lifetimes.upperBound)"
            )
        }
        return seconds
    }
}
