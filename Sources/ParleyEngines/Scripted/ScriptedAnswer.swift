// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleySession

/// One response of a script.
struct ScriptedAnswer: Sendable {
    /// 100 ms of sound: what is sent at a time, whatever pieces a synthesizer makes.
    private static let samplesPerPiece = 2_400

    let engine: ScriptedEngine
    let request: ResponseRequest
    let send: @Sendable (ResponseProgress) async throws -> Void
    let fault: @Sendable (SessionFault) async throws -> Void

    /// Produces the response up to its end, or until it is stopped.
    func perform(_ actions: [ScriptPlayer.Action]) async {
        var hasSpoken = false
        var calls = 0
        do {
            for action in actions {
                switch action {
                case .say(let text, let voice, let pace, let percent):
                    let text = hasSpoken ? " \(text)" : text
                    hasSpoken = true
                    if request.wantsAudio, voice != .none {
                        try await speak(text, voice, pace, percent)
                    } else {
                        try await write(text, pace, percent)
                    }
                case .wait(let duration): try await engine.sleep(duration)
                case .call(let name, let arguments):
                    try await send(.toolCall(index: calls, .started(callID: nil, name: name)))
                    try await send(.toolCall(index: calls, .arguments(arguments)))
                    try await send(.toolCall(index: calls, .finished))
                    calls += 1
                case .again(let progress): try await send(progress)
                case .fault(let fault): try await self.fault(fault)
                case .finish: try await send(.finished(.completed, usage: nil))
                case .fail(let failure): try await send(.failed(failure))
                }
            }
        } catch let failure as EngineFailure {
            try? await send(.failed(failure))
        } catch {
            // Stopped, or the session is over.
        }
    }

    /// Word by word, as a language model makes them.
    private func write(_ text: String, _ pace: Duration, _ percent: Int) async throws {
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        let count = words.count * percent / 100
        for (index, word) in words.prefix(count).enumerated() {
            if index > 0, pace > .zero { try await engine.sleep(pace) }
            let piece = index > 0 ? " \(word)" : String(word)
            try await send(request.wantsAudio ? .transcript(piece) : .text(piece))
        }
    }

    /// The words, then their sound.
    private func speak(_ text: String, _ voice: SessionScript.Voice, _ pace: Duration, _ percent: Int) async throws {
        try await send(.transcript(text))
        let utterance = Utterance(text: text, voice: request.voice, speed: request.speed)
        var samples: [Int16] = []
        if voice == .local {
            try await engine.localVoice.speak(utterance) { samples += $0 }
        } else {
            try await ToneSynthesizer().speak(utterance) { samples += $0 }
        }
        samples.removeLast(samples.count - samples.count * percent / 100)
        for (index, piece) in samples.pieces(of: Self.samplesPerPiece).enumerated() {
            if index > 0, pace > .zero { try await engine.sleep(pace) }
            try await send(.audio(piece))
        }
    }
}
