// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import ParleySession

/// Turns speech into text.
package protocol Transcriber: Sendable {
    /// What listens, as the start-up table names it (`pocketsphinx`).
    var name: String { get }

    /// One sentence for people about what it understands and how to understand more.
    var hint: String { get }

    /// Writes down what is spoken in `recording`.
    ///
    /// - Parameters:
    ///   - recording: what was spoken, in any rate.
    ///   - language: ISO 639-1 language, if the client told it.
    ///   - prompt: a hint from the client: names and words to expect.
    /// - Returns: the text, empty if nothing was understood; `nil` if this is not the kind of sound it listens for, so
    ///   that another transcriber may try.
    /// - Throws: `CancellationError`, an ``EngineFailure`` fit to be shown to the client, or a
    ///   ``BackendFailure``.
    func transcribe(_ recording: Recording, language: String?, prompt: String?) async throws -> String?

    /// Writes down what is spoken in `recording`, as ``transcribe(_:language:prompt:)`` does, and tells `partial` the
    /// text as it grows, where that is possible.
    func transcribe(
        _ recording: Recording,
        language: String?,
        prompt: String?,
        partial: (_ text: String) async throws -> Void
    ) async throws -> String?

    /// Whether it is worth transcribing speech while the user may still go on (``EngineCommand/anticipate(_:)``).
    var anticipates: Bool { get }

    /// Keeps ready what listening needs, until the task is cancelled; returns at once if there is nothing to keep.
    func keepWarm() async

    /// Somebody has begun to speak, or a session has begun: what can be done ahead of the next recording, such as opening a
    /// connection. Returns when it is done.
    func prepare() async
}

extension Transcriber {
    /// Tells nothing before all is known.
    package func transcribe(
        _ recording: Recording,
        language: String?,
        prompt: String?,
        partial: (_ text: String) async throws -> Void
    ) async throws -> String? { try await transcribe(recording, language: language, prompt: prompt) }

    /// It is not.
    package var anticipates: Bool { false }

    /// Nothing to keep ready.
    package func keepWarm() async {}

    /// Nothing to be done.
    package func prepare() async {}
}
