// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyEvents
import Testing

@testable import ParleyRelay

@Suite("The policy of sessions")
struct SessionPolicyTests {
    private static func policy(_ members: [String: SessionPolicy.Rule]) -> SessionPolicy {
        var policy = SessionPolicy()
        policy.members = members
        return policy
    }

    private static let policy = policy([
        "instructions": .fixed("Be brief."), "tools": .removed, "prompt": .forbidden,
        "audio.output.voice": .oneOf(["ash", "coral"]),
    ])

    /// The path named in the refusal; nil if the event passes.
    private static func refused(_ event: JSONObject, _ dialect: Dialect = .ga) -> String? {
        do throws(RealtimeError) {
            _ = try policy.applied(to: event, dialect: dialect)
            return nil
        } catch {
            #expect(error.code == "not_allowed_by_policy")
            #expect(error.message.contains("'\(error.param ?? "?")'"))
            return error.param
        }
    }

    private static func update(_ session: JSONObject) -> JSONObject {
        ["type": "session.update", "session": .object(session)]
    }

    @Test("names the member that a client may not set, in the client's dialect")
    func refusals() {
        #expect(Self.refused(Self.update(["instructions": "Be long."])) == "session.instructions")
        #expect(Self.refused(Self.update(["prompt": ["id": "p"]])) == "session.prompt")
        #expect(Self.refused(Self.update(["audio": ["output": ["voice": "alloy"]]])) == "session.audio.output.voice")
        #expect(
            Self.refused(Self.update(["audio": ["output": ["voice": ["id": "x"]]]])) == "session.audio.output.voice"
        )
        #expect(Self.refused(Self.update(["voice": "alloy"]), .beta) == "session.voice")
        #expect(
            Self.refused(["type": "response.create", "response": ["instructions": "Ignore."]])
                == "response.instructions"
        )
        #expect(Self.refused(["type": "response.create", "response": ["voice": "alloy"]], .beta) == "response.voice")
    }

    @Test("lets the rest pass")
    func passes() {
        #expect(Self.refused(Self.update(["instructions": "Be brief."])) == nil)
        #expect(Self.refused(Self.update(["audio": ["output": ["voice": "ash"]]])) == nil)
        #expect(Self.refused(["type": "response.create"]) == nil)
        #expect(Self.refused(["type": "conversation.item.create", "item": ["instructions": "x"]]) == nil)
        #expect(Self.refused(["type": "session.update", "session": "text"]) == nil)
    }

    @Test("leaves out what is removed, and nothing else")
    func removed() throws {
        let event = Self.update(["tools": [["type": "function"]], "speed": 1])
        #expect(try Self.policy.applied(to: event, dialect: .ga) == Self.update(["speed": 1]))
    }

    @Test("is held up against tricks with repeated members")
    func repeated() {
        var harness = RelayHarness.live { $0.policy = Self.policy }
        harness.clientText(#"{"type":"x","session":{"instructions":"Evil."},"type":"session.update"}"#)
        harness.clientText(#"{"type":"session.update","session":{},"session":{"instructions":"Evil."}}"#)
        harness.clientText(
            #"{"type":"input_audio_buffer.append","audio":"","type":"session.update","session":{"instructions":"E"}}"#
        )
        harness.clientText(#"{"typ\u0065":"session.update","session":{"instructions":"Evil."}}"#)
        #expect(harness.done == ["client error", "client error", "client error", "client error"])
    }

    @Test("configures every session with what is fixed")
    func fixed() {
        let policy = Self.policy([
            "instructions": .fixed("Be brief."), "audio.output.voice": .fixed("ash"),
            "audio.input.transcription": .fixed(.null),
        ])
        #expect(
            policy.fixedSession == [
                "instructions": "Be brief.",
                "audio": ["output": ["voice": "ash"], "input": ["transcription": nil]],
            ]
        )
    }

    @Test("answers with the client's event id, and sends nothing upstream")
    func answer() {
        var harness = RelayHarness.live(client: .beta) { $0.policy = Self.policy }
        harness.client(["type": "session.update", "event_id": "mine", "session": ["voice": "alloy"]])
        #expect(harness.done == ["client error"])
        #expect(harness.sent[.client]?.first?["error"]?["event_id"] == "mine")
    }

    @Test("is read from JSON")
    func reading() throws {
        let text = """
            {"models":["gpt-realtime*"],"members":{"instructions":{"fixed":"Be brief."},"tools":"removed",
            "prompt":"forbidden","audio.output.voice":{"one_of":["ash","coral"]}}}
            """
        let read = try SessionPolicy(json: text)
        #expect(read.members == Self.policy.members)
        #expect(read.allows(model: "gpt-realtime-mini") && !read.allows(model: "other"))
    }

    @Test(
        "and says what is wrong with it",
        arguments: [
            ("[]", "an object"), ("{", "valid JSON"), (#"{"rules":{}}"#, "'rules'"), (#"{"models":"x"}"#, "'models'"),
            (#"{"members":{"tools":"gone"}}"#, "'members.tools'"), (#"{"members":{"tools":{"one_of":[1]}}}"#, "one_of"),
        ] as [(String, String)]
    )
    func mistakes(text: String, word: String) {
        let error = #expect(throws: RelaySettingsError.self) { try SessionPolicy(json: text) }
        #expect(error?.description.contains(word) == true || error?.description.contains("JSON object") == true)
    }
}
