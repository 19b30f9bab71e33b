// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyWebSocket

/// What servers say to a handshake from which `Upgrade` and `Connection` were taken on the way.
enum LostUpgrade {
    /// The server's own words, when they show that it did not see the upgrade; nil when they do not.
    ///
    /// The request as sent asked for one, so such words are about what became of it.
    static func complaint(_ exchange: Exchange) -> String? {
        guard let status = exchange.status, status != 101 else { return nil }
        let body = exchange.lowerBody
        if phrases.contains(where: { body.contains($0) }) { return "\(status) “\(exchange.excerpt)”" }
        switch status {
        case 505: return "505\(exchange.excerpt.isEmpty ? "" : " “\(exchange.excerpt)”")"
        case 426 where exchange.offersVersion13: return "426 \(exchange.excerpt)"
        // gorilla names the version only when the request was no handshake.
        case 400 where exchange.header("Sec-WebSocket-Version") == "13":
            return "400 “\(exchange.excerpt)” (Sec-WebSocket-Version: 13)"
        default: return nil
        }
    }

    private static let phrases = [
        "unsupported http version: http/1.0", "invalid connection header", "invalid upgrade header",
        "missing connection header", "missing upgrade header", "\"connection\" must be \"upgrade\"",
        "can \"upgrade\" only to", "no websocket upgrade hdr", "does not contain upgrade", "does not contain websocket",
        "not using the websocket protocol", "websocket protocol violation", "not a websocket handshake",
        "not a websocket request", "expected websocket", "upgrade required", "handshake: 'upgrade'",
        "'upgrade' token not found", "'websocket' token not found", "connection header did not include 'upgrade'",
        "you need to use a websocket", "this is a websocket endpoint", "websocket upgrade required",
        "request did not include upgrade", "invalid upgrade request", "missing `upgrade", "header `connection` did not",
    ]
}

extension Exchange {
    /// Whether the version is not what a 426 complains of.
    fileprivate var offersVersion13: Bool {
        let versions = response?.headers.elements("Sec-WebSocket-Version") ?? []
        return versions.isEmpty || versions.contains("13")
    }

    /// An error page that the proxy made itself.
    var isProxysOwnPage: Bool {
        bodyHas(
            "<center>nginx",
            "<center>openresty",
            "<center>tengine",
            "<address>apache/",
            "no server is available to handle",
            "awselb",
            "cloudfront",
            "cf-error-details",
            "404 page not found\n",
            "<hr><center>"
        ) && !(header("Server", has: "python", "uvicorn", "gunicorn"))
    }
}
