// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import ParleyDiagnosis
package import ParleyTransport

/// One connection to be made and what is to be done on it.
package struct ExchangePlan: Sendable {
    package var endpoint: Exchange.Endpoint
    /// The proxy to ask for a tunnel.
    package var proxy: ProxyURL?
    /// How TLS is spoken, if the endpoint is secure.
    package var tls = TLSPlan()
    /// The request to send, secrets included; nil to connect only.
    package var request: Exchange.Request?
    /// What to do after a 101.
    package var conversation: ConversationPlan?
    /// How long to keep quiet and listen before anything is sent, in ms; nothing else is done then.
    package var listensMS: Int?
    /// Longest time for each of connecting, tunnel, TLS and answer, in ms.
    package var timeoutMS = 10_000
    /// How much of the answer's body is read, in bytes.
    package var bodyBytes = Masker.window

    package init(endpoint: Exchange.Endpoint) { self.endpoint = endpoint }
}

/// How TLS is spoken.
package struct TLSPlan: Sendable, Equatable {
    /// The version to insist on.
    package enum Version: Sendable, Equatable { case tls11, tls12 }

    /// The name to send instead of the host's; an empty one for none.
    package var serverName: String?
    /// The protocols to offer by ALPN.
    package var protocols = ["http/1.1"]
    /// Only this version, or TLS 1.2 and 1.3.
    package var version: Version?

    package init() {}
}

/// What is to be said on an open WebSocket.
package struct ConversationPlan: Sendable, Equatable {
    /// How long to wait for the server to say something first, in ms; 0 to wait for nothing.
    package var awaitsEventMS = 0
    /// A text to send.
    package var text: String?
    /// Whether the text goes in two fragments with a ping between them, never compressed.
    package var isFragmented = false
    /// Whether the text is expected to come back.
    package var expectsEcho = false
    /// Whether to send a ping.
    package var pings = true
    /// How long to wait for the echo, and for the pong, in ms.
    package var replyMS = 3_000
    /// How long to listen after all that, for what the server does on its own, in ms.
    package var settlesMS = 200
    /// How long to keep the connection open, in ms; 0 for not at all.
    package var holdMS = 0
    /// How often to send a ping meanwhile, in ms; 0 for never.
    package var pingEveryMS = 0

    package init() {}
}
