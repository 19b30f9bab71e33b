// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import HeapModule
internal import NIOCore

/// What an event loop is to do at a time.
// Sendable: after it was made, only its event loop touches it.
final class LoopTimer: @unchecked Sendable {
    let deadline: NIODeadline
    /// `nil` when it was cancelled or has begun.
    fileprivate var action: (() -> Void)?

    /// A timer that no loop knows yet.
    init(_ deadline: NIODeadline, _ action: @escaping () -> Void) {
        self.deadline = deadline
        self.action = action
    }
}

/// The timers of an event loop.
struct LoopTimers {
    private struct Entry: Comparable {
        let timer: LoopTimer
        let number: UInt64

        static func < (first: Entry, second: Entry) -> Bool {
            (first.timer.deadline, first.number) < (second.timer.deadline, second.number)
        }

        static func == (first: Entry, second: Entry) -> Bool { first.number == second.number }
    }

    private var entries = Heap<Entry>()
    private var made: UInt64 = 0
    private var cancelled = 0

    /// How many are kept, cancelled ones included.
    var count: Int { entries.count }

    var isEmpty: Bool { entries.isEmpty }

    /// Adds a timer; of those with one deadline, the first added is the first due.
    mutating func add(_ timer: LoopTimer) {
        // It may have been cancelled on its way here.
        guard timer.action != nil else { return }
        made += 1
        entries.insert(Entry(timer: timer, number: made))
    }

    /// Lets go of what a timer would do.
    mutating func cancel(_ timer: LoopTimer) {
        guard timer.action.take() != nil else { return }
        cancelled += 1
        // Each connection cancels some when it ends, long before they are due.
        guard cancelled > 64, cancelled > entries.count / 2 else { return }
        entries = Heap(entries.unordered.filter { $0.timer.action != nil })
        cancelled = 0
    }

    /// Takes out what is to be done by `now`; `nil` if nothing is due.
    mutating func due(at now: NIODeadline) -> (() -> Void)? {
        while let first = next(), first.timer.deadline <= now {
            entries.removeMin()
            if let action = first.timer.action.take() { return action }
        }
        return nil
    }

    /// When the next one is due.
    var nextDeadline: NIODeadline? { mutating get { next()?.timer.deadline } }

    /// The first that was not cancelled.
    private mutating func next() -> Entry? {
        while let first = entries.min {
            if first.timer.action != nil { return first }
            entries.removeMin()
            cancelled -= 1
        }
        return nil
    }
}
