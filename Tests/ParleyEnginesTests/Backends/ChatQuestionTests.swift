// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyEngines
import ParleyEvents
import ParleySession
import Testing

@Suite("Questions to chat completions")
struct ChatQuestionTests {
    private func messages(_ context: [ContextItem], instructions: String = "") -> [JSON] {
        var request = request(context: context)
        request.instructions = instructions
        return ChatQuestion.body(for: request, model: nil)["messages"]?.arrayValue ?? []
    }

    @Test("The model is the server's, whatever the client asks for; the server counts tokens")
    func frame() {
        var asked = request()
        asked.maxOutputTokens = 50
        asked.temperature = 0.7
        let body = ChatQuestion.body(for: asked, model: "llama3")
        #expect(body["model"] == "llama3")
        #expect(body["stream"] == true)
        #expect(body["stream_options"] == ["include_usage": true])
        #expect(body["max_tokens"] == 50)
        #expect(body["temperature"] == 0.7)
        #expect(body["tools"] == nil)
        #expect(ChatQuestion.body(for: asked, model: nil, streams: false)["stream_options"] == nil)
    }

    @Test("Members of the settings come beside, and null takes one away")
    func extra() {
        var asked = request()
        asked.maxOutputTokens = 50
        let body = ChatQuestion.body(for: asked, model: "m", extra: ["max_tokens": nil, "max_completion_tokens": 50])
        #expect(body["max_tokens"] == nil)
        #expect(body["max_completion_tokens"] == 50)
    }

    @Test("Instructions come first, speech as its transcript, and messages without words not at all")
    func conversation() {
        let recording = Recording(samples: [0], sampleRate: 24_000)
        let written = messages(
            [
                .message(id: "1", role: .user, parts: [.audio(recording, transcript: "Hello"), .text("there")]),
                .message(id: "2", role: .assistant, parts: [.text("Hi.")]),
                .message(id: "3", role: .user, parts: [.audio(recording, transcript: "")]),
                .message(id: "4", role: .user, parts: [.audio(recording, transcript: nil)]),
            ],
            instructions: "Be brief."
        )
        #expect(
            written == [
                ["role": "system", "content": "Be brief."], ["role": "user", "content": "Hello\nthere"],
                ["role": "assistant", "content": "Hi."],
                ["role": "user", "content": "(something that could not be understood)"],
            ]
        )
    }

    @Test("Calls of one answer are one message, each answered right behind it")
    func calls() {
        let written = messages([
            .message(id: "1", role: .assistant, parts: [.text("One moment.")]),
            .functionCall(callID: "a", name: "one", arguments: "{\"x\":1}"),
            .functionCall(callID: "b", name: "two", arguments: ""),
            .message(id: "2", role: .user, parts: [.text("And?")]),
            .functionOutput(callID: "a", output: "done"),
            .functionOutput(callID: "gone", output: "of a call that is not known any more"),
        ])
        let call: (String, String, String) -> JSON = { id, name, arguments in
            [
                "id": .string(id), "type": "function",
                "function": ["name": .string(name), "arguments": .string(arguments)],
            ]
        }
        #expect(
            written == [
                [
                    "role": "assistant", "content": "One moment.",
                    "tool_calls": [call("a", "one", "{\"x\":1}"), call("b", "two", "{}")],
                ],
                ["role": "tool", "tool_call_id": "a", "content": "done"],
                ["role": "tool", "tool_call_id": "b", "content": "(no result yet)"],
                ["role": "user", "content": "And?"],
            ]
        )
    }

    @Test("Pictures become data URIs in parts")
    func pictures() throws {
        let uri = "data:image/png;base64,iVBORw0KGgo="
        let picture = try #require(Picture(dataURI: uri))
        let written = messages([
            .message(id: "1", role: .user, parts: [.text("What is it?"), .picture(picture, detail: "low")])
        ])
        #expect(
            written == [
                [
                    "role": "user",
                    "content": [
                        ["type": "text", "text": "What is it?"],
                        ["type": "image_url", "image_url": ["url": .string(uri), "detail": "low"]],
                    ],
                ]
            ]
        )
    }

    @Test("Tools and their choice are in the form of chat completions")
    func tools() {
        var asked = request()
        asked.tools = [ToolDefinition(name: "one", description: "d", parameters: ["type": "object"])]
        asked.toolChoice = .function(name: "one")
        asked.allowsParallelCalls = false
        let body = ChatQuestion.body(for: asked, model: "m")
        #expect(
            body["tools"] == [
                [
                    "type": "function",
                    "function": ["name": "one", "description": "d", "parameters": ["type": "object"]],
                ]
            ]
        )
        #expect(body["tool_choice"] == ["type": "function", "function": ["name": "one"]])
        #expect(body["parallel_tool_calls"] == false)
    }
}
