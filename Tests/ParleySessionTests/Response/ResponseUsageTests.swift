// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import ParleyEvents
import ParleySession
import Testing

@Suite("The usage of a response")
struct ResponseUsageTests {
    private static func usage(
        _ progress: [ResponseProgress],
        context: [Item.Kind] = [],
        counted: TokenUsage? = nil,
        reason: FinishReason = .completed
    ) -> JSON? {
        var harness = SessionHarness.opened()
        for kind in context {
            harness.client([
                "type": "conversation.item.create", "item": .object(Item(kind: kind).object(includingAudio: true)),
            ])
        }
        harness.client(["type": "response.create"])
        for each in progress { harness.respond(each) }
        harness.respond(.finished(reason, usage: counted))
        return harness.takeEvents().last?["response"]?["usage"]
    }

    private static func tokens(_ usage: JSON?, _ side: String) -> [Int?] {
        ["text_tokens", "audio_tokens"].map { usage?["\(side)_token_details"]?[$0]?.intValue }
    }

    @Test("counts four bytes of text as one token, and not less than there are")
    func text() {
        let usage = Self.usage(
            [.text("12345")],
            context: [.message(role: .user, content: [.inputText("12345678")])]
        )
        #expect(Self.tokens(usage, "input") == [2, 0])
        #expect(Self.tokens(usage, "output") == [2, 0])
        #expect(usage?["total_tokens"] == 4)
    }

    @Test("counts 100 ms of the user's and 50 ms of the assistant's sound as one token")
    func audio() {
        let recording = ContentPart.inputAudio(audio: TestAudio.silence(ms: 1_250), transcript: "Hi.")
        // Pieces that are no whole milliseconds add up all the same.
        let spoken = (0..<240).map { _ in ResponseProgress.audio([Int16](repeating: 0, count: 101)) }
        let usage = Self.usage(spoken, context: [.message(role: .user, content: [recording])])
        #expect(Self.tokens(usage, "input") == [0, 12])
        #expect(Self.tokens(usage, "output") == [0, 20])
    }

    @Test("counts calls and their results")
    func calls() {
        let usage = Self.usage(
            [.toolCall(index: 0, .started(callID: nil, name: "f")), .toolCall(index: 0, .arguments("{\"a\":1}"))],
            context: [
                .functionCall(name: "name", callID: "c", arguments: "1234"),
                .functionCallOutput(callID: "c", output: "12345678"),
            ]
        )
        #expect(Self.tokens(usage, "input") == [4, 0])
        #expect(Self.tokens(usage, "output") == [2, 0])
    }

    @Test("is the model's own count where it counts")
    func counted() {
        let usage = Self.usage(
            [.transcript("Hello."), .audio(TestAudio.assistant(ms: 100))],
            counted: TokenUsage(input: 30, cachedInput: 10, output: 7)
        )
        #expect(Self.tokens(usage, "input") == [30, 0])
        #expect(Self.tokens(usage, "output") == [7, 2])
        #expect(usage?["input_token_details"]?["cached_tokens"] == 10)
        #expect(usage?["total_tokens"] == 39)
    }

    @Test("is zero for a response that was stopped before it said anything")
    func nothing() {
        let context = [Item.Kind.message(role: .user, content: [.inputText("12345678")])]
        #expect(Self.usage([], context: context, reason: .contentFilter)?["total_tokens"] == 0)
        // A model that has nothing to say has read all the same.
        #expect(Self.usage([], context: context)?["total_tokens"] == 2)
    }
}
