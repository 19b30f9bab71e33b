// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import ParleyWebSocket

/// Where a WebSocket is to be opened (RFC 6455 section 3).
///
/// `http` and `https` are taken for `ws` and `wss`, as users copy them from other settings of the same server.
package struct WebSocketURL: Sendable, Equatable {
    /// The two schemes a WebSocket can have.
    package enum Scheme: String, Sendable, CaseIterable {
        case ws
        case wss
    }

    package let scheme: Scheme
    /// Lower case, without the brackets of an IPv6 address.
    package let host: String
    /// 1–65535; 80 or 443 when the URL names none.
    package let port: Int
    /// Path and query as they go into the request line; begins with `/`.
    package let target: String

    /// Reads a URL that names a scheme and a host.
    ///
    /// - Throws: what the URL has that it may not have, or lacks.
    package init(_ text: String) throws(WebSocketURLError) {
        guard let end = text.firstRange(of: "://") else { throw .schemeMissing }
        scheme = try Self.scheme(named: String(text[..<end.lowerBound]))
        let rest = text[end.upperBound...]
        guard rest.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { throw .characterNotAllowed }
        guard !rest.contains("#") else { throw .fragmentPresent }
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        guard !authority.contains("@") else { throw .userInformationPresent }
        guard let address = HostPort(String(authority)) else { throw .hostMalformed }
        guard address.port != 0 else { throw .hostMalformed }
        host = address.host
        port = address.port ?? scheme.defaultPort
        let tail = rest[authority.endIndex...]
        target = tail.hasPrefix("/") ? String(tail) : "/" + tail
    }

    private static func scheme(named name: String) throws(WebSocketURLError) -> Scheme {
        switch HeaderText.lowercased(name) {
        case "ws", "http": .ws
        case "wss", "https": .wss
        default: throw .schemeUnknown(name)
        }
    }

    /// Whether the connection is to be encrypted.
    package var isSecure: Bool { scheme == .wss }

    /// Host and port as one address.
    package var address: HostPort? { HostPort(authority) }

    /// The value of `Host`: the port is named only when it is not the scheme's own (RFC 6455 section 4.1).
    package var hostHeader: String {
        port == scheme.defaultPort ? bracketedHost : authority
    }

    /// Host and port, as a `CONNECT` request names them.
    var authority: String { "\(bracketedHost):\(port)" }

    private var bracketedHost: String { host.contains(":") ? "[\(host)]" : host }
}

extension WebSocketURL: CustomStringConvertible {
    /// The URL with its path and query, secrets included.
    package var description: String { "\(scheme.rawValue)://\(hostHeader)\(target)" }
}

extension WebSocketURL.Scheme {
    /// 80 for `ws`, 443 for `wss`.
    package var defaultPort: Int {
        switch self {
        case .ws: 80
        case .wss: 443
        }
    }
}

/// Why a text is no address of a WebSocket.
///
/// The text itself is not repeated, since it may hold a key.
package enum WebSocketURLError: Error, Sendable, Equatable {
    case schemeMissing
    case schemeUnknown(String)
    case hostMalformed
    /// White space, a control character or a character outside ASCII.
    case characterNotAllowed
    case userInformationPresent
    case fragmentPresent
}

extension WebSocketURLError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .schemeMissing:
            "The URL does not say how to connect; begin it with ws:// or wss://."
        case .schemeUnknown(let name):
            "A WebSocket cannot be opened with the scheme '\(name)'; use ws:// or wss://."
        case .hostMalformed:
            "The URL names no valid host and port; write them as in ws://voice.example:8080/v1/realtime, an IPv6 "
                + "address in brackets and a name outside ASCII in its xn-- form."
        case .characterNotAllowed:
            "The URL contains white space or a character outside ASCII; write those of its path and query as %XX and "
                + "a host name in its xn-- form."
        case .userInformationPresent:
            "The URL has a user or password before '@', which WebSockets do not send; put credentials into a header."
        case .fragmentPresent:
            "The URL has a '#', which a WebSocket may not have (RFC 6455 section 3); leave it out or write it as %23."
        }
    }
}
