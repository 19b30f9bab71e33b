// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyEvents
import Testing

@testable import ParleySession

@Suite("A conversation that is longer than the model's context")
struct ContextTruncationTests {
    /// A session whose model takes 100 tokens, with messages of 10 tokens each.
    private static func harness(_ truncation: JSON, messages: Int) -> SessionHarness {
        var session = Session.test()
        session.extra["truncation"] = truncation
        var limits = SessionLimits()
        limits.contextTokens = 100
        var harness = SessionHarness.opened(session: session, limits: limits)
        for index in 0..<messages { say(index, &harness) }
        return harness
    }

    private static func text(_ index: Int) -> JSON { .string(String(repeating: "\(index % 10)", count: 40)) }

    private static func say(_ index: Int, _ harness: inout SessionHarness) {
        harness.client([
            "type": "conversation.item.create",
            "item": [
                "id": .string("m\(index)"), "type": "message", "role": "user",
                "content": [["type": "input_text", "text": text(index)]],
            ],
        ])
        _ = harness.takeEvents()
    }

    /// Ids of the messages that the model is given.
    private static func respond(_ harness: inout SessionHarness, _ response: JSONObject = [:]) -> [String] {
        harness.client(["type": "response.create", "response": .object(response)])
        harness.respond(.finished(.completed, usage: nil))
        return (harness.lastRequest?.context ?? [])
            .map { item in
                switch item {
                case .message(let id, _, _): id
                case .functionCall(let callID, _, _), .functionOutput(let callID, _): callID
                }
            }
    }

    @Test("loses its oldest items, which stay in the conversation")
    func auto() {
        var harness = Self.harness("auto", messages: 10)
        #expect(Self.respond(&harness).count == 10)
        Self.say(10, &harness)
        #expect(Self.respond(&harness).first == "m1")
        #expect(harness.machine.conversation.ids.first == "m0")
        _ = harness.takeEvents()
        harness.client(["type": "conversation.item.retrieve", "item_id": "m0"])
        #expect(harness.takeEvent()?["type"] == "conversation.item.retrieved")
        // Instructions and tools take their part.
        let instructions = String(repeating: "i", count: 200)
        #expect(Self.respond(&harness, ["instructions": .string(instructions)]).first == "m6")
    }

    @Test("keeps the share it is told to, so that the next turns fit as they are")
    func retention() {
        let truncation: JSON = [
            "type": "retention_ratio", "retention_ratio": 0.5, "token_limits": ["post_instructions": 80],
        ]
        var harness = Self.harness(truncation, messages: 8)
        #expect(Self.respond(&harness).first == "m0")
        Self.say(8, &harness)
        #expect(Self.respond(&harness) == ["m5", "m6", "m7", "m8"])
        for index in 9...12 { Self.say(index, &harness) }
        #expect(Self.respond(&harness).first == "m5")
        Self.say(13, &harness)
        #expect(Self.respond(&harness).first == "m10")
    }

    @Test("always keeps the last item")
    func last() {
        var harness = Self.harness(["type": "retention_ratio", "retention_ratio": 0], messages: 11)
        #expect(Self.respond(&harness) == ["m10"])
    }

    @Test("loses the result of a call with the call")
    func calls() {
        var harness = Self.harness("auto", messages: 0)
        let arguments = String(repeating: "1", count: 39)
        harness.client([
            "type": "conversation.item.create",
            "item": [
                "id": "call", "type": "function_call", "name": "f", "call_id": "c", "arguments": .string(arguments),
            ],
        ])
        harness.client([
            "type": "conversation.item.create",
            "item": ["id": "result", "type": "function_call_output", "call_id": "c", "output": "1"],
        ])
        for index in 0..<9 { Self.say(index, &harness) }
        #expect(Self.respond(&harness).first == "m0")
    }

    @Test("is refused where nothing may be left out")
    func disabled() {
        var harness = Self.harness("disabled", messages: 11)
        harness.client(["type": "response.create", "event_id": "e"])
        let error = harness.takeEvent()?["error"]
        #expect(error?["code"] == "invalid_value" && error?["param"] == "session.truncation")
        #expect(error?["event_id"] == "e")
        #expect(error?["message"]?.stringValue?.contains("about 110 tokens") == true)
        #expect(harness.takeCommands().isEmpty)
        harness.client(["type": "conversation.item.delete", "item_id": "m0"])
        #expect(Self.respond(&harness).count == 10)
    }

    @Test("is no matter where the client gives the context, which is cut all the same")
    func input() {
        var harness = Self.harness("auto", messages: 11)
        let all = (0..<11).map { JSON.object(["type": "item_reference", "id": .string("m\($0)")]) }
        #expect(Self.respond(&harness, ["input": .array(all)]).first == "m1")
        #expect(Self.respond(&harness, ["input": [all[0]]]) == ["m0"])
        var strict = Self.harness("disabled", messages: 11)
        strict.client(["type": "response.create", "response": ["input": .array(all)]])
        #expect(strict.takeEvent()?["error"]?["param"] == "response.input")
    }
}
