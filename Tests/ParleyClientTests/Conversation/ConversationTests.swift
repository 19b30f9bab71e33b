// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import ParleyEvents
import Testing

@testable import ParleyClient

@Suite("A conversation built from events")
struct ConversationTests {
    private var conversation = Conversation()

    private static func response(_ id: String, in conversation: String? = "conv_1") -> Response {
        Response(
            id: id,
            conversationID: conversation,
            outputModality: .audio,
            voice: "alloy",
            format: .pcm,
            maxOutputTokens: .infinite,
            metadata: nil
        )
    }

    private static func message(
        _ id: String,
        _ role: Item.Role,
        _ content: [ContentPart] = [],
        _ status: Item.Status = .completed
    ) -> Item {
        Item(id: id, status: status, kind: .message(role: role, content: content))
    }

    private static func address(_ item: String) -> ServerEvent.PartAddress {
        ServerEvent.PartAddress(responseID: "resp_1", itemID: item, outputIndex: 0, contentIndex: 0)
    }

    private mutating func begin(_ id: String) {
        _ = conversation.apply(.itemAdded(Self.message(id, .assistant, [], .inProgress), previousItemID: nil))
    }

    @Test("items stand where the server puts them")
    mutating func order() {
        for (id, previous) in [("b", nil), ("d", "b"), ("a", "root"), ("c", "b")] as [(String, String?)] {
            let changes = conversation.apply(
                .itemAdded(Self.message(id, .user, [.inputText(id)]), previousItemID: previous)
            )
            #expect(changes.first == .added(id))
        }
        #expect(conversation.entries.map(\.id) == ["a", "b", "c", "d"])
        #expect(conversation.apply(.itemDeleted(itemID: "b")) == [.removed("b")])
        #expect(conversation.entries.map(\.text) == ["a", "c", "d"])
        #expect(conversation.apply(.itemDeleted(itemID: "b")) == [])
    }

    @Test("deltas add up, and the whole replaces them")
    mutating func deltas() {
        begin("i")
        let sound = ByteBuffer(bytes: [1, 0, 2, 0])
        #expect(conversation.apply(.textDelta(Self.address("i"), "Hel")) == [.updated("i", .text("Hel"))])
        #expect(conversation.apply(.textDelta(Self.address("i"), "lo")) == [.updated("i", .text("lo"))])
        #expect(conversation.apply(.transcriptDelta(Self.address("i"), "Hi")) == [.updated("i", .transcript("Hi"))])
        #expect(conversation.apply(.audioDelta(Self.address("i"), sound)) == [.updated("i", .audio(sound))])
        #expect(conversation.apply(.audioDelta(Self.address("i"), sound)) == [.updated("i", .audio(sound))])
        #expect(conversation["i"]?.text == "Hello")
        #expect(conversation["i"]?.audio.samples == [1, 2, 1, 2])
        let done = Self.message("i", .assistant, [.outputAudio(audio: nil, transcript: "Hi there")])
        #expect(conversation.apply(.outputItemDone(responseID: "resp_1", outputIndex: 0, done)) == [.completed("i")])
        #expect(conversation["i"]?.transcript == "Hi there")
        #expect(conversation["i"]?.isDone == true)
        #expect(conversation["i"]?.audio.sampleCount == 4)
    }

    @Test("deltas of items that are not known change nothing")
    mutating func strangers() {
        #expect(conversation.apply(.textDelta(Self.address("x"), "a")) == [])
        #expect(conversation.apply(.audioDelta(Self.address("x"), ByteBuffer(bytes: [0, 0]))) == [])
        #expect(conversation.apply(.unknown(type: "response.new_thing", ["type": "response.new_thing"])) == [])
        #expect(conversation.count == 0)
    }

