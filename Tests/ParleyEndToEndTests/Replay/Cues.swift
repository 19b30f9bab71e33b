// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyEngines
import ParleyEvents
import ParleySession
import Synchronization

/// Holds a model back until the test has seen what comes before.
final class ModelCues: Sendable {
    enum Cue: Sendable {
        case emit(ModelEvent)
        case fail(EngineFailure)
    }

    private let responses = (0..<4).map { _ in AsyncStream.makeStream(of: Cue.self) }
    private let begun = Atomic<Int>(0)

    /// Lets the model go on in the response with that number, from 0.
    func give(_ cue: Cue, response: Int) { responses[response].continuation.yield(cue) }

    /// The cues of the response that the model begins now.
    func next() -> AsyncStream<Cue> {
        responses[begun.wrappingAdd(1, ordering: .relaxed).oldValue].stream
    }
}

/// A model that emits one event at each cue, until it is cancelled or finished.
struct CuedModel: LanguageModel {
    let name = "cued model"
    let cues: ModelCues

    func respond(to request: ResponseRequest, emit: (ModelEvent) async throws -> Void) async throws {
        for await cue in cues.next() {
            switch cue {
            case .emit(let event):
                try await emit(event)
                if case .finished = event { return }
            case .fail(let failure): throw failure
            }
        }
        try Task.checkCancellation()
    }
}

/// A transcriber that always hears the same.
struct FixedTranscriber: Transcriber {
    let name = "fixed transcriber"
    let hint = "It hears what the test tells it."
    let transcript: String

    func transcribe(_ recording: Recording, language: String?, prompt: String?) async throws -> String? { transcript }
}

/// A voice that these tests never ask for: their models bring their own sound.
struct NoSynthesizer: SpeechSynthesizer {
    let name = "no synthesizer"

    func speak(_ utterance: Utterance, emit: ([Int16]) async throws -> Void) async throws {
        throw EngineFailure(message: "There is no voice for '\(utterance.text)'.")
    }
}

/// An engine in front of another that reports its transcripts when and in which pieces the test wants.
///
/// The samples show transcripts in pieces and in the middle of a response. Slots of the pipeline give a whole text, as
/// soon as they have it.
struct CuedTranscripts: Engine {
    enum Cue: Sendable {
        case delta(String, [TokenLogProbability]?)
        /// What the other engine has said.
        case completed([TokenLogProbability]?)
    }

    let engine: any Engine
    let cues: AsyncStream<Cue>

    func run(_ session: EngineSession) async throws {
        try await engine.run(
            EngineSession(id: session.id, commands: session.commands) { event in
                guard case .transcription(let itemID, .completed(let text, _, _)) = event else {
                    return try await session.send(event)
                }
                for await cue in cues {
                    switch cue {
                    case .delta(let text, let logProbabilities):
                        let delta = TranscriptionProgress.delta(text, logProbabilities: logProbabilities)
                        try await session.send(.transcription(itemID: itemID, delta))
                    case .completed(let logProbabilities):
                        let whole = TranscriptionProgress.completed(text, logProbabilities: logProbabilities)
                        return try await session.send(.transcription(itemID: itemID, whole))
                    }
                }
            }
        )
    }
}
