// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyEvents
import ParleyWebSocket
import Testing

@testable import ParleyHandshake

@Suite("Client secrets: signed, short-lived, bound to what they were made for")
struct ClientSecretTests {
    private static let key = ClientSecretKey(sharedBy: [rightKey])
    private static let now = 1_800_000_000

    private static func secret(_ session: JSONObject = ["type": "realtime"]) -> ClientSecret {
        ClientSecret(expiresAt: now + 60, session: session)
    }

    private static var policy: HandshakePolicy {
        var policy = HandshakePolicy.keyed
        policy.secrets = key
        return policy
    }

    private static func decide(
        _ text: String,
        _ target: String = "/v1/realtime",
        policy: HandshakePolicy = policy,
        at time: Int = now
    ) -> Decision {
        let request = HandshakeRequest.upgrade(target, more: [("Authorization", "Bearer \(text)")])
        return ParleyHandshake.decide(request, policy: policy, capacity: .available, at: time)
    }

    @Test("What went in comes out, on every server that shares the key")
    func roundTrip() throws {
        let secret = Self.secret(["type": "realtime", "model": "m", "instructions": "Grüße \"du\""])
        let text = try #require(Self.key.text(of: secret))
        #expect(text.hasPrefix("ek_"))
        #expect(ClientSecretKey(sharedBy: [rightKey]).read(text, at: Self.now) == .valid(secret))
    }

    @Test("A secret is made of token characters, as a browser must send it as a subprotocol")
    func isToken() throws {
        for length in 0..<40 {
            let text = try #require(
                Self.key.text(of: Self.secret(["instructions": .string(.init(repeating: "ÿ?>", count: length))]))
            )
            #expect(HeaderText.isToken(text))
        }
    }

    @Test("It opens sessions up to its last second and not after it")
    func expiry() throws {
        let text = try #require(Self.key.text(of: Self.secret()))
        #expect(Self.key.read(text, at: Self.now + 60) == .valid(Self.secret()))
        #expect(Self.key.read(text, at: Self.now + 61) == .expired)
    }

    @Test("A secret that was changed in any character is not ours")
    func tampering() throws {
        let text = try #require(Self.key.text(of: Self.secret()))
        for index in text.indices.dropFirst(3) {
            var changed = text
            let other = text[index] == "A" ? "B" : "A"
            changed.replaceSubrange(index...index, with: other)
            // The last character carries spare bits: another spelling of the same bytes is the same secret.
            let reading = Self.key.read(changed, at: Self.now)
            #expect(
                reading == .foreign || (index == text.index(before: text.endIndex) && reading == .valid(Self.secret()))
            )
        }
        for end in text.indices { #expect(Self.key.read(String(text[..<end]), at: Self.now) == .foreign) }
    }

    @Test("Another key does not take it", arguments: [[], ["sk-other"], [rightKey, "sk-other"]])
    func otherKeys(texts: [String]) throws {
        let text = try #require(Self.key.text(of: Self.secret()))
        #expect(ClientSecretKey(sharedBy: texts).read(text, at: Self.now) == .foreign)
        #expect(ClientSecretKey().read(text, at: Self.now) == .foreign)
    }

    @Test("The order of the shared texts does not matter, where they end does")
    func sharedTexts() throws {
        let text = try #require(ClientSecretKey(sharedBy: ["ab", "c"]).text(of: Self.secret()))
        #expect(ClientSecretKey(sharedBy: ["c", "ab"]).read(text, at: Self.now) == .valid(Self.secret()))
        #expect(ClientSecretKey(sharedBy: ["a", "bc"]).read(text, at: Self.now) == .foreign)
    }

    @Test("A configuration that would not fit into a header field makes no secret")
    func tooLarge() {
        let long = JSON.string(.init(repeating: "x", count: ClientSecretKey.maximumLength))
        #expect(Self.key.text(of: Self.secret(["instructions": long])) == nil)
    }

    @Test("It opens the door of a server with keys and brings its configuration, model and kind")
    func opensTheDoor() throws {
        let secret = Self.secret(["type": "transcription", "model": "m"])
        let text = try #require(Self.key.text(of: secret))
        let accepted = try #require(Self.decide(text).accepted)
        #expect(accepted.secret == secret)
        #expect(accepted.model == "m")
        #expect(accepted.intent == .transcription)
    }

    @Test("Over, it is refused even where everybody may in")
    func expiredIsRefused() throws {
        let text = try #require(Self.key.text(of: Self.secret()))
        var open = HandshakePolicy()
        open.secrets = Self.key
        #expect(Self.decide(text, policy: open, at: Self.now + 61).admission.refusal?.code == "invalid_api_key")
        #expect(Self.decide("ek_of_another_service", policy: open).accepted != nil)
    }

    @Test(
        "It is bound to what it was made for",
        arguments: [
            ("/v1/realtime?model=other", "invalid_model"), ("/v1/realtime?intent=transcription", "invalid_parameter"),
        ]
    )
    func binding(target: String, code: String) throws {
        let text = try #require(Self.key.text(of: Self.secret(["type": "realtime", "model": "m"])))
        #expect(Self.decide(text, target).admission.refusal?.code == code)
        #expect(Self.decide(text, "/v1/realtime?model=m").accepted?.model == "m")
    }

    @Test("It opens sessions and nothing else")
    func plainRequests() throws {
        let text = try #require(Self.key.text(of: Self.secret()))
        for (key, isAllowed) in [(text, false), (rightKey, true), (wrongKey, false)] {
            let request = HandshakeRequest.upgrade("/v1/models", more: [("Authorization", "Bearer \(key)")])
            #expect((authorizePlainRequest(request, policy: Self.policy) == nil) == isAllowed)
        }
    }
}
