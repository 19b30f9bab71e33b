// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import ParleyEvents
import ParleyWebSocket

/// One handshake under examination: what was offered, and the rules in the order in which they are asked.
struct Examination: Sendable {
    let request: HandshakeRequest
    let policy: HandshakePolicy
    let offer: ClientOffer
    /// Unix seconds.
    private let now: Int
    /// Where the path leads; nil for nowhere.
    let route: Route?

    init(_ request: HandshakeRequest, policy: HandshakePolicy) {
        self.init(request, request.upgrade, policy: policy, now: .max)
    }

    init(_ request: HandshakeRequest, _ upgrade: UpgradeRequest, policy: HandshakePolicy, now: Int) {
        let offer = ClientOffer(request, upgrade)
        self.request = request
        self.policy = policy
        self.offer = offer
        self.now = now
        self.route = RealtimePath.route(of: offer.target.comparablePath, echoEnabled: policy.isEchoEnabled)
    }

    /// The token to answer with.
    ///
    /// The echo, and a connection opened to carry a refusal, take any.
    func subprotocol(_ policy: SubprotocolPolicy) -> String? {
        Subprotocol.selected(from: offer.subprotocols, policy: policy)
    }

    /// Asks every rule.
    ///
    /// Host and origin come first, so that a page that may not connect learns nothing else; load comes before the
    /// key, so that keys cannot be tried out against a limited server.
    ///
    /// - Throws: the first rule that is broken.
    /// - Returns: what let the client in.
    func admit(capacity: Capacity) throws(Objection) -> Entry {
        if let objection = policyObjection ?? pathObjection ?? Self.objection(to: capacity) { throw objection }
        // The echo is for any client that may connect at all.
        if route == .echo { return Entry() }
        let secret = try secretEntry()
        let entry = if let secret { secret } else { Entry(credential: try keyCredential()) }
        if offer.callID != nil { throw .call }
        if !offer.subprotocols.isEmpty, policy.subprotocols == .strict, subprotocol(.strict) == nil {
            throw .subprotocols(shown(offer.shownSubprotocols.joined(separator: ", ")))
        }
        return entry
    }

    /// What let a client in.
    struct Entry {
        var credential: CredentialFound?
        var secret: ClientSecret?
    }

    /// Tries the short-lived keys among the credentials.
    ///
    /// One of ours that is over, or made for something else, is refused even where everybody may in: whoever uses it
    /// relies on what it carries.
    private func secretEntry() throws(Objection) -> Entry? {
        guard let key = policy.secrets else { return nil }
        for credential in offer.credentials {
            switch key.read(credential.text, at: now) {
            case .foreign: continue
            case .expired: throw .secretExpired(masked: credential.masked)
            case .valid(let secret):
                if offer.intent == .transcription, secret.intent == .conversation {
                    throw .secretForOther("intent", "a conversation", "a transcription")
                }
                if let wanted = offer.model, let model = secret.model, wanted != model {
                    throw .secretForOther("model", "the model \"\(shown(model))\"", "\"\(shown(wanted))\"")
                }
                let found = CredentialFound(
                    source: credential.source,
                    masked: credential.masked,
                    label: "client secret"
                )
                return Entry(credential: found, secret: secret)
            }
        }
        return nil
    }

    private func keyCredential() throws(Objection) -> CredentialFound? {
        switch policy.access.verdict(on: offer.credentials) {
        case .granted(let found): return found
        case .missing: throw .keyMissing
        case .incorrect(let presented): throw .keyIncorrect(masked: presented.masked)
        }
    }

    /// Why a plain HTTP request may not be answered to this client; nil when it may.
    func plainObjection(capacity: Capacity) -> Objection? {
        if let objection = policyObjection ?? Self.objection(to: capacity) { return objection }
        do {
            _ = try keyCredential()
            return nil
        } catch {
            return error
        }
    }

    /// Nothing is served at the path.
    var pathObjection: Objection? {
        guard route == nil else { return nil }
        let path = offer.target.comparablePath
        if path == RealtimePath.echo { return .echoDisabled }
        return .path(
            shown(Redaction.target(offer.target.path, presented: offer.credentials)),
            suggestion: RealtimePath.suggestion(for: path)
        )
    }

    /// The text without secrets and control characters.
    func shown(_ text: String) -> String { Scrubber(offer.credentials).show(text) }

    /// What was looked at, for the explanation.
    ///
    /// - Parameters:
    ///   - subprotocol: the one answered with.
    ///   - model: the one the session will have.
    ///   - compression: what was agreed on.
    /// - Returns: the facts in a fixed order.
    func facts(subprotocol: String?, model: String?, compression: DeflateAgreement? = nil) -> [Explanation.Fact] {
        let signals = offer.dialectSignals.map(\.rawValue).joined(separator: ", ")
        let all: [(String, String?)] = [
            ("method", request.method == .get ? nil : request.method.rawValue),
            ("target", shown(Redaction.target(request.target, presented: offer.credentials))),
            ("host", request.authority.map(shown)),
            ("peer", request.peerIsLoopback ? "loopback" : "remote"),
            ("tls", request.isSecure ? "yes" : nil),
            ("client", offer.family.rawValue),
            ("agent", request.headers[.userAgent].map(shown)),
            ("origin", offer.origin.map(shown)),
            ("offered", offer.subprotocols.isEmpty ? nil : shown(offer.shownSubprotocols.joined(separator: ", "))),
            ("selected", subprotocol.map { shown(Redaction.subprotocol($0)) }),
            ("compression", compression?.answer.text),
            (
                "credential",
                offer.credentials.isEmpty ? nil : offer.credentials.map(\.description).joined(separator: ", ")
            ),
            ("dialect", offer.dialect.rawValue + (signals.isEmpty ? "" : " (\(signals))")),
            ("model", model.map(shown)),
            ("intent", offer.intent == .conversation ? nil : offer.intent.rawValue),
            ("call", offer.callID.map(shown)),
        ]
        return all.compactMap { name, value in value.map { Explanation.Fact(name: name, value: $0) } }
    }

    /// The model the session will have.
    ///
    /// A transcription without one is left to the session, since the default is a model for conversations.
    var model: String? {
        offer.model ?? (offer.intent == .conversation ? policy.defaultModel : nil)
    }

    private var policyObjection: Objection? {
        guard let host = offer.host, policy.hosts.allows(host) else {
            return .host(shown(request.authority ?? ""))
        }
        let demandsKey = policy.access.demandsKey && route != .echo
        let verdict = policy.origins.verdict(on: offer.origin, host: host, demandsKey: demandsKey)
        if !verdict.passes { return .origin(shown(offer.origin ?? ""), verdict) }
        if !policy.access.demandsKey, !policy.opensToRemotePeers, !request.peerIsLoopback { return .remotePeer }
        return nil
    }

    private static func objection(to capacity: Capacity) -> Objection? {
        switch capacity {
        case .available: nil
        case .overloaded(let seconds): .overloaded(retryAfterSeconds: seconds)
        case .connectionsFull(let seconds): .connectionsFull(retryAfterSeconds: seconds)
        case .addressFull(let seconds): .addressFull(retryAfterSeconds: seconds)
        case .rateLimited(let seconds): .rateLimited(retryAfterSeconds: seconds)
        case .draining: .draining
        }
    }
}
