// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import ParleyEvents

/// A way to reach a server: a network, or a double in memory.
///
/// Checks see nothing else, so they hold for any transport and need no clock.
package protocol RealtimeWire: Sendable {
    /// Opens a Realtime connection.
    func connect(_ request: WireRequest) async throws(WireFailure) -> any WireConnection
    /// Sends one plain HTTP request, for example to mint a client secret.
    func exchange(_ request: WireHTTPRequest) async throws(WireFailure) -> WireHTTPAnswer
}

/// One open Realtime connection.
package protocol WireConnection: Sendable {
    /// The subprotocol that the server selected.
    var subprotocol: String? { get }
    /// Sends one message; messages arrive in the order of the calls.
    func send(_ message: WireMessage) async throws(WireFailure)
    /// What comes next; ``WireArrival/silence`` if nothing comes in the time allowed for one expected event.
    func next() async -> WireArrival
    /// Closes with that code and waits for the server's answer.
    func close(code: Int) async -> WireClose
}

/// A message to the server.
package enum WireMessage: Sendable, Hashable {
    /// A text message, valid JSON or not.
    case text(String)
    /// A binary message, which the protocol does not have.
    case binary([UInt8])
}

/// What a connection brought.
package enum WireArrival: Sendable, Hashable {
    /// A text message.
    case text(String)
    /// A binary message of that many bytes.
    case binary(Int)
    /// The end; nothing follows.
    case closed(WireClose)
    /// Nothing in the time allowed.
    case silence
}

/// How a connection ended.
package struct WireClose: Sendable, Hashable, CustomStringConvertible {
    /// The code of the server's close frame (RFC 6455, section 7.4); `nil` if there was none.
    package let code: Int?
    /// The text beside it.
    package let reason: String

    package init(code: Int?, reason: String) {
        self.code = code
        self.reason = reason
    }

    package var description: String {
        guard let code else { return "closed without a code" }
        return reason.isEmpty ? "close \(code)" : "close \(code) '\(reason)'"
    }
}

/// What a connection asks for in its handshake.
package struct WireRequest: Sendable, Equatable {
    /// Where dialect and key are put.
    package enum Carrier: Sendable, Hashable {
        /// `Authorization` and, for beta, `OpenAI-Beta`: what servers and Node send.
        case headers
        /// `Sec-WebSocket-Protocol`: what browsers can send.
        case subprotocols
    }

    /// The dialect to speak.
    package var dialect: Dialect
    /// Query parameters in order, not yet percent-encoded.
    package var query: [QueryItem]
    /// The key, or `nil` for none.
    package var key: String?
    /// Where they are put.
    package var carrier: Carrier
    /// Subprotocols offered after those of the carrier.
    package var furtherSubprotocols: [String] = []

    package init(dialect: Dialect, query: [QueryItem], key: String?, carrier: Carrier = .headers) {
        self.dialect = dialect
        self.query = query
        self.key = key
        self.carrier = carrier
    }

    /// Header lines beside those of the WebSocket handshake, in order.
    package var headers: [(name: String, value: String)] {
        guard carrier == .headers else { return [] }
        var headers: [(name: String, value: String)] = []
        if let key { headers.append(("Authorization", "Bearer \(key)")) }
        if dialect == .beta { headers.append(("OpenAI-Beta", "realtime=v1")) }
        return headers
    }

    /// Subprotocols to offer, in order (protocol reference, section 2.4).
    package var subprotocols: [String] {
        guard carrier == .subprotocols else { return furtherSubprotocols }
        let credential = "openai-insecure-api-key.\(key ?? "null")"
        return ["realtime", credential] + (dialect == .beta ? ["openai-beta.realtime-v1"] : []) + furtherSubprotocols
    }
}

/// A query parameter.
package struct QueryItem: Sendable, Hashable {
    package let name: String
    package let value: String

    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// A plain HTTP request.
package struct WireHTTPRequest: Sendable, Equatable {
    /// `GET` or `POST`.
    package var method: String
    /// What follows the path of the Realtime endpoint, such as `/client_secrets`; empty for the endpoint itself.
    package var resource: String
    /// The key, or `nil` for none.
    package var key: String?
    /// Body, sent as `application/json`.
    package var body: String?

    package init(method: String, resource: String, key: String?, body: String? = nil) {
        self.method = method
        self.resource = resource
        self.key = key
        self.body = body
    }
}

/// The answer to a plain HTTP request.
package struct WireHTTPAnswer: Sendable, Hashable {
    package let status: Int
    package let body: String

    package init(status: Int, body: String) {
        self.status = status
        self.body = body
    }
}

/// Why something could not be sent or opened.
package enum WireFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// No connection to the server: name, TCP, TLS.
    case unreachable(String)
    /// The server answered the handshake with this status instead of 101.
    case refused(status: Int, detail: String)
    /// The handshake went wrong in another way.
    case handshake(String)
    /// The connection has ended.
    case ended(String)

    package var description: String {
        switch self {
        case .unreachable(let detail): "cannot reach the server: \(detail)"
        case .refused(let status, let detail): "the server answered the handshake with HTTP \(status)\(after(detail))"
        case .handshake(let detail): "the handshake failed: \(detail)"
        case .ended(let detail): "the connection has ended: \(detail)"
        }
    }

    private func after(_ detail: String) -> String { detail.isEmpty ? "" : ": \(detail)" }
}
