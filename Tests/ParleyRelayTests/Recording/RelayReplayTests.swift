// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import ParleyEvents
import ParleySession
import ParleyWebSocket
import Testing

@testable import ParleyRelay

/// ``RelayHarness`` replays what every other test does; here are the ends of recordings and what is wrong with them.
@Suite("Relayed sessions are recorded and happen again")
struct RelayReplayTests {
    private static let closed = #"{"at_ns":9,"in":"closed"}"#

    /// What becomes of a recording: the first difference, or that there is none.
    private func replay(
        _ lines: [String],
        _ comparison: SessionReplay.Comparison = .strict
    ) throws(RecordingError) -> SessionReplay.Difference? {
        var replay = RelayReplay(comparison)
        for line in lines {
            if let difference = try replay.line(ByteBuffer(string: line)) { return difference }
        }
        return try replay.ended()
    }

    /// A beta client in front of a GA upstream, with a policy, an error of the upstream and a good-bye.
    private func conversation() -> [String] {
        var harness = RelayHarness(
            client: .beta,
            configuration: ["instructions": "short"],
            model: (asked: "gpt-4o-realtime-preview", used: "gpt-realtime")
        ) { settings in
            settings.key = "sk-upstream"
            settings.policy.models = ["gpt-*"]
            settings.policy.members = [
                "tools": .removed, "prompt": .forbidden, "instructions": .fixed("short"),
                "audio.output.voice": .oneOf(["alloy", "ash"]),
            ]
        }
        harness.open()
        harness.upstream(1, RelayHarness.created(.ga))
        harness.upstream(1, ["type": "session.updated", "event_id": "event_2", "session": ["type": "realtime"]])
        harness.client(["type": "response.create", "response": ["tools": [["type": "mcp", "authorization": "hush"]]]])
        harness.upstream(
            1,
            [
                "type": "response.output_text.delta", "event_id": "event_3", "item_id": "item_1",
                "delta": "a sk-upstream",
            ]
        )
        harness.upstreamText(1, "no JSON")
        harness.perform(.message(.client, Message(kind: .binary, payload: ByteBuffer(bytes: [0, 255]))))
        harness.close(.client, 1000, "bye")
        return harness.recordedLines + [Self.closed]
    }

    @Test(
        "The whole of it does the same, compared either way",
        arguments: [.strict, .loose] as [SessionReplay.Comparison]
    )
    func same(comparison: SessionReplay.Comparison) throws {
        let lines = conversation()
        #expect(lines.contains { $0.contains(#""out":"send","peer":1"#) })
        #expect(RelayReplay.reads(ByteBuffer(string: lines[0])))
        #expect(try replay(lines, comparison) == nil)
    }

    @Test("Neither the upstream's key nor what a client gives a server to keep is written down")
    func secrets() {
        let text = conversation().joined(separator: "\n")
        #expect(!text.contains("sk-upstream") && !text.contains("hush"))
        #expect(text.contains("a ***"))
    }

    @Test(
        "What a relay does otherwise is told with the line",
        arguments: [.strict, .loose] as [SessionReplay.Comparison]
    )
    func different(comparison: SessionReplay.Comparison) throws {
        var lines = conversation()
        let index = try #require(lines.firstIndex { $0.contains(#""out":"send","peer":"client""#) })
        lines[index] = lines[index].replacing("session.created", with: "session.invented")
        let difference = try #require(try replay(lines, comparison))
        #expect(difference.line == index + 1)
        #expect(difference.recorded?.contains("session.invented") == true)
        #expect(difference.replayed?.contains("session.created") == true)
    }

    @Test("A line too few and a line too many are differences")
    func count() throws {
        var lines = conversation()
        let index = try #require(lines.firstIndex { $0.contains(#""out":"connect""#) })
        let removed = lines.remove(at: index)
        #expect(try replay(lines)?.replayed == removed)
        lines.insert(contentsOf: [removed, removed], at: index)
        #expect(try replay(lines)?.recorded == removed)
    }

