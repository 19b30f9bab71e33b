// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyWebSocket

/// What can be told of a host by its name or address alone.
enum Hosts {
    /// Whether the host can only mean this machine.
    static func isLoopback(_ host: String) -> Bool { HostPort(bracketed(host))?.isLoopback ?? false }

    /// Whether it is an address, not a name.
    static func isAddress(_ host: String) -> Bool { host.contains(":") || octets(host) != nil }

    /// Addresses of private networks (RFC 1918, RFC 4193, RFC 3927) and names that only mean something there.
    static func isPrivate(_ host: String) -> Bool {
        if let octets = octets(host) {
            return octets[0] == 10 || (octets[0] == 172 && (16...31).contains(octets[1]))
                || (octets[0] == 192 && octets[1] == 168) || (octets[0] == 169 && octets[1] == 254)
                || (octets[0] == 100 && (64...127).contains(octets[1]))
        }
        if host.contains(":") { return ["fc", "fd", "fe8", "fe9", "fea", "feb"].contains { host.hasPrefix($0) } }
        let privateSuffixes = [".local", ".lan", ".internal", ".home.arpa", ".test", ".intranet", ".corp"]
        return !host.contains(".") || privateSuffixes.contains { host.hasSuffix($0) }
    }

    /// Whether the host is somewhere in the Internet.
    static func isPublic(_ host: String) -> Bool { !host.isEmpty && !isLoopback(host) && !isPrivate(host) }

    private static func octets(_ host: String) -> [Int]? {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        guard parts.count == 4, !parts.contains(nil) else { return nil }
        return parts.compactMap { $0.map(Int.init) }
    }

    private static func bracketed(_ host: String) -> String { host.contains(":") ? "[\(host)]" : host }
}

extension Facts {
    /// The address of the page whose script opens the socket: as given, or as its origin tells.
    var pageAddress: TargetAddress? { (question.page ?? page?.url).map(TargetAddress.init) }

    /// The origin that the user's client sends: as given, or the page's.
    var origin: String? {
        if let origin = question.origin { return origin }
        guard let given = question.page ?? page?.url else { return nil }
        guard given.hasPrefix("http://") || given.hasPrefix("https://") else { return "null" }
        let address = TargetAddress(given)
        return "\(address.scheme)://\(address.hostHeader)"
    }
}
