// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import ParleySession

/// Decides what to answer.
package protocol LanguageModel: Sendable {
    /// What answers, as the start-up table names it (`concierge script`).
    var name: String { get }

    /// Answers `request`, handing the answer to `emit` piece by piece as it is made.
    ///
    /// `emit` suspends while speech and client are behind, which is to hold up the making too. Cancelling the task
    /// stops at once. Returning without ``ModelEvent/finished(_:usage:)`` counts as completed.
    ///
    /// - Throws: what `emit` throws, `CancellationError`, an ``EngineFailure`` fit to be shown to the client, or a
    ///   ``BackendFailure``.
    func respond(to request: ResponseRequest, emit: (_ event: ModelEvent) async throws -> Void) async throws

    /// Somebody has begun to speak, or a session has begun: what can be done ahead of the next answer, such as opening a
    /// connection. Returns when it is done.
    func prepare() async
}

extension LanguageModel {
    /// Nothing to be done.
    package func prepare() async {}
}

/// A piece of a model's answer.
package enum ModelEvent: Sendable, Equatable {
    /// More text, to be spoken if the response is audio.
    case text(String)
    /// Ready-made sound, signed 16-bit mono at 24 000 Hz, which `transcript` describes; a text response gets only the
    /// transcript.
    case audio(transcript: String, samples: [Int16])
    /// Progress of a function call; `index` tells parallel calls apart, from 0.
    case toolCall(index: Int, ToolCallProgress)
    /// The answer is over. Nothing follows.
    case finished(FinishReason, usage: TokenUsage?)

    /// Whether this is a part of the answer itself.
    var isAnswer: Bool {
        if case .finished = self { false } else { true }
    }
}
