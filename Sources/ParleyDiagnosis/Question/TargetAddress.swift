// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import ParleyWebSocket

/// An address as it was given, with all that is wrong with it.
///
/// Unlike the client's own URL type it does not refuse: what is wrong is the finding.
package struct TargetAddress: Sendable, Equatable {
    /// `ws`, `wss`, `http`, `https`, or whatever stands before `://`; `ws` when nothing does.
    package let scheme: String
    /// Host and port as written, without user information.
    package let hostPort: HostPort?
    /// Path and query as they go into a request line; begins with `/`.
    package let target: String
    /// What follows `#`.
    package let fragment: String?
    /// Whether there is a user or a password before `@`.
    package let hasUserInformation: Bool
    /// Whether a scheme was written.
    package let hasScheme: Bool

    /// Takes an address apart; never fails.
    package init(_ text: String) {
        let trimmed = text.trimmingPrefix { $0.isWhitespace }
        var rest = trimmed[...]
        if let end = rest.firstRange(of: "://") {
            scheme = rest[..<end.lowerBound].lowercased()
            rest = rest[end.upperBound...]
            hasScheme = true
        } else {
            scheme = "ws"
            hasScheme = false
        }
        if let mark = rest.firstIndex(of: "#") {
            fragment = String(rest[rest.index(after: mark)...])
            rest = rest[..<mark]
        } else {
            fragment = nil
        }
        var authority = rest.prefix { $0 != "/" && $0 != "?" }
        let tail = rest[authority.endIndex...]
        target = tail.hasPrefix("/") ? String(tail) : "/" + tail
        if let at = authority.lastIndex(of: "@") {
            hasUserInformation = true
            authority = authority[authority.index(after: at)...]
        } else {
            hasUserInformation = false
        }
        hostPort = HostPort(String(authority))
    }

    /// Lower case, without brackets; empty when there is no valid host.
    package var host: String { hostPort?.host ?? "" }

    /// The port written, or the scheme's own.
    package var port: Int { hostPort?.port ?? (isSecure ? 443 : 80) }

    /// Whether the connection is to be encrypted.
    package var isSecure: Bool { scheme == "wss" || scheme == "https" }

    /// Whether a WebSocket can be opened with the scheme.
    package var isWebSocketScheme: Bool { ["ws", "wss", "http", "https"].contains(scheme) }

    /// The path without the query.
    package var path: String { String(target.prefix { $0 != "?" }) }

    /// What follows `?`; nil without one.
    package var query: String? {
        target.firstIndex(of: "?").map { String(target[target.index(after: $0)...]) }
    }

    /// The value of `Host`: the port is named only when it is not the scheme's own (RFC 6455 section 4.1).
    package var hostHeader: String {
        guard let hostPort else { return "" }
        let name = hostPort.host.contains(":") ? "[\(hostPort.host)]" : hostPort.host
        return port == (isSecure ? 443 : 80) ? name : "\(name):\(port)"
    }

    /// Whether a Realtime API is what is meant: by the path or the query.
    package var looksLikeRealtime: Bool {
        path.contains("realtime")
            || (query ?? "").split(separator: "&")
                .contains { $0.hasPrefix("model=") || $0 == "intent=transcription" || $0.hasPrefix("deployment=") }
    }
}
