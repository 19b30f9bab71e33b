// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyEvents
import Testing

@Suite("response.create")
struct ResponseOverridesTests {
    private static func overrides(_ text: String) throws -> ResponseOverrides {
        try ResponseOverrides(JSON(parsing: text), inputFormat: .pcm)
    }

    @Test("overrides nothing if it says nothing")
    func empty() throws {
        #expect(try Self.overrides("{}") == ResponseOverrides())
        #expect(try Self.overrides(#"{"conversation":"auto","metadata":null,"input":null}"#) == ResponseOverrides())
    }

    @Test("overrides each member")
    func everything() throws {
        let overrides = try Self.overrides(
            """
            {"conversation":"none","instructions":"Be brief.","tools":[{"type":"function","name":"f"}],
            "tool_choice":"none","output_modalities":["text"],"max_output_tokens":10,"metadata":{"k":"v"},
            "audio":{"output":{"voice":"cedar","format":{"type":"audio/pcmu"}}},"prompt":{"id":"p"},
            "reasoning":{"effort":"low"},"parallel_tool_calls":true,
            "input":[{"type":"item_reference","id":"i"},
            {"type":"message","role":"user","content":[{"type":"input_text","text":"Hi."}]}]}
            """
        )
        var expected = ResponseOverrides()
        expected.isOutOfBand = true
        expected.instructions = "Be brief."
        expected.tools = [.function(name: "f", description: nil, parameters: nil)]
        expected.toolChoice = ToolChoice.none
        expected.outputModality = .text
        expected.maxOutputTokens = .tokens(10)
        expected.metadata = ["k": "v"]
        expected.voice = "cedar"
        expected.format = .pcmu
        expected.extra = ["prompt": ["id": "p"], "reasoning": ["effort": "low"], "parallel_tool_calls": true]
        expected.input = [
            .reference(id: "i"), .item(Item(kind: .message(role: .user, content: [.inputText("Hi.")]))),
        ]
        #expect(overrides == expected)
    }

    @Test("tells an empty context from none")
    func emptyInput() throws {
        #expect(try Self.overrides(#"{"input":[]}"#).input == [])
        #expect(try Self.overrides("{}").input == nil)
    }

    static let key65 = String(repeating: "k", count: 65)
    static let value513 = String(repeating: "v", count: 513)
    static let pairs17 = (0..<17).map { #""k\#($0)":"v""# }.joined(separator: ",")

    static let wrong: [Refusal] = [
        .type(#""auto""#, "response", "an object", got: "a string"),
        .unknown(#"{"modalities":["text"]}"#, "response.modalities"),
        .unknown(#"{"temperature":0.8}"#, "response.temperature"),
        .unknown(#"{"voice":"alloy"}"#, "response.voice"),
        .value(
            #"{"conversation":"new"}"#,
            "response.conversation",
            "Invalid value: 'new'. Supported values are: 'auto' and 'none'."
        ),
        .type(#"{"instructions":1}"#, "response.instructions", "a string", got: "an integer"),
        .value(
            #"{"output_modalities":["text","audio"]}"#,
            "response.output_modalities",
            "Invalid modalities: ['text', 'audio']. Supported combinations are: ['text'] and ['audio']."
        ),
        .above(#"{"max_output_tokens":5000}"#, "response.max_output_tokens", "integer", "4096", got: "5000"),
        .value(
            #"{"max_output_tokens":"all"}"#,
            "response.max_output_tokens",
            "Invalid value: 'all'. Value must be 'inf'."
        ),
        .missing(#"{"tools":[{}]}"#, "response.tools[0].type"),
        .value(
            #"{"tool_choice":"always"}"#,
            "response.tool_choice",
            "Invalid value: 'always'. Supported values are: 'auto', 'none', and 'required'."
        ),
        .unknown(#"{"audio":{"input":{},"output":{}}}"#, "response.audio.input"),
        .unknown(#"{"audio":{"input":{}}}"#, "response.audio.input"),
        .unknown(#"{"audio":{"output":{"speed":1}}}"#, "response.audio.output.speed"),
        .missing(#"{"audio":{"output":{"format":{}}}}"#, "response.audio.output.format.type"),
        .type(#"{"input":{}}"#, "response.input", "an array", got: "an object"),
        .type(#"{"input":["Hi"]}"#, "response.input[0]", "an object", got: "a string"),
        .missing(#"{"input":[{"type":"item_reference"}]}"#, "response.input[0].id"),
        .value(
            #"{"input":[{"type":"message","role":"user","content":[{"type":"text","text":"Hi"}]}]}"#,
            "response.input[0].content[0].type",
            "Invalid value: 'text'. Supported values are: 'input_text', 'input_audio', and 'input_image'."
        ),
        .type(#"{"metadata":"m"}"#, "response.metadata", "an object", got: "a string"),
        .type(#"{"metadata":{"k":1}}"#, "response.metadata.k", "a string", got: "an integer"),
        .type(#"{"metadata":{"k":null}}"#, "response.metadata.k", "a string", got: "null"),
        .tooLong(#"{"metadata":{"\#(key65)":"v"}}"#, "response.metadata", 64, got: 65),
        .tooLong(#"{"metadata":{"k":"\#(value513)"}}"#, "response.metadata.k", 512, got: 513),
        .value(
            #"{"metadata":{\#(pairs17)}}"#,
            "response.metadata",
            "Invalid 'response.metadata': expected at most 16 pairs, but got 17."
        ),
        .missing(#"{"prompt":{}}"#, "response.prompt.id"),
        .type(#"{"parallel_tool_calls":1}"#, "response.parallel_tool_calls", "a boolean", got: "an integer"),
    ]

    @Test("is refused by the name of what is wrong", arguments: wrong)
    func refused(refusal: Refusal) {
        #expect(throws: refusal.error) { try Self.overrides(refusal.input) }
    }

    @Test("takes metadata up to its limits")
    func metadata() throws {
        let pairs = (0..<16)
            .map { "\"\($0)\(String(repeating: "k", count: 62))\":\"\(String(repeating: "v", count: 512))\"" }
        #expect(try Self.overrides("{\"metadata\":{\(pairs.joined(separator: ","))}}").metadata?.names.count == 16)
    }
}
