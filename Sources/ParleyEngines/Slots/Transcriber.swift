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
    /// - Throws: `CancellationError`, or an ``EngineFailure`` fit to be shown to the client.
    func transcribe(_ recording: Recording, language: String?, prompt: String?) async throws -> String?

    /// Keeps ready what listening needs, until the task is cancelled; returns at once if there is nothing to keep.
    func keepWarm() async
}

extension Transcriber {
    /// Nothing to keep ready.
    package func keepWarm() async {}
}
