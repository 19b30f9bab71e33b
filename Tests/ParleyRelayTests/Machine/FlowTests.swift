// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import ParleyEvents
import ParleyWebSocket
import Testing

@testable import ParleyRelay

@Suite("A relay holds back whoever is too fast")
struct FlowTests {
    @Test("a client that takes nothing stops the upstream until it takes bytes again")
    func clientBlocked() {
        var harness = RelayHarness.live { $0.blockedSeconds = 12 }
        harness.perform(.blocked(.client))
        harness.perform(.blocked(.client))
        #expect(harness.takeDone() == ["pause upstream 1"])
        #expect(harness.timers[.blocked(isClient: true)] == 12)
        harness.perform(.writable(.client))
        harness.perform(.writable(.client))
        #expect(harness.takeDone() == ["resume upstream 1"])
        #expect(harness.timers[.blocked(isClient: true)] == nil)
    }

    @Test("an upstream that takes nothing stops the client")
    func upstreamBlocked() {
        var harness = RelayHarness.live()
        harness.perform(.blocked(.upstream(1)))
        #expect(harness.takeDone() == ["pause client"])
        harness.perform(.writable(.upstream(1)))
        #expect(harness.takeDone() == ["resume client"])
    }

    @Test("too long, and both are closed: the client with 1013")
    func tooLong() {
        for isClient in [true, false] {
            var harness = RelayHarness.live()
            harness.perform(.blocked(isClient ? .client : .upstream(1)))
            harness.forget()
            harness.fire(.blocked(isClient: isClient))
            let who = isClient ? "client" : "upstream"
            #expect(
                harness.done == [
                    "close upstream 1 1001 The \(who) took no bytes for 30 s.",
                    "close client 1013 The \(who) took no bytes for 30 s.",
                ]
            )
            #expect(harness.timers == [:])
        }
    }

    @Test("a client that sends much before the upstream is open is no longer read, and read again when it is")
    func heldBytes() {
        var harness = RelayHarness { $0.heldBytes = 10 }
        harness.perform(.opened)
        harness.clientText("12345")
        #expect(harness.takeDone() == ["connect 1"])
        harness.clientText("67890")
        harness.clientText("what was read already")
        #expect(harness.takeDone() == ["pause client"])
        harness.perform(.upstreamOpened(1))
        #expect(
            harness.done == [
                "upstream 1 12345", "upstream 1 67890", "upstream 1 what was read already", "resume client",
            ]
        )
    }

    @Test("an upstream that is blocked when the held messages go out keeps the client paused")
    func stillBlocked() {
        var harness = RelayHarness { $0.heldBytes = 1 }
        harness.perform(.opened)
        harness.clientText("12")
        harness.perform(.blocked(.upstream(1)))
        harness.forget()
        harness.perform(.upstreamOpened(1))
        #expect(harness.done == ["upstream 1 12"])
        harness.perform(.writable(.upstream(1)))
        #expect(harness.done.last == "resume client")
    }
}
