// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ParleyClient

@Suite("Reconnecting")
struct ReconnectPolicyTests {
    @Test("waits twice as long each time, up to the longest, less what chance takes")
    func delays() {
        var policy = ReconnectPolicy()
        policy.attempts = 9
        let delays = (1...10).map { policy.delay(beforeAttempt: $0, chance: 0) }
        #expect(
            delays == [
                .milliseconds(500), .seconds(1), .seconds(2), .seconds(4), .seconds(8), .seconds(16), .seconds(30),
                .seconds(30), .seconds(30), nil,
            ]
        )
        #expect(policy.delay(beforeAttempt: 1, chance: 1) == .milliseconds(350))
        #expect(ReconnectPolicy.never.delay(beforeAttempt: 1, chance: 0) == nil)
    }

    @Test("follows ends that another connection may not have", arguments: [nil, 1000, 1001, 1006, 1011, 1012, 1013])
    func follows(code: Int?) {
        #expect(ReconnectPolicy().reconnects(after: RealtimeClose(code: code)))
        #expect(!ReconnectPolicy().reconnects(after: RealtimeClose(code: code, isOurs: true)))
        #expect(!ReconnectPolicy.never.reconnects(after: RealtimeClose(code: code)))
    }

    @Test("does not follow what would happen again", arguments: [1002, 1003, 1007, 1008, 1009, 3000, 4000, 4001])
    func refuses(code: Int) { #expect(!ReconnectPolicy().reconnects(after: RealtimeClose(code: code))) }
}
