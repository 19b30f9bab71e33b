// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore

/// The connections of one event loop whose handshake is not done, in the order in which their time ends.
///
/// All have the same time, so that one timer serves them all: it looks at the oldest. A timer of its own for each
/// connection would have to be searched for among those of all sessions when the handshake is done.
final class HandshakeDeadlines {
    private let timeout: TimeAmount
    private let eventLoop: any EventLoop
    private var first: FrontHandler?
    private var last: FrontHandler?
    private var isTimerSet = false

    /// Nobody yet; `timeout` is the time that everybody has.
    init(timeout: TimeAmount, on eventLoop: any EventLoop) {
        self.timeout = timeout
        self.eventLoop = eventLoop
    }

    /// The time of a connection begins.
    func add(_ handler: FrontHandler) {
        handler.deadline = eventLoop.now + timeout
        handler.previous = last
        last?.next = handler
        last = handler
        if first == nil { first = handler }
        setTimer()
    }

    /// The handshake is done, or the connection is over.
    func remove(_ handler: FrontHandler) {
        guard handler.deadline != nil else { return }
        handler.deadline = nil
        if first === handler { first = handler.next }
        if last === handler { last = handler.previous }
        handler.previous?.next = handler.next
        handler.next?.previous = handler.previous
        handler.previous = nil
        handler.next = nil
    }

    private func setTimer() {
        guard !isTimerSet, let deadline = first?.deadline else { return }
        isTimerSet = true
        eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { self.timerFired() }
    }

    private func timerFired() {
        isTimerSet = false
        let now = eventLoop.now
        while let handler = first, let deadline = handler.deadline, deadline <= now {
            remove(handler)
            handler.timedOut()
        }
        setTimer()
    }
}
