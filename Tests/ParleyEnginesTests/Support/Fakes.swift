// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyEngines
import ParleySession

/// A model that is a closure.
struct FakeModel: LanguageModel {
    let name = "fake model"
    let body: @Sendable (ResponseRequest, _ emit: (ModelEvent) async throws -> Void) async throws -> Void

    func respond(to request: ResponseRequest, emit: (ModelEvent) async throws -> Void) async throws {
        try await body(request, emit)
    }

    /// A model that says these pieces of text.
    static func saying(_ pieces: String...) -> FakeModel {
        FakeModel { _, emit in for piece in pieces { try await emit(.text(piece)) } }
    }
}

/// A synthesizer that is a closure.
struct FakeSynthesizer: SpeechSynthesizer {
    let name = "fake synthesizer"
    let body: @Sendable (Utterance, _ emit: ([Int16]) async throws -> Void) async throws -> Void

    func speak(_ utterance: Utterance, emit: ([Int16]) async throws -> Void) async throws {
        try await body(utterance, emit)
    }

    /// A sample for each character.
    static let brief = FakeSynthesizer { utterance, emit in
        try await emit(utterance.text.unicodeScalars.map { Int16(truncatingIfNeeded: $0.value) })
    }
}

/// A transcriber that is a closure.
struct FakeTranscriber: Transcriber {
    let name = "fake transcriber"
    let hint = "It understands nothing."
    let body: @Sendable (Recording) async throws -> String?

    func transcribe(_ recording: Recording, language: String?, prompt: String?) async throws -> String? {
        try await body(recording)
    }
}

/// Counts, from any task.
actor Counter {
    private(set) var value = 0

    func increment() { value += 1 }

    /// Counts on and returns the new value.
    func next() -> Int {
        value += 1
        return value
    }
}

/// Lets tasks through once it is open.
actor Gate {
    private var isOpen = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    func open() {
        isOpen = true
        for continuation in waiting { continuation.resume() }
        waiting.removeAll()
    }

    func pass() async {
        if isOpen { return }
        await withCheckedContinuation { waiting.append($0) }
    }
}
