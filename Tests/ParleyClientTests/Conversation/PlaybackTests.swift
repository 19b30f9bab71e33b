// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ParleyClient

@Suite("What has been played")
struct PlaybackTests {
    private var playback = Playback()

    @Test("moves through the items, sample by sample")
    mutating func moves() {
        playback.enqueue(itemID: "a", samples: 100)
        playback.enqueue(itemID: "a", samples: 140)
        playback.enqueue(itemID: "b", samples: 240)
        playback.played(samples: 120)
        #expect(playback.position == Playback.Position(itemID: "a", samples: 120))
        #expect(playback.position?.milliseconds == 5)
        playback.played(samples: 240)
        #expect(playback.position == Playback.Position(itemID: "b", samples: 120))
        #expect(playback.waitingSamples == 120)
        playback.played(samples: 500)
        #expect(playback.position == nil)
        #expect(playback.waitingSamples == 0)
    }

    @Test("goes on in an item whose sound ran dry")
    mutating func dry() {
        playback.enqueue(itemID: "a", samples: 240)
        playback.played(samples: 240)
        playback.enqueue(itemID: "a", samples: 240)
        playback.played(samples: 24)
        #expect(playback.position == Playback.Position(itemID: "a", samples: 264))
    }

    @Test("stops where it is and forgets the rest")
    mutating func stops() {
        playback.enqueue(itemID: "a", samples: 480)
        playback.played(samples: 48)
        let position = playback.stop()
        #expect(position?.milliseconds == 2)
        #expect(playback.stop() == nil)
        #expect(playback.waitingSamples == 0)
    }
}
