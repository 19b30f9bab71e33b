// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ParleyHandshake

@Suite("Access policy")
struct AccessPolicyTests {
    private func credential(_ text: String, _ source: CredentialSource = .authorization) throws -> Credential {
        try #require(Credential(text, source: source))
    }

    @Test("open access takes any credential and none")
    func open() throws {
        #expect(!AccessPolicy.open.demandsKey)
        #expect(AccessPolicy.open.verdict(on: []) == .granted(nil))
        let found = CredentialFound(source: .queryKey, masked: "***", label: nil)
        #expect(AccessPolicy.open.verdict(on: [try credential("whatever", .queryKey)]) == .granted(found))
    }

    @Test("with keys, any presented key may be the right one, and the first right one counts")
    func keys() throws {
        let policy = AccessPolicy.keys([
            try #require(AccessKey("alpha", label: "a")), try #require(AccessKey("beta", label: "b")),
        ])
        #expect(policy.demandsKey)
        #expect(policy.verdict(on: []) == .missing)
        let wrong = try credential("gamma")
        #expect(policy.verdict(on: [wrong, try credential("delta")]) == .incorrect(wrong))
        let right = try credential("beta", .subprotocol)
        let found = CredentialFound(source: .subprotocol, masked: "***", label: "b")
        #expect(policy.verdict(on: [wrong, right, try credential("alpha")]) == .granted(found))
    }

    @Test(
        "keys are compared byte by byte",
        arguments: ["Alpha", "alpha ", " alpha", "alph", "alphaa", "\u{E9}", "alpha\u{0}"]
    )
    func near(text: String) throws {
        let policy = AccessPolicy.keys([try #require(AccessKey("alpha")), try #require(AccessKey("e\u{301}"))])
        let presented = try credential(text)
        #expect(policy.verdict(on: [presented]) == .incorrect(presented))
    }

    @Test("an empty list lets nobody in")
    func noKeys() throws {
        let presented = try credential("alpha")
        #expect(AccessPolicy.keys([]).verdict(on: [presented]) == .incorrect(presented))
        #expect(AccessPolicy.keys([]).verdict(on: []) == .missing)
    }

    @Test("what clients send without a key is none, on either side", arguments: ["", "null", "undefined", "None"])
    func placeholders(text: String) {
        #expect(AccessKey(text) == nil)
        #expect(Credential(text, source: .authorization) == nil)
    }

    @Test("no key can be read out of the policy")
    func descriptions() throws {
        let key = try #require(AccessKey(rightKey, label: "mobile"))
        var dumped = ""
        dump(AccessPolicy.keys([key]), to: &dumped)
        for text in ["\(key)", String(reflecting: key), "\(AccessPolicy.keys([key]))", dumped] {
            #expect(text.contains("mobile"))
            #expect(!text.contains("4Qm7"))
            #expect(!text.lowercased().contains("digest"), "a weak key could be guessed from its hash")
        }
    }
}
