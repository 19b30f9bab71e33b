// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore

/// What the sessions of one event loop share: the clock's origin, what is counted, and whether the run goes on.
///
/// It belongs to one event loop, and nobody else touches it.
final class LoopFigures {
    let plan: LoadPlan
    let frames: ClientFrames
    private let origin: NIODeadline
    /// What happened since it was last taken.
    var interval = Interval()
    /// Whether sessions are closed because the run is over.
    var isEnding = false

    init(plan: LoadPlan, frames: ClientFrames, origin: NIODeadline) {
        self.plan = plan
        self.frames = frames
        self.origin = origin
    }

    /// Nanoseconds since the beginning.
    var now: Int64 { (NIODeadline.now() - origin).nanoseconds }

    /// A moment of the run on the event loop's clock.
    func deadline(_ nanoseconds: Int64) -> NIODeadline { origin + .nanoseconds(nanoseconds) }

    /// Counts an answer to what was due at `due`.
    func answered(due: Int64, at now: Int64) {
        interval.answered += 1
        interval.latency.record(UInt64(max(0, now - due)) / 1_000)
    }
}
