// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyEngines
import ParleyEvents
import ParleySession
import Testing

@Suite("Transcribing while the user may still go on")
struct AnticipationTests {
    /// Writes down how often it was asked, after `gate` has opened.
    private struct Counting: Transcriber {
        let name = "counting"
        let hint = ""
        let anticipates: Bool
        let counter: Counter
        let gate: Gate

        func transcribe(_ recording: Recording, language: String?, prompt: String?) async throws -> String? {
            let number = await counter.next()
            await gate.pass()
            return "number \(number)"
        }
    }

    private static func wanted(_ samples: Int = 10) -> TranscriptionRequest {
        TranscriptionRequest(
            itemID: "item_1",
            recording: Recording(samples: Array(repeating: 0, count: samples), sampleRate: 24_000)
        )
    }

    private func engine(_ counter: Counter, _ gate: Gate, anticipates: Bool = true) -> PipelineEngine {
        PipelineEngine.fake(transcriber: Counting(anticipates: anticipates, counter: counter, gate: gate))
    }

    @Test("What was begun in the pause is the transcript of the turn, and is made once")
    func used() async throws {
        let (counter, gate) = (Counter(), Gate())
        try await engine(counter, gate)
            .serving(SessionProbe()) { probe in
                probe.command(.anticipate(Self.wanted()))
                probe.command(.transcribe(Self.wanted(20)))
                await gate.open()
                #expect(await probe.transcription(of: "item_1") == .completed("number 1"))
            }
        #expect(await counter.value == 1)
    }

    @Test("Where the user goes on, it is made anew at the end")
    func disregarded() async throws {
        let (counter, gate) = (Counter(), Gate())
        await gate.open()
        try await engine(counter, gate)
            .serving(SessionProbe()) { probe in
                probe.command(.anticipate(Self.wanted()))
                probe.command(.disregard(itemID: "item_1"))
                probe.command(.transcribe(Self.wanted(20)))
                #expect(await probe.transcription(of: "item_1") != nil)
            }
        #expect(await counter.value == 2)
    }

    @Test("Going on closes the connection to the transcriber")
    func closes() async throws {
        let asked = Gate()
        try await HTTPDouble.serving({ request in
            await asked.open()
            return request.number == 0 ? [.waitUntilClosed] : .answer(#"{"text":"all of it"}"#)
        }) { double in
            let address = try double.address()
            let transcriber = HTTPTranscriber(address, BackendSettings(.at(address)))
            try await PipelineEngine.fake(transcriber: transcriber)
                .serving(SessionProbe()) { probe in
                    probe.command(.anticipate(Self.wanted()))
                    await asked.pass()
                    probe.command(.disregard(itemID: "item_1"))
                    await double.log.waitForClosed()
                    probe.command(.transcribe(Self.wanted(20)))
                    #expect(await probe.transcription(of: "item_1") == .completed("all of it"))
                }
        }
    }

    @Test("A transcriber that costs something for each request is asked at the end only")
    func notWanted() async throws {
        let (counter, gate) = (Counter(), Gate())
        await gate.open()
        let engine = engine(counter, gate, anticipates: false)
        #expect(!engine.anticipates)
        try await engine.serving(SessionProbe()) { probe in
            probe.command(.anticipate(Self.wanted()))
            probe.command(.transcribe(Self.wanted()))
            #expect(await probe.transcription(of: "item_1") == .completed("number 1"))
        }
        #expect(await counter.value == 1)
    }
}
