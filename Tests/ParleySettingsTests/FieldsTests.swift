// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ParleySettings

@Suite("Fields of a settings file")
struct FieldsTests {
    private func read(_ text: String) throws(SettingsError) -> [String] {
        try Problems.reading(text, file: "f.yaml") { root, problems in
            guard let fields = Fields(root, expecting: "settings", problems) else { return [] }
            let read = [
                fields.string("host"), fields.int("port", 0...65_535, "a port from 0 to 65535").map { "\($0)" },
                fields.bool("echo").map { "\($0)" }, fields.word("engine", [("local", "L"), ("loopback", "B")]),
                fields.strings("keys")?.joined(separator: "+"),
            ]
            fields.finish()
            return read.compactMap { $0 }
        }
    }

    @Test("are read with their types")
    func values() throws {
        #expect(
            try read("host: h\nport: 1\necho: true\nengine: loopback\nkeys: [1, b]") == ["h", "1", "true", "B", "1+b"]
        )
        #expect(try read("") == [])
        #expect(try read("keys: one") == ["one"])
    }

    @Test("that are wrong are told all at once, with file, line, field and what was expected")
    func problems() throws {
        let text = "hots: x\nport: 70000\necho: maybe\nengine: loop\nkeys:\n  - a\n  - [b]"
        let error = try #require(throws: SettingsError.self) { try read(text) }
        #expect(
            error.description == """
                f.yaml:1: hots: there is no such field; did you mean 'host' or 'keys'?
                f.yaml:2: port: expected a port from 0 to 65535, got '70000'
                f.yaml:3: echo: expected true or false, got 'maybe'
                f.yaml:4: engine: expected 'local' or 'loopback', got 'loop'
                f.yaml:7: keys[1]: expected a text or a list of texts, got a list
                """
        )
    }

    @Test("of a file that is no mapping, or no YAML")
    func notAMapping() throws {
        #expect(throws: SettingsError.self) { try read("- a") }
        let error = try #require(throws: SettingsError.self) { try read("a: [") }
        #expect(error.description.hasPrefix("f.yaml:1: ']' is missing"))
    }

    @Test(
        "that are times have a unit",
        arguments: [
            ("500ms", 500, nil), ("10s", 10_000, 10), ("2min", 120_000, 120), ("1h", 3_600_000, 3_600),
            ("1500ms", 1_500, nil), ("10", nil, nil), ("s", nil, nil), ("2h", nil, nil), ("-1s", nil, nil),
            ("9999999999999999999s", nil, nil), ("[1s]", nil, nil), ("0s", nil, nil), ("2000ms", 2_000, 2),
        ] as [(String, Int?, Int?)]
    )
    func times(text: String, milliseconds: Int?, seconds: Int?) throws {
        func read(_ read: (Fields) -> Int?) throws(SettingsError) -> Int? {
            try Problems.reading("wait: \(text)", file: "f.yaml") { root, problems in
                Fields(root, expecting: "settings", problems).flatMap(read)
            }
        }
        #expect((try? read { $0.milliseconds("wait", 1...3_600_000) }) == milliseconds)
        #expect((try? read { $0.seconds("wait", 1...3_600) }) == seconds)
    }

    @Test("that are no times say what is one")
    func noTime() throws {
        let error = try #require(throws: SettingsError.self) {
            try Problems.reading("a: 5\nb: 500ms", file: "f.yaml") { root, problems in
                let fields = Fields(root, expecting: "settings", problems)
                _ = fields?.milliseconds("a", 10...90_000)
                _ = fields?.seconds("b", 1...3_600)
            }
        }
        #expect(
            error.description == """
                f.yaml:1: a: expected a time with its unit such as 500ms or 10s, from 10ms to 90s, got '5'
                f.yaml:2: b: expected a time with its unit such as 10s, from 1s to 1h, got '500ms'
                """
        )
    }
}
