// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// Who counts as one peer: an IPv4 address, or an IPv6 network of 64 bits, since whoever has one address of it has all.
package struct PeerNetwork: Sendable, Hashable {
    private let prefix: UInt64
    private let isIPv4: Bool

    /// The network of an address.
    ///
    /// - Parameter bytes: Of the address in network order: 4, or 16 (also those that stand for IPv4 ones, RFC 4291
    ///   section 2.5.5.2). `nil` comes of any other number.
    package init?(_ bytes: some Collection<UInt8>) {
        switch bytes.count {
        case 4: isIPv4 = true
        case 16:
            isIPv4 = bytes.prefix(10).allSatisfy { $0 == 0 } && bytes.dropFirst(10).prefix(2).allSatisfy { $0 == 0xFF }
        default: return nil
        }
        prefix = (isIPv4 ? bytes.suffix(4) : bytes.prefix(8)).reduce(0) { $0 << 8 | UInt64($1) }
    }
}
