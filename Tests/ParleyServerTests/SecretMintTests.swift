// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyEvents
import ParleyHandshake
import Testing

@testable import ParleyServer

@Suite("Making client secrets over HTTP")
struct SecretMintTests {
    private static let key = ClientSecretKey(sharedBy: ["k"])
    private static let mint = SecretMint(key: key, defaultModel: "default-model")
    private static let now = 1_800_000_000

    private static func mint(_ body: JSONObject, _ endpoint: SecretMint.Endpoint) throws -> JSONObject {
        try mint.mint(body, at: endpoint, sessionID: "sess_1", now: now)
    }

    private static func read(_ value: JSON?) throws -> ClientSecret {
        guard case .valid(let secret) = key.read(try #require(value?.stringValue), at: now) else {
            throw RealtimeError(code: nil, message: "not a secret of ours")
        }
        return secret
    }

    @Test("GA: the answer shows the complete session, and the secret carries what was asked for")
    func clientSecrets() throws {
        let asked: JSONObject = ["type": "realtime", "model": "m", "instructions": "Be brief."]
        let answer = try Self.mint(
            ["session": .object(asked), "expires_after": ["anchor": "created_at", "seconds": 120]],
            .clientSecrets
        )
        #expect(answer["expires_at"] == JSON(Self.now + 120))
        #expect(answer["session"]?["id"] == "sess_1")
        #expect(answer["session"]?["expires_at"] == 0)
        #expect(answer["session"]?["instructions"] == "Be brief.")
        #expect(answer["session"]?["audio"]?["output"]?["voice"] == "alloy")
        #expect(try Self.read(answer["value"]) == ClientSecret(expiresAt: Self.now + 120, session: asked))
    }

    @Test("GA: nothing asked for is a conversation with the default model, for ten minutes")
    func emptyBody() throws {
        let answer = try Self.mint([:], .clientSecrets)
        #expect(answer["session"]?["model"] == "default-model")
        #expect(answer["session"]?["type"] == "realtime")
        #expect(answer["expires_at"] == JSON(Self.now + 600))
    }

    @Test("Beta: a flat session in, a flat session with its secret out, for one minute")
    func sessions() throws {
        let answer = try Self.mint(["model": "m", "voice": "verse", "modalities": ["text"]], .sessions)
        #expect(answer["voice"] == "verse")
        #expect(answer["model"] == "m")
        #expect(answer["modalities"] == ["text"])
        #expect(answer["audio"] == nil)
        #expect(answer["client_secret"]?["expires_at"] == JSON(Self.now + 60))
        let secret = try Self.read(answer["client_secret"]?["value"])
        #expect(secret.model == "m")
        #expect(secret.session["audio"]?["output"]?["voice"] == "verse")
    }

    @Test("Beta: a transcription session")
    func transcriptionSessions() throws {
        let answer = try Self.mint(
            ["input_audio_format": "g711_ulaw", "input_audio_transcription": ["model": "whisper-1"]],
            .transcriptionSessions
        )
        #expect(answer["input_audio_format"] == "g711_ulaw")
        #expect(try Self.read(answer["client_secret"]?["value"]).intent == .transcription)
    }

    @Test(
        "Beta: a lifetime by either of its two names",
        arguments: [SecretMint.Endpoint.sessions, .transcriptionSessions],
        ["expires_after", "expires_at"]
    )
    func lifetimes(endpoint: SecretMint.Endpoint, name: String) throws {
        let lifetime: JSON = ["anchor": "created_at", "seconds": 300]
        let answer = try Self.mint(["client_secret": .object(JSONObject([(name, lifetime)]))], endpoint)
        #expect(answer["client_secret"]?["expires_at"] == JSON(Self.now + 300))
    }

    @Test(
        "What is wrong is named by its path",
        arguments: [
            (SecretMint.Endpoint.clientSecrets, ["session": ["voice": "x"]] as JSONObject, "session.voice"),
            (.clientSecrets, ["session": 1], "session"),
            (.clientSecrets, ["extra": 1], "extra"),
            (.clientSecrets, ["expires_after": ["seconds": 9]], "expires_after.seconds"),
            (.clientSecrets, ["expires_after": ["seconds": 7_201]], "expires_after.seconds"),
            (.clientSecrets, ["expires_after": ["seconds": "x"]], "expires_after.seconds"),
            (.clientSecrets, ["expires_after": ["anchor": "now"]], "expires_after.anchor"),
            (.clientSecrets, ["session": ["type": "realtime", "prompt": ["id": "p"]]], "session.prompt"),
            (.sessions, ["modalities": ["audio"]], "session.modalities"),
            (.sessions, ["client_secret": ["expires_after": ["seconds": 1]]], "client_secret.expires_after.seconds"),
            (.sessions, ["client_secret": ["expires_at": ["seconds": 1]]], "client_secret.expires_at.seconds"),
        ] as [(SecretMint.Endpoint, JSONObject, String)]
    )
    func errors(endpoint: SecretMint.Endpoint, body: JSONObject, param: String) {
        #expect {
            try Self.mint(body, endpoint)
        } throws: { error in
            (error as? RealtimeError)?.param == param
        }
    }
}
