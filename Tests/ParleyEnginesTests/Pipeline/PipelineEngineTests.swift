// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyEvents
import ParleySession
import Testing

@testable import ParleyEngines

@Suite("An engine serves a session")
struct PipelineEngineTests {
    private struct Unforeseen: Error {}

    private static let recording = Recording(samples: [1, 2, 3], sampleRate: 24_000)

    private func spoken(_ id: String, in item: String = "item_1", transcript: String? = nil) -> ResponseRequest {
        let parts: [ContextPart] = [.audio(Self.recording, transcript: transcript)]
        return request(id, audio: false, context: [.message(id: item, role: .user, parts: parts)])
    }

    /// Repeats what the user said.
    private let echo = FakeModel { request, emit in
        for case .message(_, _, let parts) in request.context {
            for case .audio(_, let transcript) in parts { try await emit(.text(transcript ?? "(nothing)")) }
        }
    }

    @Test("cancelling stops the synthesizer, and nothing more is sent")
    func cancelStopsAtOnce() async throws {
        let stopped = Gate()
        let synthesizer = FakeSynthesizer { utterance, emit in
            guard utterance.text.hasPrefix("Endless") else { return try await emit([1]) }
            do {
                while true { try await emit([Int16](repeating: 1, count: 2_400)) }
            } catch {
                #expect(error is CancellationError)
                await stopped.open()
                throw error
            }
        }
        let model = FakeModel { request, emit in
            try await emit(.text(request.id == "resp_1" ? "Endless speech is here." : "Short speech."))
            if request.id == "resp_1" { try await Task.sleep(for: .seconds(3_600)) }
        }
        try await PipelineEngine.fake(model: model, synthesizer: synthesizer)
            .serving(SessionProbe()) { probe in
                probe.command(.respond(request("resp_1")))
                await probe.wait { $0.progress(of: "resp_1").samples.count > 10_000 }
                probe.command(.cancel(responseID: "resp_1"))
                await stopped.pass()
                probe.command(.respond(request("resp_2")))
                let before = await probe.wait { $0.progress(of: "resp_2").isOver }
                probe.command(.respond(request("resp_3")))
                let after = await probe.wait { $0.progress(of: "resp_3").isOver }
                #expect(before.progress(of: "resp_1") == after.progress(of: "resp_1"))
                #expect(!after.progress(of: "resp_1").isOver)
            }
    }

    @Test("responses run side by side")
    func responsesRunSideBySide() async throws {
        let (first, second) = (Gate(), Gate())
        let model = FakeModel { request, emit in
            // Each waits for the other to have begun.
            await (request.id == "resp_1" ? first : second).open()
            await (request.id == "resp_1" ? second : first).pass()
            try await emit(.text(request.id))
        }
        try await PipelineEngine.fake(model: model)
            .serving(SessionProbe()) { probe in
                probe.command(.respond(request("resp_1", audio: false)))
                probe.command(.respond(request("resp_2", audio: false)))
                #expect(await probe.response("resp_1").text == "resp_1")
                #expect(await probe.response("resp_2").text == "resp_2")
            }
    }

    @Test("a failing synthesizer fails the response and not the session")
    func synthesizerFails() async throws {
        let failure = EngineFailure(code: "gone", message: "The voice is gone.")
        let synthesizer = FakeSynthesizer { utterance, emit in
            if utterance.text.hasPrefix("Bad") { throw failure }
            try await emit([7])
        }
        let model = FakeModel { request, emit in
            try await emit(.text(request.id == "resp_1" ? "Bad sentence here." : "Good sentence here."))
        }
        try await PipelineEngine.fake(model: model, synthesizer: synthesizer)
            .serving(SessionProbe()) { probe in
                probe.command(.respond(request("resp_1")))
                #expect(await probe.response("resp_1").last == .failed(failure))
                probe.command(.respond(request("resp_2")))
                #expect(await probe.response("resp_2").samples == [7])
            }
    }

