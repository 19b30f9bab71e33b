// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyEngines
import ParleyEvents
import ParleySession
import Testing

@Suite("Parrot mode")
struct ParrotTests {
    private static let recording = Recording(samples: (0..<2_400).map { Int16($0) }, sampleRate: 24_000)

    private func context(_ texts: String..., spoken transcript: String?? = .some(nil)) -> [ContextItem] {
        var items = texts.enumerated().map { ContextItem.message(id: "item_\($0)", role: .user, parts: [.text($1)]) }
        if let transcript {
            items.append(
                .message(id: "item_spoken", role: .user, parts: [.audio(Self.recording, transcript: transcript)])
            )
        }
        return items
    }

    private let playback: ModelEvent = .audio(transcript: "[your recording of 0.1 seconds]", samples: recording.samples)

    @Test("speech that nobody has transcribed is played back")
    func playsBackUnheardSpeech() async throws {
        let events = try await events(of: concierge(), for: request(context: context()))
        #expect(events == [playback, .finished(.completed, usage: TokenUsage(input: 0, output: 0))])
    }

    @Test("transcribed speech is played back only if the user has switched parrot mode on")
    func switchesOn() async throws {
        let model = try concierge()
        let heard: String? = "what time is it"
        let off = try await events(of: model, for: request(context: context("Hello", spoken: heard)))
        #expect(off.text == "It is 3:04 in the afternoon.")
        let on = try await events(of: model, for: request(context: context("parrot on", "Hello", spoken: heard)))
        #expect(on.first == playback)
        let typed = try await events(
            of: model,
            for: request(context: context("Parrot on.", "Hello there!", spoken: nil))
        )
        #expect(typed.text == "Hello there!")
    }

    @Test("switched off, speech that nobody has transcribed gets an excuse")
    func switchesOff() async throws {
        let events = try await events(of: concierge(), for: request(context: context("parrot on", "parrot off")))
        #expect(events.text.hasPrefix("Sorry, I did not understand that."))
    }

    @Test("the model named parrot is always a parrot")
    func modelName() async throws {
        var parrot = request(context: context(spoken: "what time is it"))
        parrot.model = "parrot"
        #expect(try await events(of: concierge(), for: parrot).first == playback)
    }

    @Test("recordings from the telephone are resampled")
    func resamples() async throws {
        let phone = Recording(samples: [Int16](repeating: 1_000, count: 8_000), sampleRate: 8_000)
        let parts: [ContextPart] = [.audio(phone, transcript: nil)]
        let context: [ContextItem] = [.message(id: "item_1", role: .user, parts: parts)]
        guard
            case .audio(let note, let samples) = try await events(of: concierge(), for: request(context: context)).first
        else {
            Issue.record("nothing was played")
            return
        }
        #expect(note == "[your recording of 1 seconds]")
        #expect(samples.count == 24_000)
        #expect(abs(Int(samples[12_000]) - 1_000) < 20)
    }
}
