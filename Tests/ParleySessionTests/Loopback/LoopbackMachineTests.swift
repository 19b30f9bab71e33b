// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import ParleyEvents
import ParleySession
import Testing

@Suite("The loopback session")
struct LoopbackMachineTests {
    private var machine = LoopbackMachine(session: .test(), ids: IDSource(seed: 3))
    private let now = NIODeadline.uptimeNanoseconds(1)

    private mutating func received(_ event: ClientEvent) -> [SessionAction] {
        var actions: [SessionAction] = []
        machine.received(event, eventID: "mine", at: now, into: &actions)
        return actions
    }

    @Test("speaks first")
    mutating func opening() {
        var actions: [SessionAction] = []
        machine.opened(into: &actions)
        #expect(actions == [.send(.sessionCreated(.test())), .startTimer(.expiry, after: .minutes(60))])
        #expect(!machine.isResponding)
    }

    @Test("answers each append with the same bytes under the same ids")
    mutating func echo() throws {
        let audio = ByteBuffer(bytes: [1, 2, 3, 4])
        let first = received(.inputAudioBufferAppend(audio))
        guard case .send(.audioDelta(let address, audio))? = first.first, first.count == 1 else {
            Issue.record("another answer: \(first)")
            return
        }
        #expect(address.responseID.hasPrefix("resp_"))
        #expect(address.itemID.hasPrefix("item_"))
        let more = ByteBuffer(repeating: 5, count: 100_000)
        #expect(received(.inputAudioBufferAppend(more)) == [.send(.audioDelta(address, more))])
    }

    @Test("takes updates as every session does")
    mutating func update() {
        #expect(
            received(.sessionUpdate(["type": "realtime", "instructions": "x"]))
                == [.send(.sessionUpdated(machine.session))]
        )
        #expect(machine.session.instructions == "x")
        var error = RealtimeError.unknownParameter("session.temperature")
        error.eventID = "mine"
        #expect(received(.sessionUpdate(["type": "realtime", "temperature": 1])) == [.send(.error(error))])
    }

    @Test("clears nothing, and says that it is clear")
    mutating func clear() {
        #expect(received(.inputAudioBufferClear) == [.send(.inputAudioBufferCleared)])
    }

    @Test(
        "says that it is no more than a loopback",
        arguments: [
            ClientEvent.inputAudioBufferCommit, .responseCreate(ResponseOverrides()), .responseCancel(responseID: nil),
            .conversationItemDelete(itemID: "i"),
        ]
    )
    mutating func unsupported(event: ClientEvent) {
        let error = RealtimeError(
            code: "unsupported_by_engine",
            message: "The loopback engine only answers input_audio_buffer.append, with the same audio. "
                + "Serve another engine to talk.",
            param: "type",
            eventID: "mine"
        )
        #expect(received(event) == [.send(.error(error))])
    }

    @Test("ends like every session, and is silent then")
    mutating func expiry() {
        var actions: [SessionAction] = []
        machine.fired(.expiry, at: now, into: &actions)
        #expect(actions.count == 2)
        #expect(actions.last == .close(code: 1001, reason: "Your session hit the maximum duration of 60 minutes."))
        #expect(received(.inputAudioBufferAppend(ByteBuffer(bytes: [1, 2]))).isEmpty)
        machine.fired(.expiry, at: now, into: &actions)
        #expect(actions.count == 2)
    }

    @Test("has no engine to listen to")
    mutating func engine() {
        var actions: [SessionAction] = []
        machine.received(.response(id: "r", .text("x")), at: now, into: &actions)
        #expect(actions.isEmpty)
    }
}
