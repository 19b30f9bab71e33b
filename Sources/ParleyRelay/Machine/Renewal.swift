// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import ParleyWebSocket

/// How far the replacement of an upstream session is.
enum Renewal: Sendable {
    /// It is not time yet.
    case waiting
    /// The next pause will do.
    case due
    /// Another session is being opened, or open and waiting for a pause.
    case opening(Opening)
    /// The conversation is being replayed into it; the client's messages wait.
    case replaying(Replay)

    struct Opening: Sendable {
        let number: Int
        var isReady = false
        /// Audio of the client that the server in use may not have made anything of.
        var audio = CarriedAudio()
        /// Earlier speech that only the server in use still has.
        var recall: AudioRecall
    }

    struct Replay: Sendable {
        let number: Int
        let audio: CarriedAudio
        /// Id of the update whose answer is awaited.
        var updateID: String?
        /// The items that are not there yet, by the id of the event that creates them.
        var awaited: [String: String] = [:]
        /// Items that are there, of which the server has not said that they are done.
        var undone: Set<String> = []
        /// How the session in use has ended meanwhile.
        var lost: CloseSummary?

        var isComplete: Bool { updateID == nil && awaited.isEmpty }
    }

    var isWaiting: Bool {
        if case .waiting = self { return true }
        return false
    }

    var isReplaying: Bool {
        if case .replaying = self { return true }
        return false
    }

    /// The connection that is to replace the one in use.
    var number: Int? {
        switch self {
        case .waiting, .due: nil
        case .opening(let opening): opening.number
        case .replaying(let replay): replay.number
        }
    }

    /// Remembers audio that the client sends while another session is opened.
    mutating func carry(_ audio: ByteBuffer) {
        guard case .opening(var opening) = self else { return }
        // Else there would be two owners, and a copy.
        self = .waiting
        opening.audio.append(audio)
        self = .opening(opening)
    }

    /// The server has made an item of what the client sent until now.
    mutating func forgetAudio() {
        guard case .opening(var opening) = self else { return }
        opening.audio = CarriedAudio()
        self = .opening(opening)
    }

    /// The session in use has ended: whether that does not matter, because everything is on its way to another.
    mutating func lost(current summary: CloseSummary) -> Bool {
        guard case .replaying(var replay) = self else { return false }
        replay.lost = summary
        self = .replaying(replay)
        return true
    }
}
