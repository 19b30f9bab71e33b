// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ParleyWebSocket

@Suite("Host and port")
struct HostPortTests {
    @Test(
        "takes a host apart",
        arguments: [
            ("example.com", "example.com", nil, "example.com"),
            ("Example.COM:8080", "example.com", 8080, "example.com:8080"),
            ("example.com.:443", "example.com", 443, "example.com:443"),
            ("example.com:", "example.com", nil, "example.com"),
            ("127.0.0.1:0", "127.0.0.1", 0, "127.0.0.1:0"),
            ("[::1]", "::1", nil, "[::1]"),
            ("[::1]:65535", "::1", 65535, "[::1]:65535"),
            ("[FE80::1%25eth0]:80", "fe80::1%25eth0", 80, "[fe80::1%25eth0]:80"),
            ("my_service:80", "my_service", 80, "my_service:80"),
        ] as [(String, String, Int?, String)]
    )
    func parts(text: String, host: String, port: Int?, shown: String) throws {
        let parsed = try #require(HostPort(text))
        #expect(parsed.host == host)
        #expect(parsed.port == port)
        #expect(parsed.text == shown)
    }

    @Test(
        "refuses what is no host",
        arguments: [
            "", ".", "..", "example.com..", "localhost..:80", ":80", "a b", " example.com", "user@example.com",
            "http://example.com", "example.com/path",
            "example.com:80:80", "example.com:65536", "example.com:123456", "example.com:-1", "example.com:+80",
            "example.com:8a", "::1", "[::1", "[::1]80", "[]", "[a/b]", "ex,ample.com", "exämple.com", "a\u{0}b",
            "example.com:٨٠",
        ]
    )
    func noHost(text: String) {
        #expect(HostPort(text) == nil)
    }

    @Test(
        "knows this machine's own names and addresses",
        arguments: [
            "localhost", "LOCALHOST:8080", "localhost.", "app.localhost:3000", "127.0.0.1", "127.255.0.9:1",
            "[::1]:8080",
            "[0:0:0:0:0:0:0:1]", "[::0001]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::FFFF:7F00:0001]",
        ]
    )
    func loopback(text: String) throws {
        #expect(try #require(HostPort(text)).isLoopback)
    }

    @Test(
        "takes no other name or address for this machine's",
        arguments: [
            "localhost.example.com", "notlocalhost", "127.0.0.1.example.com", "127.0.0.1.nip.io", "128.0.0.1",
            "127.0.0.256",
            "127.1", "127.0.0.01", "127.0.0.1.1", "0.0.0.0", "10.0.0.1", "2130706433", "0x7f.0.0.1", "[::2]", "[::10]",
            "[::11]", "[2001::1]", "[::ffff:10.0.0.1]", "[::ffff:8f00:1]", "[::ffff:7f:1]", "[::]", "example.com",
        ]
    )
    func notLoopback(text: String) throws {
        #expect(try !#require(HostPort(text)).isLoopback)
    }
}
