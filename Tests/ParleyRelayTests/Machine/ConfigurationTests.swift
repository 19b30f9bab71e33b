// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyEvents
import Testing

@testable import ParleyRelay

@Suite("A relay configures the session that it opens")
struct ConfigurationTests {
    private static let configuration: JSONObject = [
        "type": "realtime", "model": "gpt-realtime", "instructions": "Be brief.",
        "audio": ["output": ["voice": "ash"]],
    ]

    private static func updated(_ upstream: Dialect) -> JSONObject {
        [
            "type": "session.updated", "event_id": "event_up_2",
            "session": [
                "type": "realtime", "id": "sess_1", "object": "realtime.session", "instructions": "Be brief.",
                "output_modalities": ["audio"], "modalities": ["text", "audio"],
            ],
        ]
    }

    @Test("and shows it as created like this, behind which the client's messages come")
    func shown() {
        var harness = RelayHarness(configuration: Self.configuration)
        harness.open()
        harness.client(["type": "response.create"])
        harness.forget()
        harness.upstream(1, RelayHarness.created(.ga))
        #expect(harness.takeDone() == ["upstream 1 session.update"])
        harness.upstream(1, Self.updated(.ga))
        #expect(harness.done == ["client session.created", "upstream 1 response.create"])
        let shown = harness.sent[.client]?.first
        #expect(shown?["event_id"] == "event_up_1")
        #expect(shown?["session"]?["instructions"] == "Be brief.")
    }

    @Test("in the words of the upstream, without the model, which the address has settled")
    func words() {
        var harness = RelayHarness(client: .ga, upstream: .beta, configuration: Self.configuration)
        harness.open()
        harness.upstream(1, RelayHarness.created(.beta))
        let update = harness.sent[.upstream(1)]?.first
        #expect(update?["type"] == "session.update")
        #expect(update?["session"] == ["instructions": "Be brief.", "voice": "ash"])
        harness.upstream(1, Self.updated(.beta))
        #expect(harness.sent[.client]?.first?["type"] == "session.created")
        #expect(harness.sent[.client]?.first?["session"]?["type"] == "realtime")
    }

    @Test("a transcription session too")
    func transcription() {
        let configuration: JSONObject = [
            "type": "transcription", "audio": ["input": ["transcription": ["model": "whisper-1"]]],
        ]
        var harness = RelayHarness(upstream: .beta, configuration: configuration)
        harness.open()
        harness.upstream(1, ["type": "transcription_session.created", "session": ["id": "sess_1"]])
        #expect(harness.sent[.upstream(1)]?.first?["type"] == "transcription_session.update")
    }

    @Test("if the upstream refuses the configuration, or is silent, the session goes on as it is")
    func refused() {
        var harness = RelayHarness(configuration: Self.configuration)
        harness.open()
        harness.upstream(1, RelayHarness.created(.ga))
        harness.forget()
        harness.upstream(1, ["type": "error", "error": ["message": "Bad voice.", "event_id": "event_relay_1"]])
        #expect(harness.done == ["client session.created"])
        #expect(harness.notes.contains { $0.contains("Bad voice.") })
        harness = RelayHarness(configuration: Self.configuration)
        harness.open()
        harness.upstream(1, RelayHarness.created(.ga))
        harness.forget()
        harness.fire(.firstEvent)
        #expect(harness.done == ["client session.created"])
    }
}
