// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyAudio
package import ParleySession

/// Answers by a script: without any language model, for newcomers and for tests.
package struct ScriptedModel: LanguageModel {
    /// What the script needs from the world.
    package struct Surroundings: Sendable {
        /// The time of day.
        package var now: @Sendable () -> LocalTime = { LocalTime.now() }
        /// A number from 0 up to but not including the argument.
        package var choose: @Sendable (Int) -> Int = { Int.random(in: 0..<max($0, 1)) }
        /// Waits that long.
        package var sleep: @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }

        /// The real world.
        package init() {}
    }

    package let name: String
    private let script: Script
    private let surroundings: Surroundings

    /// A model that answers by `script`.
    package init(script: Script, surroundings: Surroundings = Surroundings()) {
        name = "\(script.name) script"
        self.script = script
        self.surroundings = surroundings
    }

    package func respond(to request: ResponseRequest, emit: (_ event: ModelEvent) async throws -> Void) async throws {
        let interpreter = ScriptInterpreter(script: script, time: surroundings.now(), choose: surroundings.choose)
        var budget = WordBudget(limit: request.maxOutputTokens)
        var calls = 0
        for (index, step) in interpreter.steps(for: request).enumerated() {
            switch step {
            case .say(let text):
                for word in budget.words(of: index > 0 ? " " + text : text) { try await emit(.text(word)) }
            case .wait(let duration): try await surroundings.sleep(duration)
            case .play(let recording):
                try await emit(.audio(transcript: Self.note(on: recording), samples: try Self.at24kHz(recording)))
            case .call(let name, let arguments):
                guard !budget.isSpent else { break }
                try await emit(.toolCall(index: calls, .started(callID: nil, name: name)))
                try await emit(.toolCall(index: calls, .arguments(arguments)))
                try await emit(.toolCall(index: calls, .finished))
                calls += 1
            }
            if budget.isSpent { break }
        }
        let usage = TokenUsage(input: WordBudget.count(in: request), output: budget.used)
        try await emit(.finished(budget.isSpent ? .maxOutputTokens : .completed, usage: usage))
    }

    private static func note(on recording: Recording) -> String {
        "[your recording of \(SpokenNumber.written((Double(recording.durationMS) / 100).rounded() / 10)) seconds]"
    }

    private static func at24kHz(_ recording: Recording) throws -> [Int16] {
        guard recording.sampleRate != 24_000 else { return recording.samples }
        var resampler = try Resampler(from: recording.sampleRate, to: 24_000, quality: .playback)
        var samples: [Int16] = []
        resampler.process(recording.samples.span, into: &samples)
        resampler.flush(into: &samples)
        return samples
    }
}

/// Counts words where a language model counts tokens.
private struct WordBudget {
    /// The most words that may be used.
    let limit: Int?
    private(set) var used = 0
    /// Whether words were left out.
    private(set) var isSpent = false

    init(limit: Int?) { self.limit = limit }

    /// The words of `text` that may still be used, with the white space around them.
    mutating func words(of text: String) -> [String] {
        var words: [String] = []
        for (index, word) in text.split(separator: " ").enumerated() {
            guard used < limit ?? .max else {
                isSpent = true
                break
            }
            used += 1
            words.append(index > 0 || text.hasPrefix(" ") ? " \(word)" : String(word))
        }
        return words
    }

    /// The words of everything the model was given.
    static func count(in request: ResponseRequest) -> Int {
        let texts = request.context.flatMap { item -> [String] in
            switch item {
            case .message(_, _, let parts):
                parts.compactMap { part in
                    switch part {
                    case .text(let text): text
                    case .audio(_, let transcript): transcript
                    case .picture: nil
                    }
                }
            case .functionCall(_, let name, let arguments): [name, arguments]
            case .functionOutput(_, let output): [output]
            }
        }
        return ([request.instructions] + texts).reduce(0) { $0 + $1.split(whereSeparator: \.isWhitespace).count }
    }
}
