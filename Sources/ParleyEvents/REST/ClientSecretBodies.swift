// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// The body of `POST /v1/realtime/client_secrets`, GA (protocol reference, section 11).
public struct ClientSecretRequest: JSONRepresentable, Equatable {
    /// How long the key opens sessions, in seconds, 10 to 7200; `nil` = 600.
    public var lifetimeSeconds: Int?
    /// Configuration of the sessions it opens, as in `session.update`; `nil` = the server's defaults.
    public var session: JSONObject?
    /// Members that this version does not know, by their place.
    public var unknown: JSONObject = [:]

    /// Makes a request.
    public init(lifetimeSeconds: Int? = nil, session: JSONObject? = nil) {
        self.lifetimeSeconds = lifetimeSeconds
        self.session = session
    }

    /// Reads the body.
    public init(received value: JSON, at path: String) throws(RealtimeError) {
        let fields = try Fields(value, at: path)
        lifetimeSeconds = try fields.fields("expires_after")?.integer("seconds")
        session = try fields.fields("session")?.object
        unknown = fields.object.remainder(without: known)
    }

    /// The body.
    public var jsonForm: JSON { .object(known.filled(with: unknown)) }

    private var known: JSONObject {
        var object: JSONObject = [:]
        object["expires_after"] = lifetimeSeconds.map { ["anchor": "created_at", "seconds": JSON($0)] }
        object["session"] = session.map { .object($0) }
        return object
    }
}

/// The answer to `POST /v1/realtime/client_secrets`, GA (protocol reference, section 11).
public struct ClientSecretResponse: JSONRepresentable, Equatable {
    /// The key, `ek_…`.
    public var value: String
    /// When it stops opening sessions, in Unix seconds.
    public var expiresAt: Int
    /// How the sessions that it opens begin.
    public var session: Session
    /// Members that this version does not know, by their place.
    public var unknown: JSONObject = [:]

    /// Makes an answer; `expiresAt` in Unix seconds.
    public init(value: String, expiresAt: Int, session: Session) {
        self.value = value
        self.expiresAt = expiresAt
        self.session = session
    }

    /// Reads the body.
    public init(received value: JSON, at path: String) throws(RealtimeError) {
        let fields = try Fields(value, at: path)
        self.value = try fields.requiredString("value")
        expiresAt = try fields.requiredInteger("expires_at")
        session = try fields.requiredReceived("session")
        unknown = fields.object.remainder(without: known)
    }

    /// The body.
    public var jsonForm: JSON { .object(known.filled(with: unknown)) }

    private var known: JSONObject {
        ["value": .string(value), "expires_at": JSON(expiresAt), "session": .object(session.object)]
    }
}
