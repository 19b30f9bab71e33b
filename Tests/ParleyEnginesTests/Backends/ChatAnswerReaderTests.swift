// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyEngines
import ParleySession
import Testing

@Suite("Answers of chat completions")
struct ChatAnswerReaderTests {
    private func read(_ data: String...) throws -> [ModelEvent] {
        var reader = ChatAnswerReader()
        var events: [ModelEvent] = []
        for data in data { events += try reader.push(data) }
        return events + (try reader.finish())
    }

    private static let stop = #"{"choices":[{"index":0,"finish_reason":"stop","delta":{}}]}"#
    private static let calls = #"{"choices":[{"index":0,"finish_reason":"tool_calls","delta":{}}]}"#

    private static func call(_ fragment: String) -> String {
        #"{"choices":[{"index":0,"finish_reason":null,"delta":{"tool_calls":[\#(fragment)]}}]}"#
    }

    @Test("Text comes as it is, null and missing content say nothing")
    func text() throws {
        let events = try read(
            #"{"choices":[{"index":0,"finish_reason":null,"delta":{"role":"assistant","content":null}}]}"#,
            #"{"choices":[{"index":0,"delta":{"content":"Good"}}]}"#,
            #"{"choices":[{"index":0,"delta":{"role":"assistant"}}]}"#,
            #"{"choices":[{"index":0,"delta":{"content":" day"},"finish_reason":"stop"}]}"#,
            "[DONE]"
        )
        #expect(events == [.text("Good"), .text(" day"), .finished(.completed, usage: nil)])
    }

    @Test("Reasoning in a member of its own is left out")
    func reasoning() throws {
        let events = try read(
            #"{"choices":[{"index":0,"delta":{"reasoning_content":"The user"}}]}"#,
            #"{"choices":[{"index":0,"delta":{"reasoning":"asks","content":"Yes"}}]}"#,
            Self.stop
        )
        #expect(events == [.text("Yes"), .finished(.completed, usage: nil)])
    }