    @Test("a failing model fails the response, with its own words or with the error's", arguments: [true, false])
    func modelFails(isWritten: Bool) async throws {
        let failure = EngineFailure(
            type: "invalid_request_error",
            code: "too_long",
            message: "The context is too long."
        )
        let model = FakeModel { request, emit in
            try await emit(.text("This sentence is the last one. "))
            if request.id == "resp_1" { throw failure }
            throw Unforeseen()
        }
        try await PipelineEngine.fake(model: model)
            .serving(SessionProbe()) { probe in
                probe.command(.respond(request("resp_1", audio: !isWritten)))
                #expect(await probe.response("resp_1").last == .failed(failure))
                probe.command(.respond(request("resp_2", audio: !isWritten)))
                #expect(await probe.response("resp_2").failure?.message.contains("Unforeseen") == true)
            }
    }

    @Test("transcription and response share one transcript, whichever comes first", arguments: [true, false])
    func transcriptIsShared(transcribesFirst: Bool) async throws {
        let count = Counter()
        let transcriber = FakeTranscriber { _ in
            await count.increment()
            return "what is new"
        }
        try await PipelineEngine.fake(transcriber: transcriber, model: echo)
            .serving(SessionProbe()) { probe in
                let transcribe = EngineCommand.transcribe(
                    TranscriptionRequest(itemID: "item_1", recording: Self.recording)
                )
                if transcribesFirst { probe.command(transcribe) }
                probe.command(.respond(spoken("resp_1")))
                if !transcribesFirst { probe.command(transcribe) }
                #expect(await probe.response("resp_1").text == "what is new")
                #expect(await probe.transcription(of: "item_1") == .completed("what is new"))
                probe.command(.respond(spoken("resp_2")))
                #expect(await probe.response("resp_2").text == "what is new")
                #expect(await count.value == 1)
                probe.command(.respond(spoken("resp_3", in: "item_2")))
                #expect(await probe.response("resp_3").text == "what is new")
                #expect(await count.value == 2)
            }
    }

    @Test("a known transcript is not made again")
    func knownTranscriptIsKept() async throws {
        let transcriber = FakeTranscriber { _ in
            Issue.record("transcribed again")
            return nil
        }
        try await PipelineEngine.fake(transcriber: transcriber, model: echo)
            .serving(SessionProbe()) { probe in
                probe.command(.respond(spoken("resp_1", transcript: "known")))
                #expect(await probe.response("resp_1").text == "known")
            }
    }

    @Test("a failed transcription fails what needs it, and is tried again")
    func transcriptionFails() async throws {
        let failure = EngineFailure(message: "No connection to the transcriber.")
        let count = Counter()
        let transcriber = FakeTranscriber { _ in
            guard await count.next() > 1 else { throw failure }
            return "second try"
        }
        try await PipelineEngine.fake(transcriber: transcriber, model: echo)
            .serving(SessionProbe()) { probe in
                probe.command(.transcribe(TranscriptionRequest(itemID: "item_1", recording: Self.recording)))
                #expect(await probe.transcription(of: "item_1") == .failed(failure))
                probe.command(.respond(spoken("resp_1")))
                #expect(await probe.response("resp_1").text == "second try")
            }
    }

    @Test("cancelling a response does not cancel the transcription it waits for")
    func transcriptionOutlivesResponse() async throws {
        let (begun, gate) = (Gate(), Gate())
        let transcriber = FakeTranscriber { _ in
            await begun.open()
            await gate.pass()
            try Task.checkCancellation()
            return "still here"
        }
        try await PipelineEngine.fake(transcriber: transcriber, model: echo)
            .serving(SessionProbe()) { probe in
                probe.command(.respond(spoken("resp_1")))
                await begun.pass()
                probe.command(.cancel(responseID: "resp_1"))
                probe.command(.transcribe(TranscriptionRequest(itemID: "item_1", recording: Self.recording)))
                probe.command(.respond(request("resp_2")))
                _ = await probe.response("resp_2")
                await gate.open()
                #expect(await probe.transcription(of: "item_1") == .completed("still here"))
                #expect(await probe.wait { _ in true }.progress(of: "resp_1").isEmpty)
            }
    }