    @Test("A recording that was ended early is replayed as far as it goes")
    func cut() throws {
        var lines = Array(conversation().prefix(3))
        lines.append(RecordedLine.cutLine("the disk is too slow"))
        var replay = RelayReplay()
        for line in lines { #expect(try replay.line(ByteBuffer(string: line)) == nil) }
        #expect(try replay.ended() == nil)
        #expect(replay.cutReason == "the disk is too slow")
    }

    @Test(
        "What cannot be read is told with the line and what was expected",
        arguments: [
            (1, "{", "JSON"), (1, #"{"format":"parley.relay/9"}"#, "parley.relay/1"), (1, "[]", "a JSON object"),
            (2, #"{"at_ns":1,"in":"invented"}"#, "upstream_opened"), (2, #"{"in":"opened"}"#, "at_ns"),
            (2, #"{"at_ns":1,"in":"message","peer":"who","event":{}}"#, "peer"),
            (2, #"{"at_ns":1,"in":"message","peer":"client"}"#, "binary"),
            (2, #"{"at_ns":1,"in":"timer","timer":"tea"}"#, "first_event"),
            (2, #"{"out":"invented"}"#, "pause_reading"),
            (2, #"{"at_ns":1,"in":"ended","peer":1,"code":70000,"reason":"","by":"us","clean":true}"#, "close code"),
            (2, #"{"at_ns":1,"in":"upstream_refused","number":0,"refusal":{}}"#, "number"),
        ]
    )
    func unreadable(number: Int, line: String, word: String) throws {
        let lines = Array(conversation().prefix(number - 1)) + [line]
        let error = try #require(throws: RecordingError.self) { try replay(lines) }
        #expect(error.line == number)
        #expect("\(error)".contains(word), "\(error)")
    }

    @Test("A recording without an end, and one that goes on behind it, are told apart")
    func ends() {
        let lines = conversation()
        #expect(throws: RecordingError(line: lines.count - 1, problem: .truncated)) { try replay(lines.dropLast()) }
        #expect(throws: RecordingError(line: lines.count + 1, problem: .linesAfterTheEnd)) {
            try replay(lines + [Self.closed])
        }
    }

    @Test("The first line brings back every limit and rule")
    func terms() throws {
        var settings = RelaySettings(upstream: "wss://voice.example")
        settings.dialect = .beta
        settings.fallback = .model("small")
        settings.firstEventSeconds = 3
        settings.blockedSeconds = 4
        settings.heldBytes = 5
        settings.maxMessageBytes = 6
        settings.renewSeconds = nil
        settings.renewRetrySeconds = 7
        settings.replayedItems = 8
        settings.replayedBytes = 9
        settings.replayedAudioBytes = 10
        settings.policy.models = ["a", "b*"]
        settings.policy.members = ["x": .fixed(["y": 1]), "z": .forbidden, "v": .removed, "w": .oneOf(["s"])]
        var terms = RelayTerms(settings: settings, client: .ga)
        terms.configuration = ["instructions": "short"]
        terms.model = ("asked", "used")
        terms.drainDeadline = .milliseconds(1_500)
        terms.refusal = UpstreamRefusal("code", "message", cause: "net-dns", closeCode: .policyViolation)
        let read = try RelayTerms(terms.object)
        #expect(read.object == terms.object)
        #expect(read.settings.policy == settings.policy && read.settings.renewSeconds == nil)
        #expect(read.refusal == terms.refusal && read.drainDeadline == terms.drainDeadline)
        settings.renewSeconds = 60
        #expect(try RelayTerms(RelayTerms(settings: settings, client: .beta).object).settings.renewSeconds == 60)
    }

    @Test("No damage to a recording can stop the replay", arguments: 0..<100)
    func damaged(seed: UInt64) {
        var random = Dice(state: seed)
        var bytes = Array(conversation().joined(separator: "\n").utf8)
        let pieces = ["\"", "{", "}", ",", "9", "null", "-", "9999999999999999999", "[", "\n"].map { Array($0.utf8) }
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let place = Int.random(in: 0..<bytes.count, using: &random)
            let end = min(bytes.count, place + Int.random(in: 0...6, using: &random))
            bytes.replaceSubrange(place..<end, with: pieces.randomElement(using: &random) ?? [])
        }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
        _ = try? replay(lines)
        _ = try? replay(lines, .loose)
    }
}

private struct Dice: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ (state >> 29)
    }
}
