// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ParleyConformance

@Suite("Mailbox of a connection")
struct MailboxTests {
    @Test("What came is taken in order, then the end again and again")
    func order() async {
        let mailbox = Mailbox()
        await mailbox.put(.text("one"))
        await mailbox.put(.binary(2))
        let close = WireClose(code: 1000, reason: "")
        await mailbox.finish(close)
        #expect(await mailbox.take(within: .zero) == .text("one"))
        #expect(await mailbox.take(within: .zero) == .binary(2))
        #expect(await mailbox.take(within: .zero) == .closed(close))
        #expect(await mailbox.take(within: .zero) == .closed(close))
    }

    @Test("Nothing in the time allowed is silence")
    func silence() async {
        #expect(await Mailbox().take(within: .zero) == .silence)
    }

    @Test("A reader that waits gets what comes")
    func waiting() async {
        let mailbox = Mailbox()
        async let arrival = mailbox.take(within: .seconds(60))
        await mailbox.put(.text("late"))
        #expect(await arrival == .text("late"))
        async let end = mailbox.take(within: .seconds(60))
        await mailbox.finish(WireClose(code: nil, reason: "gone"))
        #expect(await end == .closed(WireClose(code: nil, reason: "gone")))
    }

    @Test("After a silence later arrivals are taken all the same")
    func afterSilence() async {
        let mailbox = Mailbox()
        #expect(await mailbox.take(within: .zero) == .silence)
        await mailbox.put(.text("later"))
        #expect(await mailbox.take(within: .zero) == .text("later"))
    }
}
