// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyWebSocket
import Testing

@testable import ParleyHandshake

@Suite("Host policy")
struct HostPolicyTests {
    @Test(
        "a loopback listener answers to this machine's names and the listed ones",
        arguments: [
            ("localhost:8080", true), ("127.0.0.1:8080", true), ("[::1]:8080", true), ("parley.test:8080", true),
            ("a.dev.test", true),
            ("evil.example:8080", false), ("192.168.1.5:8080", false), ("127.0.0.1.evil.example", false),
            ("0.0.0.0:8080", false),
        ]
    )
    func loopback(host: String, expected: Bool) throws {
        let policy = HostPolicy.loopback(and: [try HostPattern("parley.test"), try HostPattern("*.dev.test")])
        #expect(policy.allows(try #require(HostPort(host))) == expected)
        #expect(HostPolicy.any.allows(try #require(HostPort(host))))
    }

    @Test("only a loopback listener without keys needs it")
    func listeners() throws {
        let keys = AccessPolicy.keys([try #require(AccessKey("k"))])
        let names = [try HostPattern("parley.test")]
        #expect(HostPolicy.forListener(isLoopback: true, access: .open, names: names) == .loopback(and: names))
        #expect(HostPolicy.forListener(isLoopback: true, access: keys, names: names) == .any)
        #expect(HostPolicy.forListener(isLoopback: false, access: .open, names: names) == .any)
        #expect(HostPolicy.forListener(isLoopback: false, access: keys, names: names) == .any)
    }
}
