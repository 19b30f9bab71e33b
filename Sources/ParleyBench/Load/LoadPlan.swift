// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import ParleyEvents

/// What load to put on a server.
package struct LoadPlan: Sendable {
    /// What a session does.
    package enum Mode: String, Sendable, CaseIterable {
        /// Appends audio and gets it back from an engine that echoes; the n-th delta answers the n-th append.
        case append
        /// Speaks, and waits for the spoken answer.
        case talk
        /// Sends a text to a plain WebSocket echo and gets it back.
        case echo
        /// Connects and closes, again and again.
        case handshake
        /// Connects and does nothing.
        case idle
    }

    /// When the next message is sent.
    package enum Pace: String, Sendable, CaseIterable {
        /// When its audio would have been recorded, whatever has been answered.
        case realtime
        /// When the one before it was answered.
        case max
    }

    package var mode: Mode
    /// How many sessions at a time.
    package var sessions: Int
    package var pace = Pace.realtime
    /// Length of a piece of audio in ms; in mode ``Mode/echo`` the time between two messages.
    package var chunkMilliseconds = 100
    /// Over how many seconds the sessions are opened; 0 for as fast as it goes.
    package var rampSeconds = 0.0
    /// How many seconds pass after that before anything is counted.
    package var warmupSeconds = 1.0
    /// For how many seconds it is measured.
    package var seconds = 10.0
    /// How long a session may take to open, its `session.created` included.
    package var openSeconds = 10.0
    package var dialect = Dialect.ga
    /// In mode ``Mode/talk``: the server finds the end of the speech; otherwise it is committed.
    package var serverFindsTurns = false
    /// In mode ``Mode/echo``: length of the text in bytes.
    package var echoBytes = 1_024
    /// What to say, PCM16 of 24 kHz; nil for a generated sound.
    package var speech: [Int16]?

    /// Whether the server begins a session with `session.created`, as the protocol asks; if so, it is awaited.
    package var serverSendsSession = true

    package init(mode: Mode, sessions: Int) {
        self.mode = mode
        self.sessions = sessions
    }

    /// Whether `session.created` has to come before anything is sent.
    var awaitsSession: Bool { serverSendsSession && mode != .echo && mode != .handshake }

    /// Whether messages are due at certain times.
    package var isPaced: Bool {
        switch mode {
        case .talk: true
        case .append, .echo: pace == .realtime
        case .handshake, .idle: false
        }
    }

    /// Nanoseconds between two messages of a session.
    var period: Int64 { Int64(chunkMilliseconds) * 1_000_000 }
}
