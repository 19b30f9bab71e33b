// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyDiagnosis
internal import ParleyWebSocket

/// Where a redirect leads (RFC 3986 section 5.2, as far as servers use it).
enum Redirect {
    /// `Location` as a whole URL.
    static func resolve(_ location: String, from base: TargetAddress) -> String {
        let location = HeaderText.trimmed(location)
        if location.contains("://") { return location }
        let scheme = base.isSecure ? "wss" : "ws"
        if location.hasPrefix("//") { return "\(scheme):\(location)" }
        let host = "\(scheme)://\(base.hostHeader)"
        if location.hasPrefix("/") { return host + location }
        let folder = base.path.lastIndex(of: "/").map { base.path[...$0] } ?? "/"
        return host + folder + location
    }
}
