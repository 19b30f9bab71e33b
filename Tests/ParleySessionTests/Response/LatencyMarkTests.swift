// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyEvents
import ParleySession
import Testing

@Suite("Clients that ask where the time goes")
struct LatencyMarkTests {
    private static var latency: ResponseLatency {
        var latency = ResponseLatency()
        latency.modelFirstTokenMS = 120
        latency.voiceToVoiceMS = 640
        return latency
    }

    private static func done(_ harness: inout SessionHarness) -> JSON? {
        harness.takeEvents().last { $0["type"] == "response.done" }?["response"]?["metadata"]
    }

    @Test("by a mark of the response get the figures as JSON in that mark", arguments: [Dialect.ga, .beta])
    func response(dialect: Dialect) {
        var harness = SessionHarness.opened(dialect)
        harness.client([
            "type": "response.create", "response": ["metadata": ["parley.latency": "on", "mine": "1"]],
        ])
        #expect(harness.lastRequest?.reportsLatency == true)
        harness.respond(.latency(Self.latency), .finished(.completed, usage: nil))
        #expect(
            Self.done(&harness) == [
                "parley.latency": #"{"llm_ttft_ms":120,"voice_to_voice_ms":640}"#, "mine": "1",
            ]
        )
    }

    @Test("by a mark of the session's tracing get them with every response")
    func session() {
        var harness = SessionHarness.opened()
        harness.client([
            "type": "session.update",
            "session": ["type": "realtime", "tracing": ["metadata": ["parley.latency": "on"]]],
        ])
        harness.client(["type": "response.create"])
        #expect(harness.lastRequest?.reportsLatency == true)
        harness.respond(.latency(Self.latency), .finished(.completed, usage: nil))
        #expect(
            Self.done(&harness) == ["parley.latency": #"{"llm_ttft_ms":120,"voice_to_voice_ms":640}"#]
        )
    }

    @Test("and their sessions can be replayed")
    func replay() throws {
        var harness = SessionHarness(limits: SessionLimits())
        harness.open()
        harness.client(["type": "response.create", "response": ["metadata": ["parley.latency": "on"]]])
        harness.respond(.latency(Self.latency), .finished(.completed, usage: nil))
        #expect(try SessionReplayTests.replayed(harness.recording()) == nil)
    }

    @Test("Others do not")
    func notAsked() {
        var harness = SessionHarness.opened()
        harness.client(["type": "response.create", "response": ["metadata": ["mine": "1"]]])
        #expect(harness.lastRequest?.reportsLatency == false)
        harness.respond(.finished(.completed, usage: nil))
        #expect(Self.done(&harness) == ["mine": "1"])
    }

    @Test("A response with all the marks that the protocol allows gets no further one")
    func full() {
        var harness = SessionHarness.opened()
        harness.client([
            "type": "session.update",
            "session": ["type": "realtime", "tracing": ["metadata": ["parley.latency": "on"]]],
        ])
        let marks = JSONObject((0..<16).map { ("mark\($0)", JSON.string("x")) })
        harness.client(["type": "response.create", "response": ["metadata": .object(marks)]])
        harness.respond(.latency(Self.latency), .finished(.completed, usage: nil))
        #expect(Self.done(&harness) == .object(marks))
    }
}
