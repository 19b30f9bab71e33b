// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// Turns text into speech.
package protocol SpeechSynthesizer: Sendable {
    /// What speaks, as the start-up table names it (`espeak-ng`).
    var name: String { get }

    /// Says `utterance`, handing its sound to `emit` piece by piece as it is made.
    ///
    /// The samples are signed 16-bit mono at 24 000 Hz, any number at a time. `emit` suspends while the listener is
    /// behind, which is to hold up the making too. Cancelling the task stops at once: connections are closed and child
    /// processes are gone when this returns.
    ///
    /// - Throws: what `emit` throws, `CancellationError`, an ``EngineFailure`` fit to be shown to the client, or a
    ///   ``BackendFailure``.
    func speak(_ utterance: Utterance, emit: (_ samples: [Int16]) async throws -> Void) async throws

    /// Keeps ready what speaking needs, until the task is cancelled; returns at once if there is nothing to keep.
    ///
    /// Speaking works without it, only the first sound comes later.
    func keepWarm() async

    /// Somebody has begun to speak, or a session has begun: what can be done ahead of the next sentence, such as opening a
    /// connection. Returns when it is done.
    func prepare() async
}

extension SpeechSynthesizer {
    /// Nothing to keep ready.
    package func keepWarm() async {}

    /// Nothing to be done.
    package func prepare() async {}
}

/// Something to be said.
package struct Utterance: Sendable, Equatable {
    /// Plain text, usually one or two sentences, without markup.
    package var text: String
    /// The voice's name as the client wrote it (`alloy`, `verse`, …); unknown names mean the default voice.
    package var voice: String
    /// Speaking rate, 1 = normal.
    package var speed: Double
    /// ISO 639-1 language of the text, if it is known.
    package var language: String?

    /// Makes an utterance.
    package init(text: String, voice: String = "alloy", speed: Double = 1, language: String? = nil) {
        self.text = text
        self.voice = voice
        self.speed = speed
        self.language = language
    }
}
