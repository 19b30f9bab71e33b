// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// A caller who speaks, waits for the answer, listens to its end, and after a pause speaks again.
///
/// It is asked once for every chunk of time what to send. Times are nanoseconds since the beginning.
package struct SpokenTurn: Sendable {
    /// What to send.
    package enum Step: Sendable, Equatable {
        /// Nothing.
        case nothing
        /// The chunk of speech of that number.
        case speech(Int)
        /// The last chunk of speech; then the turn is committed and a response asked for.
        case lastSpeech(Int)
        /// A chunk of silence.
        case silence
    }

    /// What an event of the server means for the measurement.
    package enum Outcome: Sendable, Equatable {
        /// The answer began so long after the end of the speech.
        case audioBegan(nanoseconds: Int64)
        /// The answer is complete.
        case completed
        /// No audio came; why.
        case failed(String)
    }

    private enum State: Equatable {
        case speaking(next: Int)
        case waiting(since: Int64)
        case listening
        case pausing(chunks: Int)
    }

    private let chunks: Int
    private let pauseChunks: Int
    private let patience: Int64
    private let listensAlways: Bool
    private var state = State.speaking(next: 0)
    private var responseID: String?

    /// - Parameters:
    ///   - chunks: Of how many chunks the speech is, at least 1.
    ///   - pauseChunks: How many chunks of time pass between an answer and the next turn.
    ///   - listensAlways: Whether the server finds the end of the speech, so that silence has to be sent while nobody
    ///     speaks; otherwise the turn is committed.
    ///   - patience: How long an answer may take to begin, in nanoseconds.
    package init(chunks: Int, pauseChunks: Int, listensAlways: Bool, patience: Int64 = 30_000_000_000) {
        self.chunks = max(1, chunks)
        self.pauseChunks = pauseChunks
        self.listensAlways = listensAlways
        self.patience = patience
    }

    /// Whether an answer is awaited that has not begun.
    package var isWaiting: Bool {
        if case .waiting = state { return true }
        return false
    }

    /// The time of a chunk has come.
    ///
    /// - Parameter due: When, which for the last chunk of speech is when the speech ends.
    /// - Returns: What to send; and that the turn failed, if the answer is overdue.
    package mutating func chunkDue(_ due: Int64) -> (step: Step, outcome: Outcome?) {
        let quiet: Step = listensAlways ? .silence : .nothing
        switch state {
        case .speaking(let next) where next + 1 < chunks:
            state = .speaking(next: next + 1)
            return (.speech(next), nil)
        case .speaking(let next):
            state = .waiting(since: due)
            responseID = nil
            return (listensAlways ? .speech(next) : .lastSpeech(next), nil)
        case .waiting(let since) where due - since > patience:
            state = .pausing(chunks: pauseChunks)
            return (quiet, .failed("no audio within \(patience / 1_000_000_000) s of the end of the speech"))
        case .waiting, .listening: return (quiet, nil)
        case .pausing(let chunks) where chunks > 0:
            state = .pausing(chunks: chunks - 1)
            return (quiet, nil)
        case .pausing:
            state = .speaking(next: 0)
            return chunkDue(due)
        }
    }

    /// A response was begun.
    package mutating func responseCreated(id: String) {
        if isWaiting, responseID == nil { responseID = id }
    }

    /// A piece of audio came.
    ///
    /// - Parameters:
    ///   - id: The response that it belongs to, if it says so.
    ///   - now: When.
    /// - Returns: What it means; nil for anything but the first piece of the answer.
    package mutating func audioCame(responseID id: String?, at now: Int64) -> Outcome? {
        guard case .waiting(let since) = state else { return nil }
        // What was begun before the end of the speech is no answer to it.
        guard let responseID else { return nil }
        guard id == nil || id == responseID else { return nil }
        state = .listening
        return .audioBegan(nanoseconds: now - since)
    }

    /// A response ended.
    package mutating func responseDone(id: String, status: String) -> Outcome? {
        guard id == responseID else { return nil }
        let hadAudio = state == .listening
        guard hadAudio || isWaiting else { return nil }
        state = .pausing(chunks: pauseChunks)
        return hadAudio ? .completed : .failed("a response ended without audio (\(status))")
    }
}
