// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyEvents

/// Function calls (protocol reference, sections 4.7 and 7.6).
enum FunctionChecks {
    private static let source = "7.6 Function call round trip"

    static let all = [
        Check(
            "functions.call",
            "A call brings its events in order, with arguments as JSON text",
            source: source,
            run: call
        ),
        Check(
            "functions.round-trip",
            "The output is taken and the next response uses it",
            source: source,
            run: roundTrip
        ),
        Check("functions.no-auto-response", "The output starts no response", source: source, run: noAutoResponse),
    ]

    /// A function that models like to call.
    static let tool: JSON = [
        "type": "function", "name": "get_weather", "description": "Tells the weather in a city.",
        "parameters": [
            "type": "object", "properties": ["city": ["type": "string", "description": "Name of the city"]],
            "required": ["city"], "additionalProperties": false,
        ],
    ]

    static func call(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.openForText()
        let call = try await called(dialogue)
        try scene.require(
            call.string("name") == "get_weather",
            "name get_weather",
            came: Abbreviation.text(of: call)
        )
        let arguments = call.string("arguments").flatMap { try? JSON(parsing: $0) }?.objectValue
        try scene.require(
            arguments?.string("city") != nil,
            "arguments with the required member city",
            came: call.string("arguments") ?? "none"
        )
        let id = call.string("call_id") ?? ""
        try scene.require(
            (1...32).contains(id.count),
            "a call_id of at most 32 characters",
            came: id,
            source: "3 Conventions, ids"
        )
    }

    static func roundTrip(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.openForText()
        let call = try await called(dialogue)
        try await dialogue.create(output(of: call))
        let response = try await dialogue.respond(["tool_choice": "none"])
        try dialogue.requireCompleted(response)
        try scene.require(!response.text.isEmpty, "an answer in words", came: Abbreviation.text(of: response.done))
    }

    static func noAutoResponse(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.openForText()
        let call = try await called(dialogue)
        try await dialogue.create(output(of: call))
        try await dialogue.requireQuiet("no response after function_call_output")
    }

    private static func output(of call: JSONObject) -> JSONObject {
        [
            "type": "function_call_output", "call_id": call["call_id"] ?? "",
            "output": "{\"degrees\":21,\"sky\":\"clear\"}",
        ]
    }

    /// A function call of the model, or a skip if it makes none.
    private static func called(_ dialogue: Dialogue) async throws(CheckStop) -> JSONObject {
        try await dialogue.update([(.tools, [tool]), (.toolChoice, "auto")])
        try await dialogue.create(dialogue.userText("What is the weather in Paris?"))
        let response = try await dialogue.respond()
        try dialogue.requireCompleted(response)
        guard let call = response.calls.first else { throw .skipped("the model did not call the function") }
        return call
    }
}
