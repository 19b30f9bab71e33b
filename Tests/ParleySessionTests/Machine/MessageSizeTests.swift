// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import ParleyEvents
import Testing

@testable import ParleySession

@Suite("No message of ours is larger than common clients take")
struct MessageSizeTests {
    private static var limits: SessionLimits {
        var limits = SessionLimits()
        limits.messageBytes = 2_000
        return limits
    }

    private static func machine() -> SessionMachine {
        SessionMachine(
            session: Session(id: "sess_1", model: "m", expiresAt: 0),
            conversationID: "conv_1",
            limits: limits,
            ids: IDSource(seed: 1)
        )
    }

    private static func sent(_ machine: inout SessionMachine, _ event: ClientEvent) -> [ServerEvent] {
        var actions: [SessionAction] = []
        machine.received(event, eventID: "e", at: .uptimeNanoseconds(0), into: &actions)
        return actions.compactMap { action in
            guard case .send(let event) = action else { return nil }
            return event
        }
    }

    private static func error(_ events: [ServerEvent]) -> RealtimeError? {
        guard events.count == 1, case .error(let error) = events[0] else { return nil }
        return error
    }

    private static func message(_ part: ContentPart) -> Item {
        Item(id: "item_1", kind: .message(role: .user, content: [part]))
    }

    @Test("Instructions that would make the session too large are refused, and nothing changes")
    func instructions() {
        var machine = Self.machine()
        let update: JSONObject = ["type": "realtime", "instructions": .string(.init(repeating: "x", count: 2_000))]
        let error = Self.error(Self.sent(&machine, .sessionUpdate(update)))
        #expect(error?.code == "invalid_value")
        #expect(error?.param == "session")
        #expect(machine.session.instructions == "")
    }

    @Test("An item with too long a text is refused and not added", arguments: [(1_700, true), (2_000, false)])
    func text(length: Int, isTaken: Bool) {
        var machine = Self.machine()
        let item = Self.message(.inputText(.init(repeating: "x", count: length)))
        let events = Self.sent(&machine, .conversationItemCreate(item, previousItemID: nil))
        #expect((Self.error(events) == nil) == isTaken)
        #expect((machine.conversation["item_1"] != nil) == isTaken)
    }

    @Test(
        "A recording may be longer than can be shown; showing it says so",
        arguments: [(1_200, true), (1_500, false)]
    )
    func recording(bytes: Int, isShown: Bool) {
        var machine = Self.machine()
        let item = Self.message(.inputAudio(audio: ByteBuffer(repeating: 0, count: bytes), transcript: nil))
        #expect(Self.error(Self.sent(&machine, .conversationItemCreate(item, previousItemID: nil))) == nil)
        let error = Self.error(Self.sent(&machine, .conversationItemRetrieve(itemID: "item_1")))
        #expect(error?.param == (isShown ? nil : "item_id"))
    }
}
