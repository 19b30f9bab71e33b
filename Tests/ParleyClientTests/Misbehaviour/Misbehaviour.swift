// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOSSL
import ParleyClient
import ParleyTestPeers
import Testing

/// One way in which a server answers wrongly or unusually, and what the client has to make of it.
struct Misbehaviour: Sendable, CustomTestStringConvertible {
    /// What a strict client does.
    enum Outcome: Sendable {
        /// The answer is lawful, or harmless: there is a session.
        case session
        /// No connection, for the doctor's cause (nil: only further probes can tell), with these words in the error.
        case noConnection(String?, saying: String)
        /// A connection, which ends before there is a session: with this code, for that cause.
        case ended(Int?, String? = nil, isOurs: Bool = false, reason: String = "")
        /// A connection without a session: the server's error with that code.
        case serverError(String, cause: String?)
        /// A connection without a session: what came instead is no event.
        case notUnderstood(String?, saying: String)
        /// A connection without a session, until the time for it was over.
        case noSession
    }

    /// What the client offers; each name says how servers see it.
    enum Offer: Sendable {
        /// `realtime`, the key and the beta's mark as subprotocols, as a browser does.
        case subprotocols
        /// Header fields only.
        case nothing
        /// Header fields, and compression.
        case compression
    }

    /// What the server does, in words.
    let what: String
    let outcome: Outcome
    var offer = Offer.nothing
    /// For the whole opening; short where the server leaves the client waiting.
    var limit = Duration.seconds(20)
    let serve: @Sendable (RawPeer) async throws -> Void

    var testDescription: String { "\(what), offered \(offer)" }

    /// A 101 that differs in something; behind it a session, unless the row says what comes instead.
    static func answer(
        _ what: String,
        _ outcome: Outcome,
        _ offer: Offer = .nothing,
        _ change: @escaping @Sendable (inout Switching) -> Void
    ) -> Misbehaviour {
        Misbehaviour(what: what, outcome: outcome, offer: offer) { peer in
            var answer = Switching(to: try await peer.head())
            change(&answer)
            try await peer.write(answer.bytes)
            try await peer.beginSession()
            try await peer.answerClose()
        }
    }

    /// A right 101, and then these bytes; apart from it unless `together`.
    static func then(
        _ what: String,
        _ outcome: Outcome,
        together: Bool = false,
        _ bytes: [UInt8]...
    ) -> Misbehaviour {
        Misbehaviour(what: what, outcome: outcome) { peer in
            let answer = Switching(to: try await peer.head()).bytes
            let rest = bytes.flatMap { $0 }
            if together {
                try await peer.write(answer + rest)
            } else {
                try await peer.write(answer)
                try await peer.write(rest)
            }
            try await peer.answerClose()
        }
    }

    /// Reads the request and answers in plain HTTP.
    static func http(
        _ status: String,
        _ cause: String?,
        saying: String? = nil,
        fields: [String] = [],
        body: String = "no"
    ) -> Misbehaviour {
        let code = String(status.prefix(3))
        return Misbehaviour(
            what: ([status] + fields).joined(separator: ", "),
            outcome: .noConnection(cause, saying: saying ?? "answered \(code) instead of 101")
        ) { peer in
            _ = try await peer.head()
            let head = ["HTTP/1.1 \(status)"] + fields + ["Content-Length: \(body.utf8.count)", "", ""]
            try await peer.write(head.joined(separator: "\r\n") + body)
        }
    }
}

/// The head of a 101, line by line.
struct Switching {
    var status = "HTTP/1.1 101 Switching Protocols"
    var upgrade: String? = "websocket"
    var connection: String? = "Upgrade"
    var accept: String?
    var subprotocols: [String]
    var further: [String] = []
    var lineEnd = "\r\n"
    /// What stands before it.
    var before = ""

    /// The right answer to a request: the first subprotocol that was offered.
    init(to head: [String]) {
        accept = RawPeer.accept(for: head)
        let offered = RawPeer.value(of: "Sec-WebSocket-Protocol", in: head)?.split(separator: ",").first
        subprotocols = offered.map { [String($0)] } ?? []
    }

    var bytes: [UInt8] {
        var lines = [status]
        if let upgrade { lines.append("Upgrade: \(upgrade)") }
        if let connection { lines.append("Connection: \(connection)") }
        if let accept { lines.append("Sec-WebSocket-Accept: \(accept)") }
        lines += subprotocols.map { "Sec-WebSocket-Protocol: \($0)" } + further + ["", ""]
        return Array((before + lines.joined(separator: lineEnd)).utf8)
    }
}

extension RawPeer {
    /// A session, in the shortest form.
    static let session = text(#"{"type":"session.created","event_id":"event_1","session":{"id":"sess_1"}}"#)

    func beginSession() async throws { try await write(Self.session) }
}
