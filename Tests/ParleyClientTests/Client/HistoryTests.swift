// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import ParleyEvents
import Testing

@testable import ParleyClient

@Suite("What a new session is told")
struct HistoryTests {
    @Test("words and results with their ids; no sound, no call without a result")
    func items() {
        var conversation = Conversation()
        let items: [Item] = [
            Item(id: "s", kind: .message(role: .system, content: [.inputText("Be brief.")])),
            Item(id: "u", kind: .message(role: .user, content: [.inputAudio(audio: nil, transcript: "What time?")])),
            Item(id: "c", kind: .functionCall(name: "clock", callID: "call_1", arguments: "{}")),
            Item(id: "o", kind: .functionCallOutput(callID: "call_1", output: "noon")),
            Item(id: "d", kind: .functionCall(name: "clock", callID: "call_2", arguments: "{}")),
            Item(id: "e", status: .incomplete, kind: .message(role: .user, content: [])),
            Item(
                id: "a",
                kind: .message(
                    role: .assistant,
                    content: [.outputAudio(audio: ByteBuffer(bytes: [0, 0]), transcript: "Noon.")]
                )
            ),
        ]
        for item in items { _ = conversation.apply(.itemAdded(item, previousItemID: nil)) }
        #expect(
            History.items(of: conversation) == [
                items[0],
                Item(id: "u", kind: .message(role: .user, content: [.inputText("What time?")])),
                items[2], items[3],
                Item(id: "a", kind: .message(role: .assistant, content: [.outputText("Noon.")])),
            ]
        )
    }
}
