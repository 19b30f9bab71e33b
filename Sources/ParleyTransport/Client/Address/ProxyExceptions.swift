// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import ParleyWebSocket

/// What is reached without the proxy: the list in `NO_PROXY`, and this machine.
///
/// There is no standard. This follows what curl and Go agree on: `*` means everything; a name means itself and all
/// names under it, with or without a dot in front; an address means itself; `10.0.0.0/8` a network (IPv4 only); a
/// port behind a name or an address limits it to that port.
struct ProxyExceptions: Sendable {
    private let entries: [String]

    /// - Parameter list: Entries separated by commas or white space.
    init(_ list: String) {
        entries = list.split { $0 == "," || $0.isWhitespace }.map { HeaderText.lowercased(String($0)) }
    }

    func contains(_ url: WebSocketURL) -> Bool {
        if let address = url.address, address.isLoopback { return true }
        return entries.contains { Self.matches($0, url) }
    }

    private static func matches(_ entry: String, _ url: WebSocketURL) -> Bool {
        if entry == "*" { return true }
        if let slash = entry.firstIndex(of: "/") {
            return isIn(network: entry[..<slash], bits: entry[entry.index(after: slash)...], url.host)
        }
        // An IPv6 address without brackets has colons that begin no port.
        if let address = canonical(entry) { return address == canonical(url.host) }
        guard let named = HostPort(entry.hasPrefix(".") ? String(entry.dropFirst()) : entry) else { return false }
        if let port = named.port, port != url.port { return false }
        if let address = canonical(url.host) { return address == canonical(named.host) }
        return url.host == named.host || url.host.hasSuffix("." + named.host)
    }

    /// An address in the one form in which it can be compared, nil for a name.
    private static func canonical(_ text: String) -> String? {
        try? SocketAddress(ipAddress: text, port: 0).ipAddress
    }

    private static func isIn(network: Substring, bits: Substring, _ host: String) -> Bool {
        guard let network = number(network), let host = number(host[...]), let bits = Int(bits), 0...32 ~= bits
        else { return false }
        // Shifting by all 32 bits leaves 0: everything is in such a network.
        return network >> (32 - bits) == host >> (32 - bits)
    }

    private static func number(_ address: Substring) -> UInt32? {
        let parts = address.split(separator: ".", omittingEmptySubsequences: false)
        let octets = parts.compactMap { UInt8($0) }
        guard parts.count == 4, octets.count == 4 else { return nil }
        return octets.reduce(0) { $0 << 8 | UInt32($1) }
    }
}
