// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Testing

@testable import ParleyHandshake

@Suite("Explanation")
struct ExplanationTests {
    @Test("one line says who asked for what and why it was accepted")
    func accepted() {
        let request = HandshakeRequest.upgrade(
            "/v1/realtime?model=gpt-realtime",
            more: [
                ("User-Agent", "Mozilla/5.0 Firefox/153.0"), ("Origin", "http://localhost:5173"),
                ("Sec-WebSocket-Protocol", "realtime, openai-insecure-api-key.\(rightKey), openai-beta.realtime-v1"),
            ]
        )
        let explanation = decide(request, policy: .keyed, capacity: .available).explanation
        #expect(
            explanation.line
                == #"accepted rule=key_accepted target=/v1/realtime?model=gpt-realtime "#
                + #"host=127.0.0.1:8080 peer=loopback "#
                + #"client=firefox agent="Mozilla/5.0 Firefox/153.0" origin=http://localhost:5173 "#
                + #"offered="realtime, openai-insecure-api-key.***, openai-beta.realtime-v1" selected=realtime "#
                + #"credential="subprotocol sk-…9w" dialect="beta (beta subprotocol)" model=gpt-realtime "#
                + #"reason="The key is one of the server's.""#
        )
        #expect(explanation.advice == nil)
    }

    @Test("one line says why it was refused, and the advice what to do")
    func refused() {
        let explanation = decide(
            .upgrade("/ws?api-key=x", more: [("Origin", "http://localhost")]),
            policy: .keyed,
            capacity: .available
        )
        .explanation
        #expect(
            explanation.line
                == #"refused in-band 4000 rule=path_not_found target=/ws?api-key=*** "#
                + #"host=127.0.0.1:8080 peer=loopback "#
                + #"client=unknown origin=http://localhost credential="query-key ***" dialect=ga "#
                + #"reason="There is no Realtime endpoint at \"/ws\".""#
        )
        #expect(explanation.advice?.hasPrefix("Connect to /v1/realtime;") == true)
    }

    @Test("what is out of the ordinary appears")
    func unusual() {
        var request = HandshakeRequest.upgrade("/?intent=transcription&call_id=rtc_1", peerIsLoopback: false)
        request.method = .post
        request.isSecure = true
        let line = decide(request, policy: HandshakePolicy(), capacity: .available).explanation.line
        #expect(
            line.hasPrefix("refused 405 rule=method_not_get method=POST target=/?intent=transcription&call_id=rtc_1")
        )
        for part in [" peer=remote ", " tls=yes ", " intent=transcription ", " call=rtc_1 "] {
            #expect(line.contains(part))
        }
    }

    @Test(
        "no value can pass for another field or another line",
        arguments: ["a b", "a\" rule=open_access", "a\nrefused", "", "\u{1B}[2J", "a\u{2028}b", "ä"]
    )
    func quoting(value: String) {
        let fact = Explanation.Fact(name: "model", value: value)
        let line = Explanation(facts: [fact], rule: "r", sentence: "s", advice: nil, verdict: "accepted").line
        #expect(line == "accepted rule=r model=\(JSONText.string(value)) reason=\"s\"")
        #expect(!line.contains("\n") && !line.contains("\u{1B}"))
    }

    @Test("values from the network are cut and cleaned")
    func cleaning() throws {
        let long = String(repeating: "m", count: 5000)
        let decision = decide(.upgrade("/?model=\(long)%0A"), policy: HandshakePolicy(), capacity: .available)
        #expect(decision.explanation.line.utf8.count < 1000)
        #expect(decision.accepted?.model == long + "\n", "the session gets what was asked for")
    }
}
