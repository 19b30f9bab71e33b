// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// What arrived and is not read yet, for one reader that waits a limited time.
actor Mailbox {
    private var arrivals: [WireArrival] = []
    private var end: WireClose?
    private var waiter: CheckedContinuation<Void, Never>?
    private var turn = 0

    /// Something came.
    func put(_ arrival: WireArrival) {
        arrivals.append(arrival)
        wake()
    }

    /// The connection is over.
    func finish(_ close: WireClose) {
        end = close
        wake()
    }

    /// The next arrival; the end again and again once there is nothing else.
    func take(within patience: Duration) async -> WireArrival {
        if let arrival = ready() { return arrival }
        turn += 1
        let timer = Task { [turn] in
            try? await Task.sleep(for: patience)
            giveUp(turn)
        }
        await withCheckedContinuation { waiter = $0 }
        timer.cancel()
        return ready() ?? .silence
    }

    private func ready() -> WireArrival? {
        if !arrivals.isEmpty { return arrivals.removeFirst() }
        return end.map(WireArrival.closed)
    }

    private func giveUp(_ turn: Int) {
        if turn == self.turn { wake() }
    }

    private func wake() {
        waiter?.resume()
        waiter = nil
    }
}
