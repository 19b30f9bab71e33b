// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
package import ParleyEvents
package import ParleyWebSocket

/// What a client brings in its handshake, read without judging it.
package struct ClientOffer: Sendable, MaskedDescription {
    /// The path and the query.
    package let target: RequestTarget
    /// The elements of every `Sec-WebSocket-Protocol` line in the order sent; empty when none was or the field was.
    package let subprotocols: [String]
    /// The elements of `Sec-WebSocket-Extensions` in the order sent, with their parameters.
    package let extensions: [String]
    /// The keys presented, in the order they are tried; `null` and its like are left out.
    package let credentials: [Credential]
    /// The `Origin` as sent; nil when it is absent or empty, as in all clients that are no browser.
    package let origin: String?
    /// The `Host`; nil when it is missing, repeated or malformed.
    package let host: HostPort?
    /// The signs of the beta dialect; empty for GA.
    package let dialectSignals: [DialectSignal]
    /// From `model` or, when that is absent or empty, `deployment`.
    package let model: String?
    /// From `intent`; a value that is not known is taken for a conversation.
    package let intent: Intent
    /// From `call_id`, which asks to join a call that is under way elsewhere.
    package let callID: String?
    /// For the guess only.
    private let fields: HTTPFields

    /// Reads the offer out of a request head.
    ///
    /// Nothing in a head can make this fail.
    package init(_ request: HandshakeRequest) { self.init(request, request.upgrade) }

    init(_ request: HandshakeRequest, _ upgrade: UpgradeRequest) {
        let fields = request.headers
        let target = RequestTarget(request.target)
        let subprotocols = HeaderLists.elements(of: fields[values: .secWebSocketProtocol])
        // More than one Origin is no browser's doing; joined, they are one malformed origin, which no rule allows.
        let origins = fields[values: .origin].map { HeaderText.trimmed($0) }.filter { !$0.isEmpty }
        self.target = target
        self.subprotocols = subprotocols
        self.extensions = HeaderLists.elements(of: fields[values: .secWebSocketExtensions])
        self.credentials = CredentialSearch.credentials(fields: fields, subprotocols: subprotocols, target: target)
        self.origin = origins.isEmpty ? nil : origins.joined(separator: ", ")
        self.host = upgrade.host
        self.dialectSignals = DialectSignal.signals(fields: fields, subprotocols: subprotocols, target: target)
        self.model = target.value("model") ?? target.value("deployment")
        self.intent = target.value("intent").flatMap(Intent.init) ?? .conversation
        self.callID = target.value("call_id")
        self.fields = fields
    }

    /// A guess; see `ClientFamily`.
    package var family: ClientFamily {
        ClientFamily.guess(fields: fields, subprotocols: subprotocols, origin: origin, host: host)
    }

    /// The dialect the signs add up to.
    package var dialect: Dialect { dialectSignals.dialect }

    /// The subprotocols with the secrets among them masked, for logs and reports.
    package var shownSubprotocols: [String] { subprotocols.map(Redaction.subprotocol) }

    /// Whether the client can read nothing of an HTTP refusal.
    ///
    /// Page code cannot, and whoever offers subprotocols or sends an `Origin` may be page code.
    package var isBlindToHTTP: Bool { origin != nil || !subprotocols.isEmpty }

    /// The client and what it offers, without secrets.
    package var maskedDescription: String {
        "\(family.rawValue) [\(shownSubprotocols.joined(separator: ", "))] \(credentials.map(\.description))"
    }
}
