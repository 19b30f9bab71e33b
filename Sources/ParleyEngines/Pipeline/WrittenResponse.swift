// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleySession

/// Produces one response as text.
struct WrittenResponse: Sendable {
    let request: ResponseRequest
    let model: any LanguageModel
    let watch: LatencyWatch
    let send: @Sendable (ResponseProgress) async throws -> Void

    /// Produces the response up to and including `finished`.
    func run() async throws {
        var filter = ReasoningFilter()
        var isFinished = false
        watch.mark(.asked)
        do {
            try await model.respond(to: request) { event in
                guard !isFinished else { return }
                if event.isAnswer { watch.mark(.answered) }
                if case .text(let text) = event {
                    try await deliver(filter.push(text))
                    return
                }
                try await deliver(filter.finish())
                switch event {
                case .text: break
                case .audio(let transcript, _): try await deliver(transcript)
                case .toolCall(let index, let progress): try await send(.toolCall(index: index, progress))
                case .finished(let reason, let usage):
                    isFinished = true
                    try await send(.finished(reason, usage: usage))
                }
            }
        } catch {
            // What goes wrong behind the last event is of no interest.
            guard isFinished else { throw error }
        }
        guard !isFinished else { return }
        try await deliver(filter.finish())
        try await send(.finished(.completed, usage: nil))
    }

    private func deliver(_ text: String) async throws {
        if !text.isEmpty { try await send(.text(text)) }
    }
}
