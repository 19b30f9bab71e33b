// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyClient
internal import ParleyEvents

/// Keeps count of turns and replies, as far as they have been shown.
actor TalkScore {
    /// Of so many responses it is known that they were shown; a turn asks right after its own.
    private static let rememberedResponses = 64

    /// Turns without an answer so far.
    private(set) var openTurns = 0
    /// Responses that were completed.
    private(set) var replies = 0
    /// Whether a response is due that has not begun: to speech that has ended, or to the result of a function.
    private var isDue = false
    private var underWay: Set<String> = []
    private var seen: [String] = []
    private var hasSeenAll = false
    private var watchers: [AsyncStream<Void>.Continuation] = []

    private let answersCalls: Bool

    /// A score of nothing yet.
    ///
    /// - Parameter answersCalls: Whether there are functions, after whose results the model goes on.
    init(answersCalls: Bool) { self.answersCalls = answersCalls }

    func begins() { openTurns += 1 }
    func ends() { openTurns -= 1 }

    /// Whether the server owes no response.
    var isSettled: Bool { !isDue && underWay.isEmpty }

    /// Whether everything of a response has been shown.
    func hasSeen(_ responseID: String) -> Bool { seen.contains(responseID) }

    /// An update has been shown.
    func saw(_ update: RealtimeUpdate) {
        switch update {
        case .event(let received): saw(received.event)
        case .state(.reconnecting):
            // A new session owes nothing.
            isDue = false
            underWay = []
        case .state, .sent, .change, .toolStarted, .toolFinished, .invalid: return
        }
        watchers.removeAll {
            if case .terminated = $0.yield() { true } else { false }
        }
    }

    private func saw(_ event: ServerEvent) {
        switch event {
        case .inputAudioBufferCommitted: isDue = true
        case .responseCreated(let response):
            isDue = false
            underWay.insert(response.id)
        case .responseDone(let response):
            underWay.remove(response.id)
            seen = seen.suffix(Self.rememberedResponses - 1) + [response.id]
            guard response.status == .completed else { return }
            replies += 1
            let calls = response.output.contains { if case .functionCall = $0.kind { true } else { false } }
            isDue = answersCalls && calls
        default: break
        }
    }

    /// There are no more updates.
    func sawAll() {
        hasSeenAll = true
        for watcher in watchers { watcher.finish() }
        watchers = []
    }

    /// Waits until a condition holds, there are no more updates, or the task is cancelled.
    func wait(until holds: @Sendable (isolated TalkScore) -> Bool) async {
        guard !hasSeenAll, !holds(self) else { return }
        let (changes, watcher) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        watchers.append(watcher)
        for await _ in changes where holds(self) { break }
    }
}
