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
    package init?(_ bytes: UnsafeRawBufferPointer) {
        switch bytes.count {
        case 4: isIPv4 = true
        case 16: isIPv4 = bytes.number(at: 0) == 0 && bytes.number(at: 8) >> 32 == 0xFFFF
        default: return nil
        }
        guard isIPv4 else {
            prefix = bytes.number(at: 0)
            return
        }
        prefix = UInt64(bytes.loadUnaligned(fromByteOffset: bytes.count - 4, as: UInt32.self).bigEndian)
    }
}

extension UnsafeRawBufferPointer {
    /// Eight bytes in network order.
    fileprivate func number(at offset: Int) -> UInt64 {
        loadUnaligned(fromByteOffset: offset, as: UInt64.self).bigEndian
    }
}