    @Test("Usage comes in an object without choices, behind the end")
    func usage() throws {
        let events = try read(
            #"{"choices":[{"index":0,"delta":{"content":"Hi"}}]}"#,
            Self.stop,
            #"{"choices":[],"usage":{"completion_tokens":4,"prompt_tokens":62,"total_tokens":66,"#
                + #""prompt_tokens_details":{"cached_tokens":61}}}"#,
            "[DONE]"
        )
        #expect(
            events == [.text("Hi"), .finished(.completed, usage: TokenUsage(input: 62, cachedInput: 61, output: 4))]
        )
    }

    @Test(
        "The end says why",
        arguments: [
            ("stop", FinishReason.completed), ("length", .maxOutputTokens), ("content_filter", .contentFilter),
            ("tool_calls", .completed), ("something_new", .completed),
        ] as [(String, FinishReason)]
    )
    func reasons(word: String, reason: FinishReason) throws {
        let events = try read(#"{"choices":[{"index":0,"finish_reason":"\#(word)","delta":{}}]}"#, "[DONE]")
        #expect(events == [.finished(reason, usage: nil)])
    }

    @Test("A stream that ends without saying so was cut; [DONE] or a reason is saying so")
    func cut() throws {
        let begun = #"{"choices":[{"index":0,"delta":{"content":"Hal"}}]}"#
        #expect(throws: AnswerError.cutShort) { try read(begun) }
        #expect(throws: AnswerError.cutShort) { try read() }
        #expect(try read(begun, "[DONE]").last == .finished(.completed, usage: nil))
        #expect(try read(begun, Self.stop).last == .finished(.completed, usage: nil))
    }

    @Test("An error may come at any time in a stream that began well")
    func error() throws {
        #expect(throws: AnswerError.reported(BackendMessage("no match", code: "server_error"))) {
            try read(
                #"{"choices":[{"index":0,"delta":{"content":"Hal"}}]}"#,
                #"{"error":{"code":500,"message":"no match","type":"server_error"}}"#
            )
        }
        #expect(throws: AnswerError.reported(BackendMessage("out of memory"))) {
            try read(#"{"error":"out of memory"}"#)
        }
    }

    @Test("A server that does not stream answers whole")
    func whole() throws {
        let events = try read(
            #"{"choices":[{"finish_reason":"tool_calls","index":0,"message":{"role":"assistant","content":"","#
                + #""tool_calls":[{"type":"function","function":{"name":"hang_up","arguments":"{}"},"id":"44C"}]}}],"#
                + #""usage":{"completion_tokens":2,"prompt_tokens":3}}"#
        )
        #expect(
            events == [
                .toolCall(index: 0, .started(callID: "44C", name: "hang_up")), .toolCall(index: 0, .arguments("{}")),
                .toolCall(index: 0, .finished), .finished(.completed, usage: TokenUsage(input: 3, output: 2)),
            ]
        )
    }

    @Test("Fragments of calls are told apart by their index, and pass on as they come")
    func fragments() throws {
        let events = try read(
            Self.call(
                #"{"index":0,"id":"LUN","type":"function","function":{"name":"weather","arguments":"{\"city"}}"#
            ),
            Self.call(#"{"index":0,"function":{"arguments":"\":1}"}}"#),
            Self.call(#"{"index":1,"id":"95y","type":"function","function":{"name":"hang_up","arguments":"{"}}"#),
            Self.call(#"{"index":1,"id":"","function":{"name":"","arguments":"}"}}"#),
            Self.calls
        )
        #expect(
            events == [
                .toolCall(index: 0, .started(callID: "LUN", name: "weather")),
                .toolCall(index: 0, .arguments(#"{"city"#)), .toolCall(index: 0, .arguments(#"":1}"#)),
                .toolCall(index: 1, .started(callID: "95y", name: "hang_up")), .toolCall(index: 1, .arguments("{")),
                .toolCall(index: 1, .arguments("}")),
                .toolCall(index: 0, .finished), .toolCall(index: 1, .finished), .finished(.completed, usage: nil),
            ]
        )
    }

    @Test(
        "Servers that tell calls apart badly are understood",
        arguments: [
            // No index, whole calls, ids.
            [
                #"{"id":"a","function":{"name":"one","arguments":"{}"}}"#,
                #"{"id":"b","function":{"name":"two","arguments":"{}"}}"#,
            ],
            // No index, no ids.
            [#"{"function":{"name":"one","arguments":"{}"}}"#, #"{"function":{"name":"two","arguments":"{}"}}"#],
            // Always the same index, other ids.
            [
                #"{"index":0,"id":"a","function":{"name":"one","arguments":"{}"}}"#,
                #"{"index":0,"id":"b","function":{"name":"two","arguments":"{}"}}"#,
            ],
            // The id again in each fragment.
            [
                #"{"index":0,"id":"a","function":{"name":"one","arguments":"{"}}"#,
                #"{"index":0,"id":"a","function":{"name":"one","arguments":"}"}}"#,
                #"{"index":1,"id":"b","function":{"name":"two","arguments":"{}"}}"#,
            ],
            // Arguments as an object, or none at all.
            [
                #"{"index":0,"function":{"name":"one","arguments":{}}}"#,
                #"{"index":1,"function":{"name":"two"}}"#,
            ],
            // The name behind the arguments.
            [
                #"{"index":0,"function":{"arguments":"{"}}"#, #"{"index":0,"function":{"name":"one","arguments":"}"}}"#,
                #"{"index":1,"function":{"name":"two","arguments":"{}"}}"#,
            ],
        ]
    )
    func badlyTold(fragments: [String]) throws {
        var reader = ChatAnswerReader()
        var events: [ModelEvent] = []
        for fragment in fragments { events += try reader.push(Self.call(fragment)) }
        events += try reader.push(Self.calls) + reader.finish()
        var names: [Int: String] = [:]
        var arguments: [Int: String] = [:]
        var finished: [Int] = []
        for case .toolCall(let index, let progress) in events {
            switch progress {
            case .started(_, let name): names[index] = name
            case .arguments(let text): arguments[index, default: ""] += text
            case .finished: finished.append(index)
            }
        }
        #expect(names == [0: "one", 1: "two"])
        #expect(arguments == [0: "{}", 1: "{}"])
        #expect(finished == [0, 1])
    }

    @Test("A call that the limit of tokens cuts stays open, one that is whole does not")
    func cutCall() throws {
        let events = try read(
            Self.call(#"{"index":0,"id":"a","function":{"name":"one","arguments":"{}"}}"#),
            Self.call(#"{"index":1,"id":"b","function":{"name":"two","arguments":"{\"x\":"}}"#),
            #"{"choices":[{"index":0,"finish_reason":"length","delta":{}}]}"#
        )
        #expect(events.contains(.toolCall(index: 0, .finished)))
        #expect(!events.contains(.toolCall(index: 1, .finished)))
        #expect(events.last == .finished(.maxOutputTokens, usage: nil))
    }

    @Test(
        "Arguments that are no JSON object are an error that names the function",
        arguments: ["{\\\"x\\\":", "[]", "x"]
    )
    func badArguments(arguments: String) throws {
        #expect(
            throws: AnswerError.unreadable("the arguments of the function call one are no JSON object")
        ) {
            try read(
                Self.call(#"{"index":0,"id":"a","function":{"name":"one","arguments":"\#(arguments)"}}"#),
                Self.calls
            )
        }
    }

    @Test("What is no JSON is an error")
    func noJSON() throws {
        #expect(throws: AnswerError.self) { try read("<html>") }
    }
}
