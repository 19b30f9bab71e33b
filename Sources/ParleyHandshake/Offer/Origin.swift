// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyWebSocket

/// An `Origin` value taken apart (RFC 6454 section 6.2).
enum Origin: Equatable {
    /// `null`: a sandboxed frame, a `data:` page, or a page that hides where it comes from.
    case opaque
    /// `file://`: a page on disk, and what arduinoWebSockets always sends.
    case file
    /// A scheme in lower case, a host and perhaps a port.
    case server(scheme: String, HostPort)
    /// None of these, so no rule can allow it.
    case malformed

    init(_ text: String) {
        guard text != "null" else {
            self = .opaque
            return
        }
        let bytes = Array(text.utf8)
        // Two origins in one value would otherwise be judged by the first.
        guard !bytes.contains(where: { $0 <= 0x20 || $0 == UInt8(ascii: ",") }),
            let colon = bytes.firstIndex(of: UInt8(ascii: ":")), bytes[colon...].starts(with: "://".utf8),
            bytes[..<colon].allSatisfy({ HeaderText.isAlphanumeric($0) || "+-.".utf8.contains($0) })
        else {
            self = .malformed
            return
        }
        let scheme = HeaderText.lowercased(String(decoding: bytes[..<colon], as: UTF8.self))
        // Scripts write a path behind their Origin; only the part before it is one.
        let authority = bytes[(colon + 3)...].prefix { !"/?#".utf8.contains($0) }
        if scheme == "file" {
            self = .file
        } else if let host = HostPort(String(decoding: authority, as: UTF8.self)) {
            self = .server(scheme: scheme, host)
        } else {
            self = .malformed
        }
    }

    /// Whether it is the address the request went to.
    ///
    /// Only host and port are compared: behind a proxy that ends TLS the server cannot know the scheme its page was
    /// loaded by. A `Host` without a port stands for 80 or 443 alike, for the same reason.
    func isServersOwn(_ host: HostPort?) -> Bool {
        guard case .server(let scheme, let own) = self, let host, own.host == host.host else { return false }
        let port = own.port ?? Self.defaultPort(of: scheme)
        return host.port.map { $0 == port } ?? (port == 80 || port == 443)
    }

    /// The port a scheme implies; nil for schemes that have none, such as `chrome-extension`.
    static func defaultPort(of scheme: String) -> Int? {
        switch scheme {
        case "http", "ws": 80
        case "https", "wss": 443
        default: nil
        }
    }
}
