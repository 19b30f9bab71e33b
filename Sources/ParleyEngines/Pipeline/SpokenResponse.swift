// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleySession

/// Produces one response with speech: model, sentences, synthesizer and sending run side by side, each holding up the
/// one before it.
struct SpokenResponse: Sendable {
    /// 100 ms: what is sent at a time at most, so that a cancelled response stops soon.
    static let samplesPerPiece = 2_400
    /// 5 s: what is made ahead of sending at most.
    private static let samplesAhead = 120_000
    /// Sentences a model may be ahead of speech.
    private static let piecesAhead = 4

    /// Something that is sent, with its sound still being made.
    private enum Playable: Sendable {
        case speech(transcript: String, Handover<[Int16]>)
        case event(ResponseProgress)
        case sound(transcript: String, samples: [Int16])
    }

    let request: ResponseRequest
    let model: any LanguageModel
    let synthesizer: any SpeechSynthesizer
    let settings: PipelineEngine.Settings
    let watch: LatencyWatch
    let send: @Sendable (ResponseProgress) async throws -> Void

    /// Produces the response up to and including `finished`.
    func run() async throws {
        let pieces = Handover<SpeechPiece>(limit: Self.piecesAhead)
        let (silences, silence) = AsyncStream.makeStream(of: Int.self, bufferingPolicy: .bufferingNewest(1))
        let feed = SpeechFeed(pieces: pieces, silences: silence, limits: settings.sentences)
        try await withThrowingTaskGroup { group in
            group.addTask {
                for await generation in silences {
                    guard (try? await settings.sleep(settings.pause)) != nil else { return }
                    await feed.paused(since: generation)
                }
            }
            try await speak(pieces, of: feed)
            group.cancelAll()
        }
    }

    private func speak(_ pieces: Handover<SpeechPiece>, of feed: SpeechFeed) async throws {
        // Holds the producer until its element was taken: one sentence is made ahead of the one that is being sent.
        let playables = Handover<Playable>(limit: 0)
        try await withThrowingDiscardingTaskGroup { group in
            group.addTask { try await think(feed) }
            group.addTask { try await perform(pieces, as: playables) }
            group.addTask { try await play(playables) }
        }
    }

    private func think(_ feed: SpeechFeed) async throws {
        watch.mark(.asked)
        do {
            try await model.respond(to: request) { event in
                if event.isAnswer { watch.mark(.answered) }
                try await feed.push(event)
            }
        } catch {
            // What goes wrong behind the last event is of no interest.
            guard await feed.isFinished else { throw error }
        }
        await feed.finish()
    }

    private func perform(_ pieces: Handover<SpeechPiece>, as playables: Handover<Playable>) async throws {
        // Many voices make one sentence after the other: the next one must not get in before its turn.
        var previous: Promise<Void>?
        try await withThrowingDiscardingTaskGroup { group in
            while let piece = try await pieces.next() {
                switch piece {
                case .sentence(let sentence) where sentence.spoken.isEmpty:
                    try await playables.send(.event(.transcript(sentence.written)))
                case .sentence(let sentence):
                    try await previous?.value()
                    watch.mark(.sentence)
                    let begun = Promise<Void>()
                    previous = begun
                    let audio = Handover<[Int16]>(limit: Self.samplesAhead) { $0.count }
                    group.addTask { await synthesize(sentence.spoken, into: audio, begun) }
                    try await playables.send(.speech(transcript: sentence.written, audio))
                case .sound(let transcript, let samples):
                    try await playables.send(.sound(transcript: transcript, samples: samples))
                case .toolCall(let index, let progress):
                    try await playables.send(.event(.toolCall(index: index, progress)))
                case .finished(let reason, let usage):
                    try await playables.send(.event(.finished(reason, usage: usage)))
                }
            }
        }
        playables.finish()
    }

    /// Speaks `text`; `begun` is fulfilled with the first sound, or at the end if there is none.
    private func synthesize(_ text: String, into audio: Handover<[Int16]>, _ begun: Promise<Void>) async {
        defer { begun.fulfil(with: .success(())) }
        let utterance = Utterance(
            text: text,
            voice: request.voice,
            speed: request.speed,
            language: WritingSystem.language(of: text)
        )
        do {
            try await synthesizer.speak(utterance) { samples in
                watch.mark(.sound)
                begun.fulfil(with: .success(()))
                for piece in samples.pieces(of: Self.samplesPerPiece) { try await audio.send(piece) }
            }
            audio.finish()
        } catch {
            audio.finish(throwing: error)
        }
    }

    private func play(_ playables: Handover<Playable>) async throws {
        while let playable = try await playables.next() {
            switch playable {
            case .event(let event): try await send(event)
            case .speech(let transcript, let audio):
                try await send(.transcript(transcript))
                while let samples = try await audio.next() { try await send(.audio(samples)) }
            case .sound(let transcript, let samples):
                try await send(.transcript(transcript))
                for piece in samples.pieces(of: Self.samplesPerPiece) { try await send(.audio(piece)) }
            }
        }
    }
}

extension [Int16] {
    /// The samples in pieces of at most `size`.
    func pieces(of size: Int) -> [[Int16]] {
        guard count > size else { return isEmpty ? [] : [self] }
        return stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min($0 + size, count)]) }
    }
}
