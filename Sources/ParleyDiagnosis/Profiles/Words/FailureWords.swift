// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyHandshake

extension ClientProfile {
    /// A failure as this client words it: what its user sees in the console, the exception or the log.
    ///
    /// Secrets are masked.
    package func words(for failure: ClientFailure, _ facts: Facts) -> String {
        let context = FailureContext(facts, self)
        switch library {
        case .chromium: return context.chromium(failure)
        case .firefox: return context.firefox(failure)
        case .webKit: return context.webKit(failure)
        case .nodeWS: return failure.isEvent ? context.nodeWS(failure) : errorPrefix + context.nodeWS(failure)
        case .undici: return context.undici(failure)
        case .pythonWebSockets: return context.pythonWebSockets(failure)
        case .aiohttp: return context.aiohttp(failure)
        case .webSocketClient: return context.webSocketClient(failure)
        case .gorilla: return context.gorilla(failure)
        case .coder: return context.coder(failure)
        case .tungstenite: return context.tungstenite(failure)
        case .java: return context.java(failure)
        case .okHTTP: return context.okHTTP(failure)
        case .dotNet: return context.dotNet(failure)
        case .urlSession: return context.urlSession(failure)
        case .swiftNIO, .arduino, .plain: return context.plain(failure)
        }
    }
}

extension ClientProfile {
    /// What ws's errors begin with where they are printed.
    private var errorPrefix: String { id == "wscat" ? "error: " : "Error: " }
}

extension ClientFailure {
    /// Whether it comes as an event or as nothing at all, not as an error.
    fileprivate var isEvent: Bool {
        switch self {
        case .tooSlow, .silent, .closed, .ended, .errorEvent, .noEvent, .wrongEvent, .noEcho, .pingTimeout: true
        default: false
        }
    }
}

/// What messages name besides the failure.
struct FailureContext {
    /// The address, masked.
    let url: String
    let host: String
    let port: Int
    /// Where the connection went, as far as that is known.
    let address: String
    /// The client's own time limit, in seconds.
    let limit: Int?
    let messageLimit: Int?

    init(_ facts: Facts, _ profile: ClientProfile) {
        let whole = facts.question.url
        let withoutUser = "\(facts.address.scheme)://\(facts.address.hostHeader)\(facts.address.target)"
        url = Redaction.target(facts.address.hasUserInformation ? withoutUser : whole)
        host = facts.address.host
        port = facts.address.port
        address =
            profile.exchange(facts)?.exchange.endpoint.address ?? facts.name?.addresses.first ?? facts.address.host
        limit = profile.handshakeLimit
        messageLimit = profile.messageLimit
    }

    /// `host:port`.
    var authority: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    /// The address connected to, with the port.
    var peer: String { address.contains(":") ? "[\(address)]:\(port)" : "\(address):\(port)" }

    /// The failure in the words of RFC 6455, for clients that have none of their own and where one says nothing.
    func plain(_ failure: ClientFailure) -> String {
        switch failure {
        case .scheme(let scheme): "the scheme must be ws or wss, not \(scheme)"
        case .needsSecureScheme: "Realtime WebSocket URLs must use the wss: protocol."
        case .fragment(let fragment): "the address contains a fragment (#\(fragment))"
        case .subprotocolToken(let token): "the subprotocol \"\(Redaction.subprotocol(token))\" is invalid"
        case .blockedPort: "port \(port) is blocked"
        case .mixedContent: "ws: is not allowed from a page loaded over https"
        case .contentPolicy(let directive): "blocked by the page's Content Security Policy: \(directive)"
        case .localNetwork: "a public page may not connect to the local network"
        case .noSuchName: "the name \(host) does not resolve"
        case .resolverFailed: "the resolver failed for \(host)"
        case .refused: "connection refused by \(peer)"
        case .connectionReset: "connection reset by \(peer)"
        case .networkUnreachable: "network is unreachable"
        case .hostUnreachable: "no route to host \(address)"
        case .connectTimedOut: "connecting to \(peer) timed out"
        case .proxy(let status): status.map { "the proxy refused CONNECT with \($0)" } ?? "the proxy did not answer"
        case .certificate(let fault): "certificate: \(fault.words)"
        case .alert(let number): "TLS alert \(number)"
        case .notTLS: "the server does not speak TLS"
        case .tlsClosed: "connection closed during the TLS handshake"
        case .tlsReset: "connection reset during the TLS handshake"
        case .tlsTimedOut: "the TLS handshake timed out"
        case .tls(let detail): "TLS: \(detail)"
        case .closedUnanswered: "connection closed before an answer"
        case .resetUnanswered: "connection reset before an answer"
        case .notHTTP: "the answer is no HTTP"
        case .tooSlow: limit.map { "no answer within \($0) s" } ?? "no answer"
        case .silent: "no answer; it keeps waiting" + (limit.map { " (up to \($0) s)" } ?? "")
        case .status(let status, let reason): "HTTP \(status) \(reason) instead of 101"
        case .redirect(let location): "redirected to \(Redaction.target(location))"
        case .answer(let defect, let value): "wrong answer: \(defect.rawValue)" + (value.isEmpty ? "" : ": \(value)")
        case .frame(let defect): "broken frames: \(defect.rawValue)"
        case .tooBig(let bytes): "a message of \(bytes) bytes is over the limit of \(messageLimit ?? 0)"
        case .closed(let code, let reason):
            "closed with \(code.map(String.init) ?? "no code")" + (reason.isEmpty ? "" : ": \(reason)")
        case .errorEvent(let message, let close):
            "error event: \(message)" + (close.map { ", then close \($0)" } ?? "")
        case .noEvent: "opens, but no session.created arrives"
        case .wrongEvent(let type): "opens, but the first event is \(type), not session.created"
        case .noEcho: "opens, but what is sent does not come back"
        case .ended: "the connection ends without a close frame (1006)"
        case .pingTimeout: "its pings are not answered"
        }
    }
}

extension Exchange.CertificateFault {
    /// What is wrong, in a few words.
    var words: String {
        switch self {
        case .expired: "expired"
        case .notYetValid: "not yet valid"
        case .selfSigned: "self-signed"
        case .unknownAuthority: "signed by an unknown authority"
        case .missingIntermediate: "the intermediate certificate was not sent"
        case .nameMismatch: "made for another name"
        case .addressNotNamed: "does not name the address"
        case .commonNameOnly: "no subjectAltName"
        case .wrongPurpose: "not meant for servers"
        case .weakKey: "key too weak"
        case .weakSignature: "signature digest too weak"
        case .brokenSignature: "a signature does not fit"
        case .revoked: "revoked"
        }
    }
}
