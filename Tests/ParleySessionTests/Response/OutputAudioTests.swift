// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import ParleyAudio
import ParleyEvents
import ParleySession
import Testing

/// What the engine says, as the client gets it.
@Suite("Spoken output")
struct OutputAudioTests {
    private static func harness(_ format: AudioFormat, deltaBytes: Int = 9_600) -> SessionHarness {
        var session = Session.test()
        session.output.format = format
        var limits = SessionLimits()
        limits.deltaBytes = deltaBytes
        var harness = SessionHarness.opened(session: session, limits: limits)
        harness.client(["type": "response.create"])
        _ = harness.takeEvents()
        return harness
    }

    private static func deltas(_ harness: inout SessionHarness) -> [ByteBuffer] {
        harness.takeEvents().filter { $0["type"] == "response.output_audio.delta" }
            .compactMap { $0["delta"]?.stringValue.flatMap { Base64.decode($0) } }
    }

    @Test("is PCM sample by sample, however the engine cuts it", arguments: [1, 7, 480, 12_000])
    func pcm(length: Int) {
        var harness = Self.harness(.pcm)
        let samples = TestAudio.assistant(ms: 500)
        for start in stride(from: 0, to: samples.count, by: length) {
            harness.respond(.audio(Array(samples[start..<min(start + length, samples.count)])))
        }
        harness.respond(.finished(.completed, usage: nil))
        #expect(Self.deltas(&harness).reduce(ByteBuffer(), +) == TestAudio.encoded(samples))
    }

    @Test("is cut into deltas of whole samples, none longer than the limit", arguments: [2, 100, 101, 9_600])
    func deltaLength(limit: Int) {
        var harness = Self.harness(.pcm, deltaBytes: limit)
        harness.respond(.audio(TestAudio.assistant(ms: 20)))
        let deltas = Self.deltas(&harness)
        #expect(deltas.allSatisfy { $0.readableBytes <= limit && $0.readableBytes % 2 == 0 })
        #expect(deltas.reduce(ByteBuffer(), +) == TestAudio.encoded(TestAudio.assistant(ms: 20)))
    }

    @Test("is G.711 of the right length, to the last sample", arguments: [AudioFormat.pcmu, .pcma])
    func telephone(format: AudioFormat) {
        var harness = Self.harness(format)
        for _ in 0..<10 { harness.respond(.audio([Int16](repeating: 1_000, count: 1_111))) }
        harness.respond(.finished(.completed, usage: nil))
        let audio = Self.deltas(&harness).reduce(ByteBuffer(), +)
        #expect(abs(audio.readableBytes - 11_110 / 3) <= 1)
        // In the middle, where the filter has settled, the level is what the engine gave.
        let samples = audio.withUnsafeReadableBytes { format.encoding.samples(from: $0) }
        #expect(samples[500..<3_000].allSatisfy { abs(Int($0) - 1_000) < 60 })
    }

    @Test("may have another format in one response")
    func overridden() {
        var harness = SessionHarness.opened()
        harness.client([
            "type": "response.create", "response": ["audio": ["output": ["format": ["type": "audio/pcmu"]]]],
        ])
        #expect(harness.takeEvent()?["response"]?["audio"]?["output"]?["format"] == ["type": "audio/pcmu"])
        harness.respond(.transcript("Hi."), .audio(TestAudio.assistant(ms: 300)), .finished(.completed, usage: nil))
        let events = harness.takeEvents()
        let itemID = events.compactMap { $0["item_id"]?.stringValue }.first ?? ""
        // Truncation counts in the format that was spoken, not in the session's.
        harness.client([
            "type": "conversation.item.truncate", "item_id": .string(itemID), "content_index": 0, "audio_end_ms": 290,
        ])
        #expect(harness.takeEvent()?["type"] == "conversation.item.truncated")
        harness.client(["type": "conversation.item.retrieve", "item_id": .string(itemID)])
        let audio = harness.takeEvent()?["item"]?["content"]?.arrayValue?.first?["audio"]?.stringValue
        #expect(audio.flatMap { Base64.decode($0) }?.readableBytes == 290 * 8)
    }

    @Test("keeps its format when the session's changes")
    func sessionChanged() {
        var harness = Self.harness(.pcm)
        harness.respond(.transcript("Hi."), .audio(TestAudio.assistant(ms: 100)))
        harness.client([
            "type": "session.update",
            "session": ["type": "realtime", "audio": ["output": ["format": ["type": "audio/pcma"]]]],
        ])
        harness.respond(.audio(TestAudio.assistant(ms: 100)))
        #expect(Self.deltas(&harness).reduce(0) { $0 + $1.readableBytes } == 200 * 48)
        harness.respond(.finished(.completed, usage: nil))
        let itemID = harness.takeEvents().compactMap { $0["item_id"]?.stringValue }.first ?? ""
        harness.client([
            "type": "conversation.item.truncate", "item_id": .string(itemID), "content_index": 0, "audio_end_ms": 200,
        ])
        #expect(harness.takeEvent()?["type"] == "conversation.item.truncated")
    }
}
