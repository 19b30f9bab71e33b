// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyEvents
import ParleySession
import Testing

/// What an engine is asked for.
@Suite("The request of a response")
struct ResponseRequestTests {
    private static var session: Session {
        var session = Session.test()
        session.instructions = "Be kind."
        session.tools = [.function(name: "f", description: "d", parameters: ["type": "object"])]
        session.toolChoice = .required
        session.maxOutputTokens = .tokens(100)
        session.output.voice = "sage"
        session.output.speed = 1.25
        return session
    }

    private static func request(_ response: JSONObject? = nil) -> (ResponseRequest?, shown: JSON?) {
        var harness = SessionHarness.opened(session: session)
        var event: JSONObject = ["type": "response.create"]
        if let response { event["response"] = .object(response) }
        harness.client(event)
        return (harness.lastRequest, harness.takeEvent()?["response"])
    }

    @Test("is the session's configuration")
    func fromSession() throws {
        let (request, shown) = Self.request()
        let expected = ResponseRequest(
            id: try #require(request?.id),
            model: "gpt-realtime",
            instructions: "Be kind.",
            context: [],
            tools: [ToolDefinition(name: "f", description: "d", parameters: ["type": "object"])],
            toolChoice: .required,
            wantsAudio: true,
            voice: "sage",
            speed: 1.25,
            maxOutputTokens: 100
        )
        #expect(request == expected)
        #expect(shown?["id"] == .string(expected.id))
        #expect(shown?["max_output_tokens"] == 100)
        #expect(shown?["conversation_id"] == "conv_test")
        #expect(shown?["audio"]?["output"]?["voice"] == "sage")
        #expect(shown?["metadata"] == .null)
    }

    @Test("is what the client wants of this response only")
    func overridden() throws {
        let (request, shown) = Self.request([
            "instructions": "", "tools": [], "tool_choice": "none", "output_modalities": ["text"],
            "max_output_tokens": "inf", "metadata": ["k": "v"], "audio": ["output": ["voice": "verse"]],
        ])
        let expected = ResponseRequest(
            id: try #require(request?.id),
            model: "gpt-realtime",
            context: [],
            toolChoice: ToolChoice.none,
            wantsAudio: false,
            voice: "verse",
            speed: 1.25
        )
        #expect(request == expected)
        #expect(shown?["output_modalities"] == ["text"])
        #expect(shown?["max_output_tokens"] == "inf")
        #expect(shown?["audio"]?["output"]?["voice"] == "verse")
        #expect(shown?["metadata"] == ["k": "v"])
    }

    @Test("is the session's again afterwards")
    func afterwards() {
        var harness = SessionHarness.opened(session: Self.session)
        harness.client(["type": "response.create", "response": ["instructions": "Sing."]])
        harness.respond(.finished(.completed, usage: nil))
        harness.client(["type": "response.create"])
        #expect(harness.lastRequest?.instructions == "Be kind.")
    }

    @Test("takes an update for later responses, not for the running one")
    func updateDuringResponse() {
        var harness = SessionHarness.opened()
        harness.client(["type": "response.create"])
        let first = harness.lastRequest
        harness.client([
            "type": "session.update",
            "session": ["type": "realtime", "instructions": "New.", "output_modalities": ["text"]],
        ])
        harness.respond(.transcript("Hi."), .audio(TestAudio.assistant(ms: 10)))
        #expect(harness.takeEvents().contains { $0["type"] == "response.output_audio.delta" })
        #expect(harness.lastRequest == first)
        harness.respond(.finished(.completed, usage: nil))
        #expect(harness.takeEvents().last?["response"]?["output_modalities"] == ["audio"])
        harness.client(["type": "response.create"])
        #expect(harness.lastRequest?.instructions == "New.")
        #expect(harness.lastRequest?.wantsAudio == false)
    }

    @Test("holds a beta client's temperature, the session's or its own, which the client is shown")
    func temperature() {
        var harness = SessionHarness.opened(.beta)
        func answer() -> [JSON?] {
            harness.respond(.finished(.completed, usage: nil))
            return harness.takeEvents().map { $0["response"]?["temperature"] }
        }
        harness.client(["type": "response.create"])
        #expect(harness.lastRequest?.temperature == nil)
        #expect(answer() == [0.8, 0.8])
        harness.client(["type": "session.update", "session": ["temperature": 1.1]])
        #expect(harness.takeEvent()?["session"]?["temperature"] == 1.1)
        harness.client(["type": "response.create"])
        #expect(harness.lastRequest?.temperature == 1.1)
        #expect(answer() == [1.1, 1.1])
        harness.client(["type": "response.create", "response": ["temperature": 0.6]])
        #expect(harness.lastRequest?.temperature == 0.6)
        #expect(answer() == [0.6, 0.6])
        harness.client(["type": "session.update", "session": ["temperature": 0.7, "voice": 1]])
        #expect(harness.takeEvent()?["type"] == "error")
        harness.client(["type": "session.update", "session": ["instructions": "i"]])
        #expect(harness.takeEvent()?["session"]?["temperature"] == 1.1)
        // Turns that the user ends by being silent follow the session too.
        harness.append(TestAudio.silence(ms: 300) + TestAudio.speech(ms: 600) + TestAudio.silence(ms: 600))
        #expect(harness.lastRequest?.temperature == 1.1)
    }

    @Test("holds what reasoning models are told")
    func reasoning() {
        var session = Self.session
        session.extra = ["reasoning": ["effort": "low"], "parallel_tool_calls": true]
        var harness = SessionHarness.opened(session: session)
        harness.client(["type": "response.create", "response": ["parallel_tool_calls": false]])
        #expect(harness.lastRequest?.reasoningEffort == "low")
        #expect(harness.lastRequest?.allowsParallelCalls == false)
    }

    @Test("holds pictures as data, and counts them")
    func pictures() throws {
        var harness = SessionHarness.opened()
        let parts: [JSON] = ["low", "high"]
            .map { ["type": "input_image", "image_url": "data:image/png;base64,AAEC", "detail": $0] }
        harness.client([
            "type": "conversation.item.create",
            "item": ["id": "i", "type": "message", "role": "user", "content": .array(parts)],
        ])
        harness.client(["type": "response.create"])
        let picture = try #require(Picture(dataURI: "data:image/png;base64,AAEC"))
        #expect(
            harness.lastRequest?.context == [
                .message(
                    id: "i",
                    role: .user,
                    parts: [.picture(picture, detail: "low"), .picture(picture, detail: "high")]
                )
            ]
        )
        harness.respond(.finished(.completed, usage: nil))
        let usage = harness.takeEvents().last?["response"]?["usage"]
        #expect(usage?["input_tokens"] == 850 && usage?["input_token_details"]?["image_tokens"] == 850)
    }

    @Test("gives ids to what the client brings without")
    func input() throws {
        let (request, _) = Self.request([
            "conversation": "none",
            "input": [
                ["type": "message", "role": "user", "content": [["type": "input_text", "text": "Hi."]]],
                ["type": "function_call", "name": "f", "arguments": "{}"],
            ],
        ])
        let context = try #require(request?.context)
        #expect(context.count == 2)
        guard case .message(let id, .user, [.text("Hi.")]) = context[0],
            case .functionCall(let callID, "f", "{}") = context[1]
        else {
            Issue.record("another context: \(context)")
            return
        }
        #expect(id.hasPrefix("item_"))
        #expect(Item.isValidCallID(callID))
    }
}
