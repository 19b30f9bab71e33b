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
    private func sound(ms: Int) -> SessionInput {
        .client(.inputAudioBufferAppend(ByteBuffer(repeating: 0, count: 48 * ms)), eventID: nil)
    }

    @Test("goes on with the sound that comes in, and with nothing else a client does")
    func sound() {
        var clock = SessionClock.counted
        let start = clock.now(.opened, format: .pcm)
        #expect(clock.now(sound(ms: 100), format: .pcm) - start == .milliseconds(100))
        #expect(clock.now(.client(.inputAudioBufferCommit, eventID: nil), format: .pcm) - start == .milliseconds(100))
        #expect(clock.current - start == .milliseconds(100))
    }

    @Test("goes on to the time for which a timer that fires was set")
    func timers() {
        var clock = SessionClock.counted
        let start = clock.now(.opened, format: .pcm)
        clock.started(.idle, after: .seconds(5))
        _ = clock.now(sound(ms: 1_000), format: .pcm)
        #expect(clock.now(.fired(.idle), format: .pcm) - start == .seconds(5))
        #expect(clock.now(.fired(.expiry), format: .pcm) - start == .seconds(5))
    }

    @Test("is the system's without one")
    func real() {
        var clock = SessionClock.real
        let before = NIODeadline.now()
        #expect(clock.now(.opened, format: .pcm) >= before && clock.current >= before)
    }
}
