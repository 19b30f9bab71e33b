// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ParleyHandshake

@Suite("Scrubber")
struct ScrubberTests {
    private func scrubber(_ keys: String...) -> Scrubber {
        Scrubber(keys.compactMap { Credential($0, source: .authorization) })
    }

    @Test(
        "a presented key is found anywhere",
        arguments: [
            ("hunter22", "***"), ("/v1/hunter22/x", "/v1/***/x"), ("ahunter22b hunter22", "a***b ***"),
            ("hunter2", "hunter2"),
            ("", ""), ("hunterhunter22", "hunter***"),
        ]
    )
    func anywhere(text: String, shown: String) {
        #expect(scrubber("hunter22").show(text) == shown)
    }

    @Test("a key that is a part of usual words is left alone")
    func shortKeys() {
        #expect(scrubber("real").show("/v1/realtime") == "/v1/realtime")
    }

    @Test("a key longer than what is looked for goes whole, and also where it is cut off")
    func longKeys() {
        let key = String(repeating: "k3", count: 40)
        #expect(scrubber(key).show("x\(key)y") == "x***y")
        #expect(scrubber(key).show("x\(key.dropLast(5))") == "x***")
    }

    @Test("several keys are all found")
    func severalKeys() {
        #expect(scrubber("alpha1", "omega9").show("alpha1 omega9") == "*** ***")
    }

    @Test("control and formatting characters cannot reach a terminal or a log")
    func controls() {
        #expect(scrubber().show("a\r\nb\u{1B}[31m\u{202E}c\u{0}") == "a\u{FFFD}\u{FFFD}b\u{FFFD}[31m\u{FFFD}c\u{FFFD}")
    }

    @Test("long text is cut")
    func length() {
        #expect(scrubber().show(String(repeating: "a", count: 12), limit: 10) == "aaaaaaaaaa…")
        #expect(scrubber().show(String(repeating: "a", count: 10), limit: 10) == "aaaaaaaaaa")
    }

    @Test("repetitive text and key stay linear in the text")
    func adversarial() {
        let text = String(repeating: "a", count: 50_000)
        #expect(scrubber(String(repeating: "a", count: 31) + "b").show(text, limit: 3) == "aaa…")
    }
}
