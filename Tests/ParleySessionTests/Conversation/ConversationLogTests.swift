// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import ParleyEvents
import ParleySession
import Testing

@Suite("The conversation")
struct ConversationLogTests {
    private static func entry(_ id: String, _ text: String = "t") -> ConversationLog.Entry {
        ConversationLog.Entry(
            Item(id: id, kind: .message(role: .user, content: [.inputText(text)])),
            format: .pcm
        )
    }

    private static func recording(_ id: String, bytes: Int, _ format: AudioFormat = .pcm) -> ConversationLog.Entry {
        let audio = ByteBuffer(repeating: 1, count: bytes)
        return ConversationLog.Entry(
            Item(id: id, kind: .message(role: .user, content: [.inputAudio(audio: audio, transcript: nil)])),
            format: format
        )
    }

    /// An answer of one second, spoken in that format.
    private static func answer(_ id: String, _ format: AudioFormat = .pcm) -> ConversationLog.Entry {
        var entry = ConversationLog.Entry(
            Item(id: id, kind: .message(role: .assistant, content: [.outputAudio(audio: nil, transcript: "One two.")])),
            format: format
        )
        entry.say("One two.")
        entry.speak(ByteBuffer(repeating: 7, count: 1_000 * format.bytesPerMillisecond))
        return entry
    }

    private static func log(_ change: (inout SessionLimits) -> Void = { _ in }) -> ConversationLog {
        var limits = SessionLimits()
        change(&limits)
        return ConversationLog(limits: limits)
    }

    // MARK: Order

    @Test("puts items last, first, or after another one, and names the one before")
    func order() throws {
        var log = Self.log()
        #expect(log.append(Self.entry("a")) == nil)
        #expect(log.append(Self.entry("b")) == "a")
        #expect(try log.insert(Self.entry("c"), after: "a") == "a")
        #expect(try log.insert(Self.entry("d"), after: "root") == nil)
        #expect(try log.insert(Self.entry("e"), after: nil) == "b")
        #expect(try log.insert(Self.entry("f"), after: "e") == "e")
        #expect(log.ids == ["d", "a", "c", "b", "e", "f"])
        #expect(log.lastID == "f")
    }

    @Test("does not put an item after one that is not there")
    func unknownPredecessor() {
        var log = Self.log()
        _ = log.append(Self.entry("a"))
        #expect(throws: RealtimeError.self) { try log.insert(Self.entry("b"), after: "x") }
        #expect(log.ids == ["a"])
    }

    @Test("removes an item once")
    func removal() {
        var log = Self.log()
        _ = log.append(Self.entry("a"))
        _ = log.append(Self.entry("b"))
        let removals = (log.remove("a"), log.remove("a"))
        #expect(removals == (true, false))
        #expect(log.ids == ["b"])
        #expect(log["a"] == nil)
    }

    @Test("knows the calls that were made", arguments: ["call_1", "call_2"])
    func calls(callID: String) {
        var log = Self.log()
        let call = Item(id: "c", kind: .functionCall(name: "f", callID: "call_1", arguments: "{}"))
        _ = log.append(ConversationLog.Entry(call, format: .pcm))
        #expect(log.hasCall(callID) == (callID == "call_1"))
        _ = log.remove("c")
        #expect(!log.hasCall(callID))
    }

    // MARK: Limits

    @Test("lets the oldest items go beyond its number")
    func items() {
        var log = Self.log { $0.items = 2 }
        for id in ["a", "b", "c", "d"] { _ = log.append(Self.entry(id)) }
        #expect(log.dropOldestBeyondLimit() == "a")
        #expect(log.dropOldestBeyondLimit() == "b")
        #expect(log.dropOldestBeyondLimit() == nil)
        #expect(log.ids == ["c", "d"])
    }

    @Test("lets the oldest items go beyond its length, but never the last one")
    func text() {
        var log = Self.log { $0.storedTextBytes = 10 }
        _ = log.append(Self.entry("a", "12345"))
        _ = log.append(Self.entry("b", "67890"))
        #expect(log.dropOldestBeyondLimit() == nil)
        log.update("b") { $0.item.kind = .message(role: .user, content: [.inputText("678901")]) }
        #expect(log.dropOldestBeyondLimit() == "a")
        log.update("b") {
            $0.item.kind = .functionCall(name: "f", callID: "c", arguments: String(repeating: " ", count: 99))
        }
        #expect(log.dropOldestBeyondLimit() == nil)
        _ = log.append(Self.entry("c", ""))
        #expect(log.dropOldestBeyondLimit() == "b")
    }

    @Test("forgets the oldest sound first, and nothing else of it")
    func audio() {
        var log = Self.log { $0.storedAudioBytes = 100 }
        _ = log.append(Self.recording("a", bytes: 60))
        _ = log.append(Self.entry("t"))
        _ = log.append(Self.recording("b", bytes: 40))
        #expect(log["a"]?.audioBytes == 60)
        log.transcribed("a", as: "Hello.")
        _ = log.append(Self.recording("c", bytes: 30))
        #expect(log["a"]?.audioBytes == 0)
        #expect(log["a"]?.item.kind == .message(role: .user, content: [.inputAudio(audio: nil, transcript: "Hello.")]))
        #expect(log["b"]?.audioBytes == 40)
        #expect(log.ids == ["a", "t", "b", "c"])
    }

    @Test("forgets even the last sound if it alone is too much, and stays so")
    func longAnswer() throws {
        var log = Self.log { $0.storedAudioBytes = 48_000 }
        _ = log.append(Self.answer("a"))
        #expect(log["a"]?.audioBytes == 48_000)
        log.update("a") { $0.speak(ByteBuffer(repeating: 7, count: 48)) }
        log.update("a") { $0.speak(ByteBuffer(repeating: 7, count: 48)) }
        #expect(log["a"]?.audioBytes == 0)
        // Its length and words are known all the same.
        #expect(log["a"]?.speechMS == 1_002)
        try log.truncate("a", contentIndex: 0, atMS: 1_002)
        #expect(log["a"]?.heard == "One two.")
    }

