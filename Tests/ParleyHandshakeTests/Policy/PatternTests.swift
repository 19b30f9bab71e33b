// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyWebSocket
import Testing

@testable import ParleyHandshake

@Suite("Patterns")
struct PatternTests {
    @Test(
        "of hosts",
        arguments: [
            ("example.com", "example.com", true), ("example.com", "EXAMPLE.com:8080", true),
            ("Example.com.", "example.com", true),
            ("example.com", "a.example.com", false), ("*.example.com", "a.example.com", true),
            ("*.example.com", "a.b.example.com", true),
            ("*.example.com", "example.com", false), ("*.example.com", "badexample.com", false),
            ("*.example.com", "example.com.evil.example", false),
            ("*", "anything.example", true), ("[::1]", "[::1]:80", true), ("fe80::1", "[fe80::1]", true),
            ("192.168.1.5", "192.168.1.5:8080", true),
        ]
    )
    func hosts(pattern: String, host: String, expected: Bool) throws {
        #expect(try HostPattern(pattern).matches(#require(HostPort(host))) == expected)
    }

    @Test(
        "of hosts, refused with advice",
        arguments: ["", "http://example.com", "example.com:8080", "*.", "a.*.example.com", "**", "*example.com", "a/b"]
    )
    func badHosts(pattern: String) {
        #expect(throws: PatternError.self) { try HostPattern(pattern) }
    }

    @Test(
        "of origins",
        arguments: [
            ("https://app.example.com", "https://app.example.com", true),
            ("https://app.example.com/", "https://app.example.com", true),
            ("HTTPS://App.Example.com", "https://app.example.com", true),
            ("https://app.example.com", "https://app.example.com:443", true),
            ("https://app.example.com:443", "https://app.example.com", true),
            ("https://app.example.com", "http://app.example.com", false),
            ("https://app.example.com", "https://app.example.com:8443", false),
            ("https://app.example.com:8443", "https://app.example.com:8443", true),
            ("https://app.example.com:8443", "https://app.example.com", false),
            ("https://app.example.com:*", "https://app.example.com:8443", true),
            ("https://*.example.com", "https://a.example.com", true),
            ("https://*.example.com", "https://a.b.example.com", true),
            ("https://*.example.com", "https://example.com", false),
            ("https://*.example.com", "https://a.example.com.evil.example", false),
            ("https://*.example.com", "https://evil.example/a.example.com", false),
            ("https://*.example.com", "https://aexample.com", false),
            ("https://*.example.com", "https://a.example.com@evil.example", false),
            ("example.com", "http://example.com", true),
            ("example.com", "https://example.com", true), ("example.com", "https://example.com:8443", false),
            ("example.com:8443", "https://example.com:8443", true), ("*.example.com:*", "http://a.example.com:9", true),
            ("http://[::1]:*", "http://[::1]:5173", true), ("[::1]:5173", "http://[::1]:5173", true),
            ("http://*", "http://any.example", true),
            ("http://*:*", "http://any.example:99", true), ("chrome-extension://abc", "chrome-extension://abc", true),
            ("chrome-extension://abc", "chrome-extension://abd", false),
            ("capacitor://localhost", "capacitor://localhost", true),
            ("null", "null", true), ("null", "file://", false), ("file://", "file://", true),
            ("file://", "file:///page.html", true),
            ("file://", "null", false), ("*", "null", true), ("*", "file://", true),
            ("*", "https://any.example:1", true), ("*", "nonsense", true),
            ("https://app.example.com", "null", false),
        ]
    )
    func origins(pattern: String, origin: String, expected: Bool) throws {
        #expect(try OriginPattern(pattern).matches(Origin(origin)) == expected)
    }

    @Test(
        "of origins, refused with advice",
        arguments: [
            "", "https://", "https://example.com/path", "https://example.com:port", "https://example.com:70000",
            "://example.com",
            "https://a.*.example.com", "https://exa mple.com", "https://user@example.com", "::1",
        ]
    )
    func badOrigins(pattern: String) {
        let error = #expect(throws: PatternError.self) { try OriginPattern(pattern) }
        #expect(error?.pattern == pattern)
        #expect(error?.description.hasPrefix("\"\(pattern)\" ") == true)
    }
}
