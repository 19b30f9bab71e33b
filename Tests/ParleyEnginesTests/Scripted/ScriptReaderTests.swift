// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import ParleyEvents
import ParleySession
import ParleySettings
import Testing

@testable import ParleyEngines

@Suite("A script's file")
struct ScriptReaderTests {
    @Test("is read field by field")
    func fields() throws {
        let script = try SessionScript(
            parsing: """
                name: n
                seed: 7
                clock: 1000
                voice: none
                variables: {a: b}
                instructions: 'is (?<who>\\w+)'
                transcripts: [one, two]
                start:
                  - wait: 2s
                  - error: {code: c, message: hm}
                  - wait: 5
                  - disconnect: 4000
                rules:
                  - hear: [Hello!, hi]
                    turn: 2
                    say: [x, 'y {who}']
                    pace: 30ms
                    voice: local
                    cut: 40%
                  - match: 'a(?<b>.)'
                    instructions: z
                    do:
                      - set: {c: '{b}!'}
                      - call: f
                      - call: {name: g, arguments: {n: 1, t: '{c}', l: [true, null, 1.5]}}
                      - expect: ok
                      - expect: {tool: f, match: fine}
                      - wait: 1min
                      - fail: no
                  - hear: any
                    disconnect: reset
                """,
            file: "f.yaml"
        )
        #expect(script.name == "n" && script.seed == 7 && script.clock == 1_000 && script.voice == .none)
        #expect(script.variables == ["a": "b"] && script.transcripts == ["one", "two"])
        #expect(script.instructions?.names == ["who"])
        #expect(script.openingDelay == .seconds(2))
        #expect(
            script.start.map(\.kind) == [
                .error(type: "server_error", code: "c", ScriptTemplate("hm")), .wait(.milliseconds(5)),
                .disconnect(.close(code: 4_000, reason: "")),
            ]
        )
        let first = script.rules[0]
        #expect(first.condition.words == ["hello", "hi"] && first.condition.turn == 2)
        #expect(
            first.steps.map(\.kind)
                == ["x", "y {who}"]
                .map { .say(ScriptTemplate($0), voice: .local, pace: .milliseconds(30), percent: 40) }
        )
        let second = script.rules[1]
        #expect(second.condition.match?.source == "a(?<b>.)" && second.condition.instructions?.source == "z")
        #expect(
            second.steps.map(\.kind) == [
                .set("c", ScriptTemplate("{b}!")), .call(name: "f", arguments: [:]),
                .call(name: "g", arguments: ["n": 1, "t": "{c}", "l": [true, nil, 1.5]]),
                .expect(tool: nil, try ScriptPattern("ok")), .expect(tool: "f", try ScriptPattern("fine")),
                .wait(.seconds(60)), .fail(type: "server_error", code: nil, ScriptTemplate("no")),
            ]
        )
        #expect(second.steps[1].line == 24)
        #expect(script.rules[2].steps.map(\.kind) == [.disconnect(.reset)])
        #expect(script.rules[2].condition == SessionScript.Condition())
    }

    @Test(
        "that is wrong is told with line, field and what was expected",
        arguments: [
            ("seed: 1", "1: 'rules' is missing; expected a list of rules"),
            ("rules: x", "1: rules: expected a list of rules, got 'x'"),
            ("seed: -1\nrules: []", "1: seed: expected a whole number from 0, got '-1'"),
            ("clock: x\nrules: []", "1: clock: expected Unix seconds, got 'x'"),
            ("voice: loud\nrules: []", "1: voice: expected 'tones', 'local' or 'none', got 'loud'"),
            ("rulez: []\nrules: []", "1: rulez: there is no such field; did you mean 'rules'"),
            ("variables: x\nrules: []", "1: variables: expected a mapping of names to texts, got 'x'"),
            ("variables: {turn: x}\nrules: []", "1: variables.turn: 'turn' has a meaning of its own"),
            ("instructions: '('\nrules: []", "1: instructions: '(' is no regular expression"),
            ("transcripts: [[a]]\nrules: []", "1: transcripts[0]: expected a text or a list of texts, got a list"),
            ("start: {say: x}\nrules: []", "1: start: only wait, error, disconnect and set"),
            ("rules:\n  - say: x", "2: rules[0]: nothing says when this rule counts"),
            ("rules:\n  - hear: x", "2: rules[0]: nothing says what to do; expected 'say', 'wait'"),
            ("rules:\n  - hear: x\n    turn: 0\n    say: y", "3: rules[0].turn: expected the number of an answer"),
            ("rules:\n  - match: '['\n    say: y", "2: rules[0].match: '[' is no regular expression"),
            ("rules:\n  - hear: x\n    say: y\n    fail: z", "2: rules[0]: 'say' or 'fail' are steps of their own"),
            (
                "rules:\n  - hear: x\n    say: '{who}'",
                "3: rules[0].say: no pattern, 'set' or 'variables' gives '{who}'"
            ),
            (
                "rules:\n  - hear: x\n    do:\n      - wait: soon",
                "4: rules[0].do[0].wait: expected a time such as 300ms"
            ),
            ("rules:\n  - hear: x\n    wait: 11min", "3: rules[0].wait: expected a time such as 300ms"),
            ("rules:\n  - hear: x\n    say: y\n    pace: -1", "4: rules[0].pace: expected a time"),
            ("rules:\n  - hear: x\n    say: y\n    cut: 100%", "4: rules[0].cut: expected how much is to be heard"),
            ("rules:\n  - hear: x\n    say: y\n    voice: z", "4: rules[0].voice: expected 'tones'"),
            ("rules:\n  - hear: x\n    call: {arguments: {}}", "3: rules[0].call: 'name' is missing"),
            ("rules:\n  - hear: x\n    call: {name: f, args: 1}", "3: rules[0].call.args: there is no such field"),
            ("rules:\n  - hear: x\n    expect: {tool: f}", "3: rules[0].expect: 'match' is missing"),
            ("rules:\n  - hear: x\n    set: [a]", "3: rules[0].set: expected a mapping of names to texts"),
            ("rules:\n  - hear: x\n    set: {1a: b}", "3: rules[0].set.1a: a variable's name is letters"),
            ("rules:\n  - hear: x\n    fail: {code: c}", "3: rules[0].fail: 'message' is missing"),
            ("rules:\n  - hear: x\n    error: [a]", "3: rules[0].error: expected a message, or type, code and message"),
            ("rules:\n  - hear: x\n    disconnect: 1005", "3: rules[0].disconnect: expected a close code"),
            ("rules:\n  - hear: x\n    disconnect: {reason: y}", "3: rules[0].disconnect: 'code' is missing"),
            ("rules:\n  - hear: {a: b}\n    say: y", "2: rules[0].hear: expected a text or a list of texts"),
            ("rules:\n  - x", "2: rules[0]: expected a rule"),
            ("rules:\n\t- x", "2: a tab indents this line"),
        ] as [(String, String)]
    )
    func errors(text: String, message: String) throws {
        let error = try #require(throws: SettingsError.self) { try SessionScript(parsing: text, file: "f.yaml") }
        #expect(error.description.hasPrefix("f.yaml:\(message)"), "\(error)")
    }

    @Test("that is shown as an example is right")
    func example() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../../Examples/order-desk.yaml").standardized
        let script = try SessionScript.load(root.path(percentEncoded: false))
        #expect(script.rules.count == 8)
    }

    @Test("that is not there is told")
    func missing() throws {
        let error = try #require(throws: SettingsError.self) { try SessionScript.load("/nowhere/x.yaml") }
        #expect(error.description.contains("cannot be read"))
    }
}
