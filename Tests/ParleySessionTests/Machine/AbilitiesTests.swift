// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyEvents
import ParleySession
import Testing

@Suite("What the protocol has and this server has not")
struct AbilitiesTests {
    private static let mcpTool: JSON = ["type": "mcp", "server_label": "dice", "server_url": "https://mcp.example.com"]
    private static let choice: JSON = ["type": "mcp", "server_label": "dice"]
    private static let function: JSON = ["type": "function", "name": "f"]

    static let refused: [(members: JSONObject, path: String, words: String)] = [
        (["tools": [function, mcpTool]], "tools[1].type", "this server does not talk to MCP servers"),
        (["tool_choice": choice], "tool_choice.type", "this server does not talk to MCP servers"),
        (["prompt": ["id": "p"]], "prompt", "this server keeps no stored prompts"),
    ]

    @Test("is refused by its name, in a session and in a response", arguments: refused)
    func refusals(members: JSONObject, path: String, words: String) {
        var harness = SessionHarness.opened()
        let before = harness.machine.session
        var session = members
        session["type"] = "realtime"
        let events: [(JSONObject, String)] = [
            (["type": "session.update", "event_id": "e", "session": .object(session)], "session.\(path)"),
            (["type": "response.create", "event_id": "e", "response": .object(members)], "response.\(path)"),
        ]
        for (event, path) in events {
            harness.client(event)
            let answers = harness.takeEvents()
            let error = answers.first?["error"]
            #expect(answers.count == 1)
            #expect(error?["code"] == "invalid_value" && error?["param"] == .string(path))
            #expect(error?["message"]?.stringValue?.hasPrefix("Invalid '\(path)': \(words)") == true)
            #expect(error?["event_id"] == "e")
        }
        #expect(harness.machine.session == before)
        #expect(harness.takeCommands().isEmpty)
    }

    @Test("an approval that nobody asked for is refused")
    func approvals() {
        var harness = SessionHarness.opened()
        func approve(_ id: String) -> JSONObject {
            [
                "type": "conversation.item.create",
                "item": ["type": "mcp_approval_response", "approval_request_id": .string(id), "approve": true],
            ]
        }
        let message: JSON = ["id": "message", "type": "message", "role": "user", "content": []]
        harness.client(["type": "conversation.item.create", "item": message])
        _ = harness.takeEvents()
        for id in ["nobody", "message"] {
            harness.client(approve(id))
            #expect(harness.takeEvent()?["error"]?["param"] == "item.approval_request_id")
        }
        // A client may bring the history of another session with it.
        harness.client([
            "type": "conversation.item.create",
            "item": [
                "id": "request", "type": "mcp_approval_request", "server_label": "dice", "name": "roll",
                "arguments": "{}",
            ],
        ])
        harness.client(approve("request"))
        let types: [JSON] = ["conversation.item.added", "conversation.item.done"]
        #expect(harness.takeEvents().map { $0["type"] } == types + types)
    }

    @Test("what it is told and need not act on is shown as it was set")
    func echoed() {
        var harness = SessionHarness.opened()
        harness.client([
            "type": "session.update",
            "session": [
                "type": "realtime", "tracing": ["workflow_name": "w"], "prompt": nil, "reasoning": ["effort": "low"],
                "parallel_tool_calls": false,
            ],
        ])
        let session = harness.takeEvent()?["session"]
        #expect(session?["tracing"] == ["workflow_name": "w"] && session?["prompt"] == .null)
        #expect(session?["reasoning"] == ["effort": "low"] && session?["parallel_tool_calls"] == false)
        // Tracing is locked once it is on.
        harness.client(["type": "session.update", "session": ["type": "realtime", "tracing": "auto"]])
        #expect(harness.takeEvent()?["error"]?["param"] == "session.tracing")
    }
}
