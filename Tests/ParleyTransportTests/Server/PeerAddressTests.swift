// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import ParleyTransport
import Testing

@Suite("The address of a peer")
struct PeerAddressTests {
    @Test(
        "is a loopback address",
        arguments: ["127.0.0.1", "127.255.255.254", "::1", "::ffff:127.0.0.1", "::ffff:127.9.8.7"]
    )
    func loopback(address: String) throws {
        #expect(try SocketAddress(ipAddress: address, port: 8080).isLoopback)
    }

    @Test(
        "is none",
        arguments: [
            "126.0.0.1", "128.0.0.1", "0.0.0.0", "192.0.2.127", "::", "::2", "::101", "1::1", "fe80::1",
            "::ffff:10.0.0.1", "::fffe:127.0.0.1", "::127.0.0.1", "::1:0:1",
        ]
    )
    func elsewhere(address: String) throws {
        #expect(try !SocketAddress(ipAddress: address, port: 8080).isLoopback)
    }

    @Test("is one of this machine where it is a path")
    func path() throws {
        #expect(try SocketAddress(unixDomainSocketPath: "/tmp/parley").isLoopback)
    }
}
