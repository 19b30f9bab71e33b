// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyWebSocket
import Testing

@testable import ParleyHandshake

@Suite("Origin policy")
struct OriginPolicyTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let origin: String?
        var host = "voice.example.com"
        let verdict: OriginVerdict
        var testDescription: String { "\(origin ?? "none") at \(host)" }
    }

    static let byDefault = [
        Case(origin: nil, verdict: .absent),
        Case(origin: "https://voice.example.com", verdict: .serversOwn),
        Case(origin: "http://voice.example.com", verdict: .serversOwn),
        Case(origin: "https://voice.example.com", host: "voice.example.com:443", verdict: .serversOwn),
        Case(origin: "http://localhost:5173", verdict: .loopback),
        Case(origin: "http://127.0.0.1:8080", host: "127.0.0.1:8080", verdict: .serversOwn),
        Case(origin: "http://localhost:8080", host: "127.0.0.1:8080", verdict: .loopback),
        Case(origin: "https://[::1]:9", host: "127.0.0.1:8080", verdict: .loopback),
        Case(origin: "capacitor://localhost", verdict: .loopback),
        Case(origin: "https://voice.example.com:8443", verdict: .refusedPort),
        Case(origin: "https://example.com", verdict: .refusedForeign),
        Case(origin: "https://evil.example", verdict: .refusedForeign),
        Case(origin: "https://evil.example", host: "127.0.0.1:8080", verdict: .refusedForeign),
        Case(origin: "http://localhost.evil.example", host: "localhost:8080", verdict: .refusedForeign),
        Case(origin: "chrome-extension://abcdefghijklmnop", verdict: .refusedForeign),
        Case(origin: "null", verdict: .refusedNull),
        Case(origin: "not an origin", verdict: .refusedMalformed),
    ]

    @Test("by default lets the server's own pages and this machine's pass", arguments: byDefault)
    func defaults(example: Case) {
        for demandsKey in [true, false] {
            let verdict = OriginPolicy()
                .verdict(on: example.origin, host: HostPort(example.host), demandsKey: demandsKey)
            #expect(verdict == example.verdict)
            #expect(verdict.passes == !verdict.rawValue.hasPrefix("refused"))
        }
    }

    @Test(
        "file:// passes with keys, never or always",
        arguments: [
            (.never, false, false), (.never, true, false), (.withKeys, false, false), (.withKeys, true, true),
            (.always, false, true),
            (.always, true, true),
        ] as [(OriginPolicy.LocalFiles, Bool, Bool)]
    )
    func files(rule: OriginPolicy.LocalFiles, demandsKey: Bool, passes: Bool) {
        let verdict = OriginPolicy(localFiles: rule).verdict(on: "file://", host: HostPort("a"), demandsKey: demandsKey)
        #expect(verdict == (passes ? .localFile : .refusedFile))
    }

    @Test("null passes by flag or by list")
    func opaque() throws {
        let host = HostPort("a")
        #expect(OriginPolicy(allowsNull: true).verdict(on: "null", host: host, demandsKey: true).passes)
        let listed = OriginPolicy(allowed: [try OriginPattern("null")])
        #expect(listed.verdict(on: "null", host: host, demandsKey: true).passes)
        #expect(!listed.verdict(on: "file://", host: host, demandsKey: false).passes)
    }

    @Test("the list adds to the defaults, and loopback can be taken away")
    func listed() throws {
        var policy = OriginPolicy(allowed: [try OriginPattern("https://*.example.com")])
        let host = HostPort("voice.example.com")
        #expect(policy.verdict(on: "https://app.example.com", host: host, demandsKey: true) == .listed)
        #expect(policy.verdict(on: "http://localhost:1", host: host, demandsKey: true) == .loopback)
        policy.allowsLoopback = false
        #expect(policy.verdict(on: "http://localhost:1", host: host, demandsKey: true) == .refusedForeign)
        #expect(
            policy.verdict(on: "http://localhost:1", host: HostPort("localhost:1"), demandsKey: true) == .serversOwn
        )
    }
}
