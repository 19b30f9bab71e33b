// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyEngines
import ParleyEvents
import ParleySession
import Testing

private let weather = ToolDefinition(
    name: "get_weather",
    description: "Get the current weather for a location",
    parameters: [
        "type": "object",
        "properties": [
            "location": ["type": "string"], "unit": ["type": "string", "enum": ["celsius", "fahrenheit"]],
            "days": ["type": "integer", "minimum": 2],
        ],
        "required": ["location", "unit"],
    ]
)
private let lights = ToolDefinition(
    name: "setLights",
    description: "Switch the lamp in a room on or off",
    parameters: [
        "type": "object",
        "properties": [
            "room": ["type": "string", "enum": ["kitchen", "living_room"]], "on": ["type": "boolean"],
            "brightness": ["type": ["number", "null"], "default": 80],
            "colors": ["type": "array", "items": ["type": "string", "enum": ["warm", "cold"]]],
            "fade": ["type": "object", "properties": ["seconds": ["type": "number"]], "required": ["seconds"]],
        ],
        "required": ["room", "on", "brightness", "colors", "fade"],
    ]
)
private let bare = ToolDefinition(name: "hang_up")

struct ToolCase: Sendable, CustomTestStringConvertible {
    var text: String
    var choice: ToolChoice = .auto
    var call: String?
    var testDescription: String { "\(text) (\(choice))" }
}

private let toolCases: [ToolCase] = [
    .init(text: "What's the weather in Berlin?", call: #"get_weather {"location":"Berlin","unit":"celsius"}"#),
    .init(text: "weather for new york please", call: #"get_weather {"location":"new york","unit":"celsius"}"#),
    .init(
        text: "How is the weather in San Francisco in fahrenheit for 3 days?",
        call: #"get_weather {"location":"San Francisco","unit":"fahrenheit","days":3}"#
    ),
    .init(
        text: "Weather at \"Unter den Linden 5\"",
        call: #"get_weather {"location":"Unter den Linden 5","unit":"celsius","days":5}"#
    ),
    .init(text: "weather", call: #"get_weather {"location":"weather","unit":"celsius"}"#),
    .init(
        text: "call get_weather for Rome in the next two days",
        call: #"get_weather {"location":"Rome","unit":"celsius","days":2}"#
    ),
    .init(
        text: "Set the lights in the living room to fifty",
        call: #"setLights {"room":"living_room","on":true,"brightness":50,"colors":["warm"],"fade":{"seconds":1}}"#
    ),
    .init(
        text: "Switch off the lamp in the kitchen",
        call: #"setLights {"room":"kitchen","on":false,"brightness":80,"colors":["warm"],"fade":{"seconds":1}}"#
    ),
    .init(text: "please hang up", call: "hang_up {}"),
    .init(text: "What time is it?", call: nil),
    .init(text: "Hello", call: nil),
    .init(text: "weather in Berlin", choice: .none, call: nil),
    .init(text: "weather in Berlin", choice: .mcp(serverLabel: "x", name: nil), call: nil),
    .init(text: "Hello", choice: .required, call: #"get_weather {"location":"Hello","unit":"celsius"}"#),
    .init(text: "hang up", choice: .required, call: "hang_up {}"),
    .init(text: "weather in Berlin", choice: .function(name: "hang_up"), call: "hang_up {}"),
    .init(text: "weather in Berlin", choice: .function(name: "unknown"), call: nil),
]

@Suite("A client's functions are called")
struct ToolCallTests {
    @Test("when the user names them, with arguments from what the user says", arguments: toolCases)
    func callsFunctions(_ item: ToolCase) async throws {
        var tooled = request("resp_1", item.text)
        tooled.tools = [weather, lights, bare]
        tooled.toolChoice = item.choice
        let events = try await events(of: concierge(), for: tooled)
        #expect(events.calls == (item.call.map { [$0] } ?? []))
        #expect(events.text.isEmpty == (item.call != nil))
        if item.call != nil {
            #expect(events.dropLast().last == .toolCall(index: 0, .finished))
        }
    }

    @Test("the functions there are can be asked for")
    func listsFunctions() async throws {
        var tooled = request("resp_1", "list the functions")
        tooled.tools = [weather, lights]
        tooled.toolChoice = .none
        #expect(
            try await events(of: concierge(), for: tooled).text
                == "Your client has these functions: get weather, set lights."
        )
    }

    struct ResultCase: Sendable, CustomTestStringConvertible {
        var output: String
        var said: String
        var testDescription: String { output }
    }

    private static let results: [ResultCase] = [
        .init(
            output:
                #"{"temperature":21.5,"unit":"C","is_raining":false,"wind":{"speedKmh":3},"notes":[1,"two"],"x":null}"#,
            said:
                "The function get weather says: temperature 21.5, unit C, is raining no, wind speed kmh 3, notes 1, two, x ."
        ),
        .init(output: "It is sunny.", said: "The function get weather says: It is sunny."),
        .init(output: #"{"error":"no such city"}"#, said: "The function get weather failed: no such city."),
        .init(output: "", said: "The function get weather returned nothing."),
        .init(output: "true", said: "The function get weather says: yes."),
    ]

    @Test("their results are spoken", arguments: results)
    func speaksResults(_ item: ResultCase) async throws {
        let context: [ContextItem] = [
            .message(id: "item_1", role: .user, parts: [.text("What's the weather in Berlin?")]),
            .functionCall(callID: "call_1", name: "get_weather", arguments: "{}"),
            .functionOutput(callID: "call_1", output: item.output),
        ]
        var tooled = request(context: context)
        tooled.tools = [weather]
        let events = try await events(of: concierge(), for: tooled)
        #expect(events.text == item.said.replacing(", x .", with: ", x."))
        #expect(events.calls.isEmpty)
    }

    @Test("several results are spoken one after the other, and long ones are cut")
    func speaksSeveralResults() async throws {
        let context: [ContextItem] = [
            .functionOutput(callID: "call_1", output: "one"),
            .functionOutput(callID: "call_2", output: String(repeating: "long ", count: 200)),
        ]
        let text = try await events(of: concierge(), for: request(context: context)).text
        #expect(text.hasPrefix("The function says: one. The function says: long long"))
        #expect(text.hasSuffix("long and so on."))
        #expect(text.count < 400)
    }

    @Test("a rule can call a function, if the client has it")
    func ruleCalls() async throws {
        let rule = try Script.Rule(
            hear: ["order <number> (coffee|coffees)"],
            say: ["{first} coffees, coming up."],
            call: Script.Call(name: "brew", arguments: #"{"what":"coffee","count":{first}}"#)
        )
        let model = ScriptedModel(
            script: Script(name: "bar", rules: [rule], greeting: "Hi.", pardon: "What?", fallback: "No.")
        )
        var order = request("resp_1", "Order two coffees, please.")
        #expect(try await events(of: model, for: order).calls.isEmpty)
        order.tools = [bare, ToolDefinition(name: "brew")]
        let called = try await events(of: model, for: order)
        #expect(called.text == "2 coffees, coming up.")
        #expect(called.calls == [#"brew {"what":"coffee","count":2}"#])
        order.toolChoice = .none
        #expect(try await events(of: model, for: order).calls.isEmpty)
        order.toolChoice = .auto
        order.maxOutputTokens = 2
        #expect(try await events(of: model, for: order).calls.isEmpty)
    }
}
