// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import ParleyEvents
import ParleySession
import Testing

@testable import ParleyServer

@Suite("The clock of a session with a seed")
struct SessionClockTests {
    private static let real = NIODeadline.uptimeNanoseconds(77)

    private func sound(ms: Int) -> SessionInput {
        .client(.inputAudioBufferAppend(ByteBuffer(repeating: 0, count: 48 * ms)), eventID: nil)
    }

    @Test("goes on with the sound that comes in, and with nothing else a client does")
    func sound() {
        var clock = SessionClock.counted
        let start = clock.time(of: .opened, real: Self.real, format: .pcm)
        #expect(clock.time(of: sound(ms: 100), real: Self.real, format: .pcm) - start == .milliseconds(100))
        #expect(
            clock.time(of: .client(.inputAudioBufferCommit, eventID: nil), real: Self.real, format: .pcm) - start
                == .milliseconds(100)
        )
        #expect(clock.current - start == .milliseconds(100))
    }

    @Test("goes on to the time for which a timer that fires was set")
    func timers() {
        var clock = SessionClock.counted
        let start = clock.time(of: .opened, real: Self.real, format: .pcm)
        clock.started(.idle, after: .seconds(5))
        _ = clock.time(of: sound(ms: 1_000), real: Self.real, format: .pcm)
        #expect(clock.time(of: .fired(.idle), real: Self.real, format: .pcm) - start == .seconds(5))
        #expect(clock.time(of: .fired(.expiry), real: Self.real, format: .pcm) - start == .seconds(5))
    }

    @Test("is the system's without one")
    func real() {
        var clock = SessionClock.real
        let before = NIODeadline.now()
        #expect(clock.time(of: .opened, real: Self.real, format: .pcm) == Self.real)
        #expect(clock.current >= before)
    }
}
