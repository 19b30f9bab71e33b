// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore

/// IP addresses as text.
enum HostAddress {
    /// An address of 4 or 16 bytes in its usual form.
    static func text(packed bytes: [UInt8]) -> String? {
        try? SocketAddress(packedIPAddress: ByteBuffer(bytes: bytes), port: 0).ipAddress
    }

    /// An address in its usual form; nil for a name.
    static func canonical(_ text: String) -> String? { try? SocketAddress(ipAddress: text, port: 0).ipAddress }

    static func isIPv6(_ address: String) -> Bool { address.contains(":") }
}
