// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyEvents
import ParleySession
import Testing

@testable import ParleyEngines

@Suite("A script is played")
struct ScriptPlayerTests {
    private func player(_ rules: String, top: String = "") throws -> ScriptPlayer {
        ScriptPlayer(try SessionScript(parsing: "\(top)\nrules:\n\(rules)", file: "f.yaml"))
    }

    private func request(
        _ texts: String...,
        results: [ContextItem] = [],
        instructions: String = "",
        tools: [String] = ["f", "g"]
    ) -> ResponseRequest {
        ResponseRequest(
            id: "resp_1",
            model: "gpt-realtime",
            instructions: instructions,
            context: texts.map { .message(id: "item", role: .user, parts: [.text($0)]) } + results,
            tools: tools.map { ToolDefinition(name: $0) }
        )
    }

    private func said(_ actions: [ScriptPlayer.Action]) -> [String] {
        actions.compactMap { action in
            if case .say(let text, _, _, _) = action { text } else { nil }
        }
    }

    private func failure(_ actions: [ScriptPlayer.Action]) -> EngineFailure? {
        if case .fail(let failure)? = actions.last { failure } else { nil }
    }

    @Test("by words, whatever their case and punctuation; the first rule that fits counts")
    func words() throws {
        var player = try player("  - {hear: 'What time is it?', say: noon}\n  - {hear: any, say: 'else {heard}'}")
        #expect(
            player.answer(request("what TIME is it")) == [
                .say("noon", voice: .tones, pace: .zero, percent: 100), .finish,
            ]
        )
        #expect(said(player.answer(request("what time"))) == ["else what time"])
        #expect(said(player.answer(request())) == ["else "])
    }

    @Test("by patterns, whose named groups become variables that stay")
    func patterns() throws {
        var player = try player("  - {match: 'order (?<id>\\d+)', say: 'n {id}'}\n  - {hear: any, say: 'last {id}'}")
        #expect(said(player.answer(request("my Order 12 please"))) == ["n 12"])
        #expect(said(player.answer(request("what was it"))) == ["last 12"])
    }

    @Test("by the number of the answer and by the instructions")
    func turns() throws {
        var player = try player(
            "  - {turn: 2, say: two}\n  - {instructions: 'kind (?<to>\\w+)', say: 'be {to} {turn} {model}'}\n"
                + "  - {hear: any, say: '{who}'}",
            top: "instructions: 'am (?<who>\\w+)'"
        )
        #expect(said(player.answer(request("x", instructions: "I am Ann"))) == ["Ann"])
        #expect(said(player.answer(request("x"))) == ["two"])
        #expect(said(player.answer(request("x", instructions: "be kind always"))) == ["be always 3 gpt-realtime"])
    }

    @Test("with calls: the response ends there and goes on with the results")
    func calls() throws {
        var player = try player(
            """
              - hear: go
                do:
                  - call: {name: f, arguments: {a: '{heard}', n: 1}}
                  - call: {name: g, arguments: 'not {json}'}
                  - expect: {tool: f, match: 'ok (?<x>.)'}
                  - expect: fine
                  - say: 'got {x} and {result}'
            """,
            top: "variables: {json: J}"
        )
        #expect(
            player.answer(request("go")) == [
                .call(name: "f", arguments: #"{"a":"go","n":1}"#), .call(name: "g", arguments: "not J"), .finish,
            ]
        )
        let results: [ContextItem] = [
            .functionCall(callID: "1", name: "f", arguments: ""), .functionCall(callID: "2", name: "g", arguments: ""),
            .functionOutput(callID: "1", output: "ok 7"), .functionOutput(callID: "2", output: "all fine"),
        ]
        #expect(said(player.answer(request("go", results: results))) == ["got 7 and all fine"])
        #expect(player.answer(request("go", results: results)) == [.finish])
    }

    @Test("and fails in a documented way if the client does not follow it")
    func failures() throws {
        let rules = "  - hear: go\n    do:\n      - call: f\n      - expect: ok\n      - say: x"
        var wrong = try player(rules)
        _ = wrong.answer(request("go"))
        let results: [ContextItem] = [
            .functionCall(callID: "1", name: "f", arguments: ""), .functionOutput(callID: "1", output: "bad"),
        ]
        let mismatch = try #require(failure(wrong.answer(request("go", results: results))))
        #expect(mismatch.code == "script_expectation_failed" && mismatch.type == "invalid_request_error")
        #expect(mismatch.message == "f.yaml:6: expected a result like 'ok', got 'bad'.")

        var silent = try player(rules)
        _ = silent.answer(request("go"))
        #expect(failure(silent.answer(request("go")))?.message == "f.yaml:6: no result of 'f' came.")

        var other = try player(rules)
        _ = other.answer(request("go"))
        other.cancelled()
        #expect(said(other.answer(request("go"))) == [] && failure(other.answer(request("go"))) != nil)

        var unknown = try player("  - {hear: any, call: h}")
        #expect(failure(unknown.answer(request("x")))?.code == "script_unknown_tool")
        #expect(failure(unknown.answer(request("x", tools: [])))?.message.contains("none at all") == true)

        var none = try player("  - {hear: y, say: z}")
        #expect(failure(none.answer(request("x")))?.code == "script_no_rule")
    }

    @Test("with faults, in their place")
    func faults() throws {
        var player = try player(
            """
              - hear: a
                do: [{say: x, cut: 50%, pace: 5}, {fail: {code: c, type: t, message: 'm {heard}'}}, {say: never}]
              - hear: b
                do: [{error: careful}, {wait: 1s}, {disconnect: {code: 1011, reason: r}}, {say: never}]
              - {hear: c, disconnect: reset}
            """
        )
        #expect(
            player.answer(request("a")) == [
                .say("x", voice: .tones, pace: .milliseconds(5), percent: 50),
                .fail(EngineFailure(type: "t", code: "c", message: "m a")),
            ]
        )
        #expect(
            player.answer(request("b")) == [
                .fault(.error(EngineFailure(message: "careful"))), .wait(.seconds(1)),
                .fault(.close(code: 1_011, reason: "r")),
            ]
        )
        #expect(player.answer(request("c")) == [.fault(.reset)])
    }

    @Test("from the beginning of the session, with transcripts in their order")
    func start() throws {
        var player = try player(
            "  - {hear: any, say: '{a}'}",
            top: "transcripts: [one]\nstart: [{wait: 1s}, {set: {a: b}}, {error: e}, {wait: 5}]"
        )
        #expect(player.started() == [.fault(.error(EngineFailure(message: "e"))), .wait(.milliseconds(5))])
        #expect(said(player.answer(request("x"))) == ["b"])
        #expect(player.nextTranscript() == "one" && player.nextTranscript() == nil)
    }

    @Test("with braces in texts left alone, and doubled ones single")
    func templates() {
        #expect(ScriptTemplate("{a} {{a} {b c} { } {").text(["a": "1"]) == "1 {a} {b c} { } {")
        #expect(ScriptTemplate("{a}{_b2}").variables == ["a", "_b2"])
    }
}
