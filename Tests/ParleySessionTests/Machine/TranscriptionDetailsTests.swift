// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyEvents
import ParleySession
import Testing

@Suite("What a recogniser tells beside the text")
struct TranscriptionDetailsTests {
    private static let probability = TokenLogProbability(token: "Hi", logProbability: -0.5, bytes: [72, 105])

    /// The events about a transcription that the recogniser ends with `usage`.
    private static func events(
        _ dialect: Dialect,
        including: Bool,
        usage: TranscriptionUsage? = nil
    ) -> [JSONObject] {
        var session = Session.test()
        session.input.turnDetection = nil
        session.input.transcription = InputTranscription(model: "m")
        if including { session.extra["include"] = ["item.input_audio_transcription.logprobs"] }
        var harness = SessionHarness.opened(dialect, session: session)
        harness.append(TestAudio.silence(ms: 500))
        harness.client(["type": "input_audio_buffer.commit"])
        let itemID = harness.takeEvents().first?["item_id"]?.stringValue ?? ""
        let events: [TranscriptionProgress] = [
            .delta("Hi", logProbabilities: [probability]), .delta(""),
            .completed("Hi", logProbabilities: [probability], usage: usage),
        ]
        for event in events { harness.engine(.transcription(itemID: itemID, event)) }
        return harness.takeEvents()
    }

    @Test("log probabilities are passed on to those who asked", arguments: Dialect.allCases)
    func asked(dialect: Dialect) {
        let events = Self.events(dialect, including: true)
        #expect(events.count == 2)
        #expect(events.allSatisfy { $0["logprobs"] == [["token": "Hi", "logprob": -0.5, "bytes": [72, 105]]] })
    }

    @Test("and to nobody else", arguments: Dialect.allCases)
    func unasked(dialect: Dialect) {
        let events = Self.events(dialect, including: false)
        #expect(events.count == 2)
        #expect(events.allSatisfy { $0["logprobs"] == nil })
    }

    @Test("usage is what the recogniser counts, else the length of the recording", arguments: Dialect.allCases)
    func usage(dialect: Dialect) {
        #expect(Self.events(dialect, including: false).last?["usage"] == ["type": "duration", "seconds": 0.5])
        let tokens = TranscriptionUsage.tokens(input: 3, output: 1, total: 4, inputDetails: nil)
        #expect(Self.events(dialect, including: false, usage: tokens).last?["usage"] == tokens.jsonForm)
    }
}
