// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import Synchronization

/// What is known of the connections to a server that are open and unused, which the HTTP library does not tell.
final class IdleConnections: Sendable {
    /// How long one is counted on: servers close them after five seconds and more.
    static let lifetime = TimeAmount.seconds(4)
    /// More are of no interest.
    private static let most = 64

    private struct State {
        /// When each is not counted on any more, in their order.
        var ends: [NIODeadline] = []
        var isOpening = false
    }

    private let state = Mutex(State())

    /// A question goes out on one of them, or on a new one.
    func taken() { state.withLock { _ = $0.ends.popLast() } }

    /// A question was answered to the end.
    func returned(at now: NIODeadline = .now()) { state.withLock { Self.add(now, &$0) } }

    /// Whether one is to be opened now; only one is at a time, until ``opened(_:at:)`` is called.
    func isLacking(at now: NIODeadline = .now()) -> Bool {
        state.withLock { state in
            state.ends.removeAll { $0 <= now }
            guard state.ends.isEmpty, !state.isOpening else { return false }
            state.isOpening = true
            return true
        }
    }

    /// One was opened, or could not be.
    func opened(_ isOpen: Bool, at now: NIODeadline = .now()) {
        state.withLock { state in
            state.isOpening = false
            if isOpen { Self.add(now, &state) }
        }
    }

    private static func add(_ now: NIODeadline, _ state: inout State) {
        state.ends.append(now + lifetime)
        if state.ends.count > most { state.ends.removeFirst() }
    }
}
