// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleySession

/// A part of a spoken response, in the order in which the client is to get it.
enum SpeechPiece: Sendable {
    case sentence(Sentence)
    case sound(transcript: String, samples: [Int16])
    case toolCall(index: Int, ToolCallProgress)
    case finished(FinishReason, usage: TokenUsage?)
}

/// Makes pieces to be spoken out of what a model emits, also when the model pauses.
actor SpeechFeed {
    private let pieces: Handover<SpeechPiece>
    private let silences: AsyncStream<Int>.Continuation
    private var filter = ReasoningFilter()
    private var chunker: SentenceChunker
    /// Whether the last event has come.
    private(set) var isFinished = false
    /// Counts the model's events, so that a pause is known from a model that went on meanwhile.
    private var generation = 0

    /// A feed of `pieces` that tells `silences` after each event by which text is left unspoken.
    init(pieces: Handover<SpeechPiece>, silences: AsyncStream<Int>.Continuation, limits: SentenceChunker.Limits) {
        self.pieces = pieces
        self.silences = silences
        chunker = SentenceChunker(limits: limits)
    }

    /// Takes a model's event and suspends while speech is behind.
    func push(_ event: ModelEvent) async throws {
        guard !isFinished else { return }
        generation += 1
        switch event {
        case .text(let text): enqueue(chunker.push(filter.push(text)))
        case .audio(let transcript, let samples):
            flush()
            pieces.enqueue(.sound(transcript: transcript, samples: samples))
        case .toolCall(let index, let progress):
            flush()
            pieces.enqueue(.toolCall(index: index, progress))
        case .finished(let reason, let usage): finish(reason, usage: usage)
        }
        if !isFinished, chunker.hasPending { silences.yield(generation) }
        try await pieces.room()
    }

    /// The model has emitted nothing for a while since its event number `generation`.
    func paused(since generation: Int) {
        if !isFinished, generation == self.generation { enqueue(chunker.pause()) }
    }

    /// The model has ended; without a last event it counts as completed.
    func finish(_ reason: FinishReason = .completed, usage: TokenUsage? = nil) {
        guard !isFinished else { return }
        flush()
        isFinished = true
        pieces.enqueue(.finished(reason, usage: usage))
        pieces.finish()
        silences.finish()
    }

    private func flush() {
        enqueue(chunker.push(filter.finish()))
        enqueue(chunker.finish())
    }

    private func enqueue(_ sentences: [Sentence]) {
        for sentence in sentences { pieces.enqueue(.sentence(sentence)) }
    }
}