    @Test("the arguments of a call gather")
    mutating func arguments() {
        let call = Item(id: "c", status: .inProgress, kind: .functionCall(name: "add", callID: "call_1", arguments: ""))
        _ = conversation.apply(.outputItemAdded(responseID: "resp_1", outputIndex: 0, call))
        for piece in ["{\"a\"", ":1}"] {
            _ = conversation.apply(
                .argumentsDelta(responseID: "resp_1", itemID: "c", outputIndex: 0, callID: "call_1", piece)
            )
        }
        #expect(conversation["c"]?.arguments == "{\"a\":1}")
        #expect(conversation["c"]?.summary == "add({\"a\":1})")
        #expect(conversation["c"]?.responseID == "resp_1")
    }

    @Test("a truncation cuts the sound and forgets the words")
    mutating func truncation() {
        begin("i")
        _ = conversation.apply(.audioDelta(Self.address("i"), ByteBuffer(repeating: 1, count: 4_800)))
        _ = conversation.apply(.transcriptDelta(Self.address("i"), "all of it"))
        let changes = conversation.apply(.itemTruncated(itemID: "i", contentIndex: 0, audioEndMS: 40))
        #expect(changes == [.truncated("i", atMS: 40)])
        #expect(conversation["i"]?.audio.durationMS == 40)
        #expect(conversation["i"]?.transcript == "")
    }

    @Test("a response runs from its creation to its end, unless it is out of band")
    mutating func responses() {
        _ = conversation.apply(.responseCreated(Self.response("resp_1")))
        _ = conversation.apply(.responseCreated(Self.response("resp_2", in: nil)))
        #expect(conversation.activeResponseID == "resp_1")
        _ = conversation.apply(.responseDone(Self.response("resp_2", in: nil)))
        #expect(conversation.activeResponseID == "resp_1")
        _ = conversation.apply(.responseDone(Self.response("resp_1")))
        #expect(conversation.activeResponseID == nil)
    }

    @Test("what a person said has its sound, from the start of speech to its end")
    mutating func spokenInput() {
        conversation.sent(audio: ByteBuffer(bytes: (0..<9_600).map { UInt8(truncatingIfNeeded: $0 / 48) }))
        #expect(conversation.apply(.speechStarted(itemID: "u", audioStartMS: 50)) == [.interrupted])
        _ = conversation.apply(.speechStopped(itemID: "u", audioEndMS: 150))
        _ = conversation.apply(.inputAudioBufferCommitted(itemID: "u", previousItemID: nil))
        let item = Self.message("u", .user, [.inputAudio(audio: nil, transcript: nil)])
        _ = conversation.apply(.itemAdded(item, previousItemID: nil))
        #expect(conversation["u"]?.audio.durationMS == 100)
        #expect(conversation["u"]?.audio.bytes.getInteger(at: 0, as: UInt8.self) == 50)
    }

    @Test("without turn detection the sound is all since the last commit")
    mutating func committedInput() {
        for id in ["u1", "u2"] {
            conversation.sent(audio: ByteBuffer(repeating: id == "u1" ? 1 : 2, count: 4_800))
            _ = conversation.apply(.inputAudioBufferCommitted(itemID: id, previousItemID: nil))
            _ = conversation.apply(
                .itemAdded(Self.message(id, .user, [.inputAudio(audio: nil, transcript: nil)]), previousItemID: nil)
            )
        }
        for (id, byte) in [("u1", 1), ("u2", 2)] as [(String, UInt8)] {
            #expect(conversation[id]?.audio.bytes == ByteBuffer(repeating: byte, count: 4_800))
        }
    }

    @Test("more items or sound than are kept forget the oldest")
    mutating func limits() {
        var limits = Conversation.Limits()
        limits.items = 2
        limits.audioBytes = 300
        conversation = Conversation(limits: limits)
        for id in ["a", "b", "c"] {
            begin(id)
            for _ in 0..<2 {
                _ = conversation.apply(.audioDelta(Self.address(id), ByteBuffer(repeating: 0, count: 100)))
            }
        }
        #expect(conversation.entries.map(\.id) == ["b", "c"])
        #expect(conversation.entries.map(\.audio.byteCount) == [100, 200])
    }
}
