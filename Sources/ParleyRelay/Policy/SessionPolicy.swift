// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

public import ParleyEvents

/// What clients may ask of a session.
///
/// Members are named by their place in a GA session, such as `audio.output.voice`; a client of the beta dialect is held
/// to the member that has the same meaning there. A rule holds for the session and for single responses.
public struct SessionPolicy: Sendable, Equatable {
    /// What holds for one member.
    public enum Rule: Sendable, Equatable {
        /// Every session gets this value, and no client may set another.
        case fixed(JSON)
        /// Clients must not name it.
        case forbidden
        /// What clients say of it is left out, without a word to them.
        case removed
        /// Clients may choose among these strings.
        case oneOf([String])
    }

    /// The rules by member.
    public var members: [String: Rule] = [:]
    /// The models that may be used: names, or beginnings of names with `*` at their end; empty = all.
    ///
    /// They are compared with the model that is used, after aliases.
    public var models: [String] = []

    /// Everything may pass.
    public init() {}

    /// Whether there is any rule about members.
    var looksAtMembers: Bool { !members.isEmpty }

    func allows(model: String) -> Bool {
        models.isEmpty || models.contains { ModelAliases.matches($0, model) }
    }

    /// The session that every client begins with: the fixed members; empty if there are none.
    var fixedSession: JSONObject {
        var session: JSONObject = [:]
        for (path, rule) in members.sorted(by: { $0.key < $1.key }) {
            guard case .fixed(let value) = rule else { continue }
            session.set(value, atPath: Self.names(path))
        }
        return session
    }

    /// Applies the rules to a client's event.
    ///
    /// - Parameters:
    ///   - event: `session.update`, `transcription_session.update` or `response.create`; others pass.
    ///   - dialect: The client's.
    /// - Throws: Which member the client may not set (so).
    /// - Returns: The event without what is left out.
    func applied(to event: JSONObject, dialect: Dialect) throws(RealtimeError) -> JSONObject {
        guard let root = Self.root(of: event), case .object(var object)? = event[root] else { return event }
        for (member, rule) in members.sorted(by: { $0.key < $1.key }) {
            let path = dialect.path(ofMember: "\(root).\(member)")
            let names = Array(Self.names(path).dropFirst())
            guard let value = object.value(atPath: names) else { continue }
            switch rule {
            case .fixed(let fixed):
                guard fixed == value else {
                    throw Self.refusal(path, "is set by this server and cannot be changed. Leave it out.")
                }
            case .forbidden: throw Self.refusal(path, "may not be set on this server. Leave it out.")
            case .removed: object.set(nil, atPath: names)
            case .oneOf(let allowed):
                guard let text = (value["id"] ?? value).stringValue, allowed.contains(text) else {
                    let list = allowed.map { "'\($0)'" }.joined(separator: ", ")
                    throw Self.refusal(path, "must be one of \(list) on this server.")
                }
            }
        }
        var applied = event
        applied[root] = .object(object)
        return applied
    }

    private static func root(of event: JSONObject) -> String? {
        switch event["type"]?.stringValue {
        case "session.update", "transcription_session.update": "session"
        case "response.create": "response"
        default: nil
        }
    }

    private static func refusal(_ path: String, _ what: String) -> RealtimeError {
        RealtimeError(code: "not_allowed_by_policy", message: "'\(path)' \(what)", param: path)
    }

    private static func names(_ path: String) -> [String] { path.split(separator: ".").map(String.init) }
}
