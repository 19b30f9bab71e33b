// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore

extension SocketAddress {
    /// Whether the address is 127.0.0.0/8, ::1, the former written as the latter, or a Unix domain socket.
    package var isLoopback: Bool {
        switch self {
        case .unixDomainSocket: true
        // The places are those of the system's structures, on every system.
        case .v4(let address): withUnsafeBytes(of: address.address) { $0[4] == 127 }
        case .v6(let address):
            withUnsafeBytes(of: address.address) { bytes in
                guard bytes[8..<18].allSatisfy({ $0 == 0 }) else { return false }
                let isMapped = bytes[18] == 0xFF && bytes[19] == 0xFF
                return isMapped ? bytes[20] == 127 : bytes[18..<23].allSatisfy { $0 == 0 } && bytes[23] == 1
            }
        }
    }
}
