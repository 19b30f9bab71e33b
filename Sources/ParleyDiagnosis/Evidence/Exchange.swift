// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyWebSocket

/// One connection from its first packet to its end.
///
/// The parts are filled in as far as the exchange got; the first part that is a failure is the last one that is there.
/// All times are ms since the connection attempt began.
package struct Exchange: Codable, Sendable, Equatable {
    /// Where it went.
    package var endpoint: Endpoint
    /// TCP, to the server or the proxy.
    package var tcp: TCPOutcome?
    /// What the proxy answered to CONNECT.
    package var proxy: ProxyOutcome?
    /// TLS, if the address asks for it.
    package var tls: TLSOutcome?
    /// What came before anything was sent.
    package var greeting: Bytes?
    /// The request as sent.
    package var request: Request?
    /// The answer, or what came in its place.
    package var response: Response?
    /// What was said on the open connection, behind a 101.
    package var conversation: Conversation?
    /// How it ended.
    package var end: End?

    package init(endpoint: Endpoint) { self.endpoint = endpoint }

    /// Where a connection goes.
    package struct Endpoint: Codable, Sendable, Hashable {
        /// The name or address asked for, lower case, without brackets.
        package var host: String
        package var port: Int
        /// The address that was connected to (of the proxy, if there is one); nil before it is known.
        package var address: String?
        package var isSecure: Bool
        /// `host:port` of the proxy in between.
        package var proxy: String?

        package init(host: String, port: Int, address: String? = nil, isSecure: Bool, proxy: String? = nil) {
            self.host = host
            self.port = port
            self.address = address
            self.isSecure = isSecure
            self.proxy = proxy
        }
    }

    /// What TCP said.
    package struct TCPOutcome: Codable, Sendable, Equatable {
        package enum Result: String, Codable, Sendable {
            case connected, refused, reset
            /// No answer in time.
            case timedOut = "timed_out"
            /// ENETUNREACH: no route.
            case networkUnreachable = "network_unreachable"
            /// EHOSTUNREACH or EACCES: somebody on the way said no.
            case hostUnreachable = "host_unreachable"
            /// No address to connect to.
            case noAddress = "no_address"
            /// Anything else; see `detail`.
            case other
        }

        package var result: Result
        /// The operating system's words.
        package var detail: String?
        package var durationMS: Int

        package init(_ result: Result, detail: String? = nil, durationMS: Int) {
            self.result = result
            self.detail = detail
            self.durationMS = durationMS
        }
    }

    /// What a proxy answered to CONNECT.
    package struct ProxyOutcome: Codable, Sendable, Equatable {
        /// Nil if no HTTP came.
        package var status: Int?
        package var reason: String
        package var headers: [Header]
        package var body: Bytes

        package init(status: Int?, reason: String = "", headers: [Header] = [], body: Bytes = Bytes()) {
            self.status = status
            self.reason = reason
            self.headers = headers
            self.body = body
        }
    }

    /// The head of a request, masked.
    package struct Request: Codable, Sendable, Equatable {
        package var method: String
        /// Path and query.
        package var target: String
        /// `1.1`, `1.0`.
        package var version: String
        package var headers: [Header]

        package init(method: String = "GET", target: String, version: String = "1.1", headers: [Header]) {
            self.method = method
            self.target = target
            self.version = version
            self.headers = headers
        }

        /// The subprotocols offered, in order, keys masked.
        package var subprotocols: [String] { headers.elements("Sec-WebSocket-Protocol") }
    }

    /// What came in answer to a request.
    package struct Response: Codable, Sendable, Equatable {
        /// `1.1`, `1.0`; nil when it is no HTTP, `body` has what came then.
        package var version: String?
        package var status: Int
        package var reason: String
        /// In the order and spelling of the wire, masked.
        package var headers: [Header]
        /// Whether a line of the head ended in a bare LF.
        package var hasBareLF: Bool
        /// What came behind the head, the beginning of it.
        package var body: Bytes
        /// When the head was complete; of what is no HTTP, when its first byte came.
        package var atMS: Int

        package init(
            version: String? = "1.1",
            status: Int,
            reason: String = "",
            headers: [Header] = [],
            hasBareLF: Bool = false,
            body: Bytes = Bytes(),
            atMS: Int = 0
        ) {
            self.version = version
            self.status = status
            self.reason = reason
            self.headers = headers
            self.hasBareLF = hasBareLF
            self.body = body
            self.atMS = atMS
        }
    }

    /// How a connection ended.
    package struct End: Codable, Sendable, Equatable {
        package enum Kind: String, Codable, Sendable {
            /// The peer ended its side: with FIN, or with a close frame before the probe's own.
            case closed
            /// RST.
            case reset
            /// Time was over and the peer had not ended it.
            case timedOut = "timed_out"
            /// The probe knew enough.
            case enough
        }

        package var kind: Kind
        package var atMS: Int

        package init(_ kind: Kind, atMS: Int) {
            self.kind = kind
            self.atMS = atMS
        }
    }
}

extension [Header] {
    /// The elements of a comma-separated field, over all its lines, without the white space round them.
    package func elements(_ name: String) -> [String] { HeaderLists.elements(of: values(name)) }
}

/// The beginning of some bytes, masked, and how many there were.
package struct Bytes: Codable, Sendable, Equatable {
    /// Longest text that is kept, in bytes.
    package static let kept = 2048

    /// UTF-8 text as it is, tabs and line ends included; other control characters and bytes as `\xNN`.
    package var text: String
    /// How many bytes there were.
    package var count: Int

    package init(text: String = "", count: Int = 0) {
        self.text = text
        self.count = count
    }
}
