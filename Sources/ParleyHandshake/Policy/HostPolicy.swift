// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import ParleyWebSocket

/// Which names a server answers to.
///
/// A page elsewhere can point its own name at 127.0.0.1 after it was loaded (DNS rebinding). Its `Origin` then
/// agrees with `Host`, and only the name gives it away.
package enum HostPolicy: Sendable, Hashable {
    /// Every name: for servers that demand keys, and those reached from elsewhere by design.
    case any
    /// Names that can only mean this machine, and those listed: for a loopback listener without keys.
    case loopback(and: [HostPattern])

    /// The policy a listener needs.
    ///
    /// - Parameters:
    ///   - isLoopback: whether the listener is bound to a loopback address.
    ///   - access: with keys a page that rebinds its name has nothing to present, and a proxy in front may pass on
    ///     a public name.
    ///   - names: the configured host name, and further ones that are allowed.
    /// - Returns: `.loopback` for a loopback listener with open access, else `.any`.
    package static func forListener(isLoopback: Bool, access: AccessPolicy, names: [HostPattern]) -> HostPolicy {
        isLoopback && !access.demandsKey ? .loopback(and: names) : .any
    }

    /// Whether the name is one the server answers to.
    package func allows(_ host: HostPort) -> Bool {
        switch self {
        case .any: true
        case .loopback(let names): host.isLoopback || names.contains { $0.matches(host) }
        }
    }
}
