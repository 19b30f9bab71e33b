// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyWebSocket
import Testing

@testable import ParleyHandshake

@Suite("Origin")
struct OriginTests {
    @Test(
        "is taken apart",
        arguments: [
            ("http://localhost:3000", "http", "localhost:3000"),
            ("HTTPS://App.Example.com", "https", "app.example.com"),
            ("https://[::1]:8443", "https", "[::1]:8443"), ("https://example.com/", "https", "example.com"),
            ("https://example.com/path?x#y", "https", "example.com"),
            ("chrome-extension://abcdef", "chrome-extension", "abcdef"),
            ("http://evil.example/@good.example", "http", "evil.example"),
            ("capacitor://localhost", "capacitor", "localhost"),
        ]
    )
    func servers(text: String, scheme: String, host: String) throws {
        #expect(Origin(text) == .server(scheme: scheme, try #require(HostPort(host))))
    }

    @Test(
        "may be none or a file",
        arguments: [
            ("null", .opaque), ("file://", .file), ("file:///", .file), ("file:///home/me/page.html", .file),
            ("FILE://", .file),
            ("", .malformed), ("NULL", .malformed), ("example.com", .malformed), ("https:/example.com", .malformed),
            ("https://", .malformed),
            ("http://good.example@evil.example", .malformed), ("http://a b", .malformed),
            ("https://a.example, https://b.example", .malformed),
            ("http://localhost/, http://evil.example", .malformed), ("http://localhost:99999", .malformed),
            ("ht tp://localhost", .malformed),
            ("*", .malformed),
        ] as [(String, Origin)]
    )
    func others(text: String, expected: Origin) {
        #expect(Origin(text) == expected)
    }

    @Test(
        "is the server's own when host and port agree, whatever the scheme",
        arguments: [
            ("http://example.com", "example.com", true), ("https://example.com", "example.com", true),
            ("https://example.com", "Example.com:443", true), ("http://example.com:80", "example.com", true),
            ("https://example.com:443", "example.com", true), ("http://example.com", "example.com:80", true),
            ("http://127.0.0.1:8080", "127.0.0.1:8080", true), ("https://127.0.0.1:8080", "127.0.0.1:8080", true),
            ("http://[::1]:8080", "[::1]:8080", true), ("http://example.com", "example.com.", true),
            ("ws://example.com", "example.com:80", true),
            ("http://example.com", "example.com:443", false), ("https://example.com", "example.com:80", false),
            ("http://example.com:8080", "example.com", false), ("http://example.com", "example.com:8080", false),
            ("http://example.com:8080", "example.com:8081", false), ("http://a.example.com", "example.com", false),
            ("http://example.com.evil.example", "example.com", false),
            ("capacitor://example.com", "example.com", false),
            ("capacitor://example.com", "example.com:80", false), ("null", "example.com", false),
            ("file://", "example.com", false),
        ]
    )
    func own(text: String, host: String, expected: Bool) {
        #expect(Origin(text).isServersOwn(HostPort(host)) == expected)
    }

    @Test("is nobody's own without a host")
    func withoutHost() {
        #expect(!Origin("http://example.com").isServersOwn(nil))
    }
}