    @Test("has room again for what was removed")
    func room() {
        var log = Self.log { $0.storedAudioBytes = 100 }
        _ = log.append(Self.recording("a", bytes: 90))
        _ = log.remove("a")
        _ = log.append(Self.recording("b", bytes: 90))
        #expect(log["b"]?.audioBytes == 90)
    }

    // MARK: Truncation

    @Test("cuts sound and words at what was heard", arguments: AudioFormat.allCases)
    func truncation(format: AudioFormat) throws {
        var log = Self.log()
        _ = log.append(Self.answer("a", format))
        try log.truncate("a", contentIndex: 0, atMS: 600)
        let entry = try #require(log["a"])
        #expect(entry.speech.readableBytes == 600 * format.bytesPerMillisecond)
        #expect(entry.speechMS == 600)
        #expect(entry.item.kind == .message(role: .assistant, content: [.outputAudio(audio: nil, transcript: nil)]))
        #expect(entry.heard == "One")
        #expect(log.context == [.message(id: "a", role: .assistant, parts: [.text("One")])])
    }

    @Test("cuts a second time by the length that the words had at first")
    func secondTruncation() throws {
        var log = Self.log()
        _ = log.append(Self.answer("a"))
        try log.truncate("a", contentIndex: 0, atMS: 600)
        try log.truncate("a", contentIndex: 0, atMS: 600)
        #expect(log["a"]?.heard == "One")
        try log.truncate("a", contentIndex: 0, atMS: 100)
        #expect(log["a"]?.heard == "")
        #expect(log.context == [])
        #expect(
            throws: RealtimeError(
                code: "invalid_value",
                message: "Audio content of 100ms is already shorter than 101ms",
                param: "audio_end_ms"
            )
        ) {
            try log.truncate("a", contentIndex: 0, atMS: 101)
        }
    }

    @Test("adds nothing to the sound that was cut, but learns how long its words were")
    func truncationDuringSpeech() throws {
        var log = Self.log()
        _ = log.append(Self.answer("a"))
        try log.truncate("a", contentIndex: 0, atMS: 1_000)
        #expect(log["a"]?.heard == "One two.")
        log.update("a") { $0.speak(ByteBuffer(repeating: 7, count: 48_000)) }
        #expect(log["a"]?.speech.readableBytes == 48_000)
        #expect(log["a"]?.speechMS == 1_000)
        #expect(log["a"]?.heard == "One")
    }

    // MARK: What others see

    @Test("shows a model what it can use, oldest first")
    func context() {
        var log = Self.log()
        let image = ContentPart.inputImage(url: "data:", detail: nil)
        let kinds: [Item.Kind] = [
            .message(role: .system, content: [.inputText("Be kind.")]),
            .message(role: .user, content: [.inputText("What"), image, .inputText("is it?")]),
            .message(role: .user, content: [image]),
            .message(role: .assistant, content: []),
            .message(role: .assistant, content: [.outputAudio(audio: nil, transcript: "")]),
            .functionCall(name: "f", callID: "c", arguments: "{}"),
            .functionCallOutput(callID: "c", output: "1"),
            .other(type: "mcp_call", [:]),
            .message(role: .assistant, content: [.outputText("A cat.")]),
        ]
        for (index, kind) in kinds.enumerated() {
            _ = log.append(ConversationLog.Entry(Item(id: "i\(index)", kind: kind), format: .pcm))
        }
        #expect(
            log.context == [
                .message(id: "i0", role: .system, parts: [.text("Be kind.")]),
                .message(id: "i1", role: .user, parts: [.text("What"), .text("is it?")]),
                .functionCall(callID: "c", name: "f", arguments: "{}"),
                .functionOutput(callID: "c", output: "1"),
                .message(id: "i8", role: .assistant, parts: [.text("A cat.")]),
            ]
        )
    }

    @Test("keeps each recording in its own format", arguments: AudioFormat.allCases)
    func formats(format: AudioFormat) {
        var log = Self.log()
        let bytes = 200 * format.bytesPerMillisecond
        _ = log.append(Self.recording("a", bytes: bytes, format))
        let recording = Recording(ByteBuffer(repeating: 1, count: bytes), format: format)
        #expect(log.context == [.message(id: "a", role: .user, parts: [.audio(recording, transcript: nil)])])
        #expect(recording.durationMS == 200)
    }

    @Test("notes what was said in a recording, and nothing where there is none")
    func transcripts() {
        var log = Self.log()
        _ = log.append(Self.recording("a", bytes: 4))
        _ = log.append(Self.entry("b", "Hi."))
        for id in ["a", "b", "x"] { log.transcribed(id, as: "Hello.") }
        let audio = ByteBuffer(repeating: 1, count: 4)
        #expect(
            log["a"]?.item.kind == .message(role: .user, content: [.inputAudio(audio: audio, transcript: "Hello.")])
        )
        #expect(log["b"]?.item.kind == .message(role: .user, content: [.inputText("Hi.")]))
    }

    @Test("gives items with their sound")
    func retrieval() {
        var log = Self.log()
        _ = log.append(Self.answer("a", .pcmu))
        let audio = ByteBuffer(repeating: 7, count: 8_000)
        #expect(
            log["a"]?.itemWithAudio.kind
                == .message(role: .assistant, content: [.outputAudio(audio: audio, transcript: "One two.")])
        )
    }
}
