// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import ParleyEvents
internal import ParleySession

/// The time that a session goes by: the system's, or one that stands still but for the sound that comes in and the
/// timers that fire, so that the same inputs have the same times in every run.
struct SessionClock: Sendable {
    /// The system's clock.
    static let real = SessionClock(counted: nil)
    /// A clock that only what happens in the session drives.
    static let counted = SessionClock(counted: start)

    /// Any time will do, but one that is later than none.
    private static let start = NIODeadline.uptimeNanoseconds(1_000_000_000)

    private var counted: NIODeadline?
    private var alarms: [SessionTimer: NIODeadline] = [:]

    private init(counted: NIODeadline?) { self.counted = counted }

    /// The time now.
    var current: NIODeadline { counted ?? .now() }

    /// The time at which something happens to a session.
    ///
    /// - Parameters:
    ///   - input: What happens.
    ///   - real: The system's time of it.
    ///   - format: That of the session's input, which only a counted clock asks for.
    /// - Returns: The time; never earlier than one it gave before.
    mutating func time(
        of input: SessionInput,
        real: NIODeadline,
        format: @autoclosure () -> AudioFormat
    ) -> NIODeadline {
        guard var now = counted else { return real }
        switch input {
        case .client(.inputAudioBufferAppend(let audio), _):
            let microseconds = audio.readableBytes * 1_000 / format().bytesPerMillisecond
            now = now + .microseconds(Int64(microseconds))
        case .fired(let timer): now = max(now, alarms[timer] ?? now)
        default: break
        }
        counted = now
        return now
    }

    /// A timer was started.
    mutating func started(_ timer: SessionTimer, after delay: TimeAmount) {
        guard let counted else { return }
        alarms[timer] = counted + delay
    }
}