    @Test("without a transcriber the model gets recordings, and transcriptions fail with advice")
    func noTranscriber() async throws {
        try await PipelineEngine.fake(model: echo)
            .serving(SessionProbe()) { probe in
                probe.command(.respond(spoken("resp_1")))
                #expect(await probe.response("resp_1").text == "(nothing)")
                probe.command(.transcribe(TranscriptionRequest(itemID: "item_1", recording: Self.recording)))
                guard case .failed(let failure) = await probe.transcription(of: "item_1") else {
                    Issue.record("the transcription did not fail")
                    return
                }
                #expect(failure.code == "transcription_unavailable")
                #expect(failure.message.contains("libpocketsphinx3"))
            }
    }

    @Test("sound that no transcriber listens for reaches the model as a recording, and is transcribed as nothing")
    func unheardSound() async throws {
        let transcriber = FakeTranscriber { _ in nil }
        try await PipelineEngine.fake(transcriber: transcriber, model: echo)
            .serving(SessionProbe()) { probe in
                probe.command(.respond(spoken("resp_1")))
                #expect(await probe.response("resp_1").text == "(nothing)")
                probe.command(.transcribe(TranscriptionRequest(itemID: "item_1", recording: Self.recording)))
                #expect(await probe.transcription(of: "item_1") == .completed(""))
            }
    }

    @Test("the end of the session stops what is running")
    func endStopsEverything() async throws {
        let (begun, stopped) = (Gate(), Gate())
        let model = FakeModel { _, _ in
            await begun.open()
            do {
                try await Task.sleep(for: .seconds(3_600))
            } catch {
                await stopped.open()
                throw error
            }
        }
        let events = try await PipelineEngine.fake(model: model)
            .serving(SessionProbe()) { probe in
                probe.command(.respond(request()))
                await begun.pass()
                probe.end()
                await stopped.pass()
                return await probe.wait { _ in true }
            }
        #expect(events.isEmpty)
    }

    @Test("a response stops when the session takes no more events")
    func goneSessionStopsResponse() async throws {
        let probe = SessionProbe { event in
            if case .response("resp_1", _) = event { throw CancellationError() }
        }
        let model = FakeModel { request, emit in
            for _ in 0..<(request.id == "resp_1" ? 1_000_000 : 1) { try await emit(.text("On and on. ")) }
        }
        try await PipelineEngine.fake(model: model)
            .serving(probe) { probe in
                probe.command(.respond(request("resp_1", audio: false)))
                probe.command(.respond(request("resp_2", audio: false)))
                #expect(await probe.response("resp_2").text == "On and on. ")
                #expect(await probe.wait { _ in true }.progress(of: "resp_1").isEmpty)
            }
    }

    @Test("each recording of an item gets its own transcript")
    func severalRecordings() async throws {
        let transcriber = FakeTranscriber { "\($0.samples.count) samples" }
        let parts: [ContextPart] = [
            .audio(Recording(samples: [1], sampleRate: 24_000), transcript: nil), .text("and"),
            .audio(Recording(samples: [1, 2], sampleRate: 24_000), transcript: nil),
        ]
        let both = request(audio: false, context: [.message(id: "item_1", role: .user, parts: parts)])
        try await PipelineEngine.fake(transcriber: transcriber, model: echo)
            .serving(SessionProbe()) { probe in
                probe.command(.respond(both))
                #expect(await probe.response("resp_1").text == "1 samples2 samples")
            }
    }

    @Test("the transcript cache forgets the oldest")
    func cacheIsBounded() {
        var cache = TranscriptCache()
        for number in 0..<2_000 { cache.insert(Promise(), for: RecordingID(itemID: "\(number)", part: 0)) }
        #expect(cache[RecordingID(itemID: "0", part: 0)] == nil)
        #expect(cache[RecordingID(itemID: "975", part: 0)] == nil)
        #expect(cache[RecordingID(itemID: "976", part: 0)] != nil)
        #expect(cache[RecordingID(itemID: "1999", part: 0)] != nil)
    }
}
