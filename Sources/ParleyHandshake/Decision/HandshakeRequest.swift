// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import HTTPTypes
package import ParleyWebSocket

/// A request head and what the listener knows about the connection it came on.
package struct HandshakeRequest: Sendable, MaskedDescription {
    /// Only GET opens a WebSocket.
    package var method: HTTPRequest.Method { didSet { readUpgrade() } }
    /// Path and query as sent, not decoded.
    package var target: String
    /// The first `Host`, which HTTPTypes keeps apart from the fields.
    package var authority: String? { didSet { readUpgrade() } }
    /// The header fields as received.
    package var headers: HTTPFields { didSet { readUpgrade() } }
    /// Whether the request line named HTTP/1.0.
    package var isHTTP10: Bool { didSet { readUpgrade() } }
    /// Whether it came over TLS that this process ended.
    package var isSecure: Bool
    /// Whether the peer's address is a loopback address.
    ///
    /// A proxy on this machine makes it true for everybody.
    package var peerIsLoopback: Bool
    /// The part that decides whether a WebSocket can be opened at all.
    package private(set) var upgrade: UpgradeRequest

    /// A head put together by hand; the defaults are a GET over HTTP/1.1 from this machine.
    package init(
        method: HTTPRequest.Method = .get,
        target: String,
        authority: String?,
        headers: HTTPFields,
        isHTTP10: Bool = false,
        isSecure: Bool = false,
        peerIsLoopback: Bool = true
    ) {
        self.method = method
        self.target = target
        self.authority = authority
        self.headers = headers
        self.isHTTP10 = isHTTP10
        self.isSecure = isSecure
        self.peerIsLoopback = peerIsLoopback
        upgrade = UpgradeRequest(method: method, authority: authority, fields: headers, isHTTP10: isHTTP10)
    }

    private mutating func readUpgrade() {
        upgrade = UpgradeRequest(method: method, authority: authority, fields: headers, isHTTP10: isHTTP10)
    }

    /// A head as the HTTP layer gives it.
    package init(_ head: HTTPRequest, isHTTP10: Bool, isSecure: Bool, peerIsLoopback: Bool) {
        self.init(
            method: head.method,
            target: head.path ?? "/",
            authority: head.authority,
            headers: head.headerFields,
            isHTTP10: isHTTP10,
            isSecure: isSecure,
            peerIsLoopback: peerIsLoopback
        )
    }

    /// Method and target, without secrets.
    package var maskedDescription: String {
        "\(method.rawValue) \(Redaction.target(target, presented: ClientOffer(self).credentials))"
    }
}

/// Whether there is room for another session.
package enum Capacity: Sendable, Hashable {
    case available
    /// All places are taken; seconds until it is worth another try.
    case overloaded(retryAfterSeconds: Int)
    /// There are more connections than there may be; seconds until it is worth another try.
    case connectionsFull(retryAfterSeconds: Int)
    /// This peer has too many connections; seconds until it is worth another try.
    case addressFull(retryAfterSeconds: Int)
    /// This peer asks too often; seconds until it may again.
    case rateLimited(retryAfterSeconds: Int)
    /// The server is shutting down and finishes what is open.
    case draining
}
