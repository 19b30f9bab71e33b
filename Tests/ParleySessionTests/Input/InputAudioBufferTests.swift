// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import ParleyEvents
import ParleySession
import Testing

@Suite("The input audio buffer")
struct InputAudioBufferTests {
    private static func buffer(
        _ format: AudioFormat = .pcm,
        _ detection: TurnDetection? = TurnDetection(),
        limits: SessionLimits = SessionLimits()
    ) -> InputAudioBuffer {
        InputAudioBuffer(input(format, detection), limits: limits)
    }

    private static func input(_ format: AudioFormat, _ detection: TurnDetection?) -> Session.Input {
        var input = Session.test().input
        input.format = format
        input.turnDetection = detection
        return input
    }

    private static func detection(_ change: (inout TurnDetection) -> Void) -> TurnDetection {
        var detection = TurnDetection()
        change(&detection)
        return detection
    }

    /// Silence and speech by turns, beginning with silence.
    private static func sound(_ format: AudioFormat, _ lengths: Int...) -> ByteBuffer {
        lengths.enumerated()
            .reduce(ByteBuffer()) { sound, next in
                sound
                    + (next.offset.isMultiple(of: 2)
                        ? TestAudio.silence(ms: next.element, format) : TestAudio.speech(ms: next.element, format))
            }
    }

    // MARK: Turns

    @Test("finds a turn, with what was said before it was found", arguments: AudioFormat.allCases, [0, 100, 300])
    func turn(format: AudioFormat, padding: Int) throws {
        var buffer = Self.buffer(format, Self.detection { $0.prefixPaddingMS = padding })
        let sound = Self.sound(format, 500, 700, 500)
        let events = try buffer.append(sound)
        try #require(events.count == 2)
        guard case .speechStarted(let start) = events[0], case .speechStopped(let end, let recording) = events[1] else {
            Issue.record("not a turn: \(events)")
            return
        }
        // The detector decides by frames of 10 ms, and an edge may lie within one.
        #expect((500 - padding - 20...500 - padding + 40).contains(start))
        #expect((1_400 - 40...1_400 + 40).contains(end))
        let bytes = format.bytesPerMillisecond
        #expect(recording == sound.getSlice(at: start * bytes, length: (end - start) * bytes))
        // What was said after the turn waits for the next one.
        #expect(buffer.durationMS == 1_700 - end)
    }

    @Test("ends a turn after the silence that the client wants", arguments: [100, 200, 500])
    func silenceDuration(silence: Int) throws {
        var buffer = Self.buffer(.pcm, Self.detection { $0.silenceDurationMS = silence })
        let events = try buffer.append(Self.sound(.pcm, 300, 600, 900))
        guard case .speechStopped(let end, _)? = events.last else {
            Issue.record("not a turn: \(events)")
            return
        }
        #expect((900 + silence - 40...900 + silence + 40).contains(end))
    }

    @Test("begins no turn before the beginning")
    func startOfSession() throws {
        var buffer = Self.buffer()
        let events = try buffer.append(TestAudio.speech(ms: 500))
        #expect(events.first == .speechStarted(startMS: 0))
    }

    @Test("finds several turns in one piece, none overlapping the one before")
    func severalTurns() throws {
        var buffer = Self.buffer()
        let events = try buffer.append(Self.sound(.pcm, 300, 500, 350, 500, 400, 500, 700))
        try #require(events.count == 6)
        var previousEnd = 0
        for index in stride(from: 0, to: 6, by: 2) {
            guard case .speechStarted(let start) = events[index],
                case .speechStopped(let end, let recording) = events[index + 1]
            else {
                Issue.record("not a turn: \(events)")
                return
            }
            #expect(start >= previousEnd)
            #expect(recording.readableBytes == (end - start) * 48)
            previousEnd = end
        }
    }

    @Test("finds the same, however the sound is cut", arguments: AudioFormat.allCases, UInt64(0)..<4)
    func chunking(format: AudioFormat, seed: UInt64) throws {
        let sound = Self.sound(format, 400, 600, 500, 300, 900, 800, 600)
        var whole = Self.buffer(format)
        let expected = try whole.append(sound)
        #expect(expected.count == 6)
        var random = SeededRandom(seed: seed)
        var pieces = Self.buffer(format)
        var events: [InputAudioBuffer.Event] = []
        var rest = sound
        while rest.readableBytes > 0 {
            let samples = Int.random(in: 1...3_000, using: &random)
            let length = min(samples * format.bytesPerSample, rest.readableBytes)
            events += try pieces.append(rest.readSlice(length: length) ?? ByteBuffer())
        }
        #expect(events == expected)
        #expect(pieces.durationMS == whole.durationMS)
    }

    @Test("finds nothing without turn detection")
    func manual() throws {
        var buffer = Self.buffer(.pcm, nil)
        #expect(try buffer.append(Self.sound(.pcm, 300, 600, 600)).isEmpty)
        #expect(buffer.durationMS == 1_500)
    }

    @Test("cuts a turn that goes on for too long, and goes on with another one")
    func turnLimit() throws {
        var limits = SessionLimits()
        limits.turnMS = 1_000
        var buffer = Self.buffer(limits: limits)
        var kinds: [String] = []
        var speech = TestAudio.speech(ms: 3_000)
        _ = try buffer.append(TestAudio.silence(ms: 500))
        while let piece = speech.readSlice(length: 100 * 48) {
            for event in try buffer.append(piece) {
                switch event {
                case .speechStarted: kinds.append("started")
                case .speechStopped(_, let recording):
                    kinds.append("stopped")
                    #expect(recording.readableBytes <= 1_100 * 48)
                case .paused, .resumed: kinds.append("paused")
                }
            }
            #expect(buffer.durationMS <= 1_000)
        }
        #expect(kinds == ["started", "stopped", "started", "stopped", "started", "stopped"])
    }

    // MARK: Limits

    @Test("keeps only the last of a silence")
    func silence() throws {
        var limits = SessionLimits()
        limits.silenceBufferMS = 500
        var buffer = Self.buffer(limits: limits)
        for _ in 0..<20 { #expect(try buffer.append(TestAudio.silence(ms: 100)).isEmpty) }
        #expect(buffer.durationMS == 500)
        // Time goes on all the same.
        let events = try buffer.append(TestAudio.speech(ms: 500))
        guard case .speechStarted(let start)? = events.first else {
            Issue.record("nothing was found")
            return
        }
        #expect((1_660...1_740).contains(start))
    }

    @Test("keeps as much of a silence as the padding needs")
    func longPadding() throws {
        var limits = SessionLimits()
        limits.silenceBufferMS = 100
        var buffer = Self.buffer(.pcm, Self.detection { $0.prefixPaddingMS = 800 }, limits: limits)
        _ = try buffer.append(TestAudio.silence(ms: 2_000))
        #expect(buffer.durationMS == 800)
    }

    @Test("refuses what is too much and keeps what it has")
    func full() throws {
        var limits = SessionLimits()
        limits.inputBufferMS = 1_000
        var buffer = Self.buffer(.pcmu, nil, limits: limits)
        #expect(try buffer.append(TestAudio.silence(ms: 1_000, .pcmu)).isEmpty)
        #expect(
            throws: RealtimeError(
                code: "input_audio_buffer_full",
                message: "Error appending to the input audio buffer: it would hold more than 1s of audio. "
                    + "Commit or clear it first."
            )
        ) {
            try buffer.append(TestAudio.silence(ms: 1, .pcmu))
        }
        #expect(try buffer.commit().readableBytes == 8_000)
    }

    // MARK: Commit and clear

    @Test("gives all that it holds, and is empty then")
    func commit() throws {
        var buffer = Self.buffer(.pcm, nil)
        let first = TestAudio.speech(ms: 120)
        _ = try buffer.append(first)
        _ = try buffer.append(TestAudio.silence(ms: 30))
        #expect(try buffer.commit() == first + TestAudio.silence(ms: 30))
        #expect(buffer.durationMS == 0)
        #expect(throws: RealtimeError.self) { try buffer.commit() }
    }

    @Test("goes on counting after what was committed or cleared", arguments: [true, false])
    func counting(isCommitted: Bool) throws {
        var buffer = Self.buffer()
        _ = try buffer.append(TestAudio.silence(ms: 700))
        if isCommitted { _ = try buffer.commit() } else { buffer.clear() }
        let events = try buffer.append(Self.sound(.pcm, 600, 600))
        guard case .speechStarted(let start)? = events.first else {
            Issue.record("nothing was found")
            return
        }
        #expect((980...1_040).contains(start))
    }

    @Test("begins a turn anew after a commit during speech, from where it was cut")
    func commitDuringSpeech() throws {
        var buffer = Self.buffer()
        _ = try buffer.append(Self.sound(.pcm, 300, 400))
        buffer.turnItemID = "announced"
        #expect(try buffer.commit().readableBytes > 600 * 48)
        #expect(buffer.turnItemID == "announced")
        #expect(try buffer.append(TestAudio.speech(ms: 400)).first == .speechStarted(startMS: 700))
    }

    @Test("has no turn any more after it was cleared")
    func clearDuringSpeech() throws {
        var buffer = Self.buffer()
        _ = try buffer.append(Self.sound(.pcm, 300, 400))
        buffer.turnItemID = "announced"
        buffer.clear()
        #expect(buffer.turnItemID == nil)
        #expect(try buffer.append(TestAudio.silence(ms: 600)).isEmpty)
    }

    // MARK: Configuration

    @Test("does not change the format of what waits, where it waits for a commit")
    func formatWithAudio() throws {
        let refusal = RealtimeError(
            code: "invalid_value",
            message: "Invalid 'session.audio.input.format': the format cannot change while audio of the old one waits. "
                + "Commit or clear it first.",
            param: "session.audio.input.format"
        )
        var manual = Self.buffer(.pcm, nil)
        _ = try manual.append(TestAudio.silence(ms: 10))
        #expect(throws: refusal) { try manual.configure(Self.input(.pcmu, nil)) }
        #expect(manual.durationMS == 10)
        manual.clear()
        try manual.configure(Self.input(.pcmu, nil))
        var inTurn = Self.buffer()
        _ = try inTurn.append(Self.sound(.pcm, 300, 400))
        #expect(throws: refusal) { try inTurn.configure(Self.input(.pcmu, TurnDetection())) }
        // Between turns nothing of what waits is anybody's message.
        var betweenTurns = Self.buffer()
        _ = try betweenTurns.append(TestAudio.silence(ms: 300))
        try betweenTurns.configure(Self.input(.pcmu, TurnDetection()))
        #expect(betweenTurns.durationMS == 0)
    }

    @Test("goes on counting when the format changes", arguments: AudioFormat.allCases, AudioFormat.allCases)
    func countingAcrossFormats(first: AudioFormat, second: AudioFormat) throws {
        var buffer = Self.buffer(first)
        _ = try buffer.append(TestAudio.silence(ms: 700, first))
        try buffer.configure(Self.input(second, TurnDetection()))
        let events = try buffer.append(Self.sound(second, 600, 600))
        guard case .speechStarted(let start)? = events.first else {
            Issue.record("nothing was found")
            return
        }
        #expect((980...1_040).contains(start))
    }

    @Test("keeps what waits when turn detection is turned off, even in the middle of speech")
    func detectionOff() throws {
        var buffer = Self.buffer()
        _ = try buffer.append(Self.sound(.pcm, 300, 400))
        buffer.turnItemID = "announced"
        let waiting = buffer.durationMS
        try buffer.configure(Self.input(.pcm, nil))
        #expect(try buffer.append(TestAudio.silence(ms: 900)).isEmpty)
        #expect(buffer.durationMS == waiting + 900)
        #expect(buffer.turnItemID == nil)
    }

    @Test("listens from then on when turn detection is turned on")
    func detectionOn() throws {
        var buffer = Self.buffer(.pcm, nil)
        _ = try buffer.append(Self.sound(.pcm, 300, 400, 300))
        try buffer.configure(Self.input(.pcm, TurnDetection()))
        let events = try buffer.append(Self.sound(.pcm, 400, 400))
        guard case .speechStarted(let start)? = events.first else {
            Issue.record("nothing was found")
            return
        }
        #expect((1_080...1_140).contains(start))
    }

    @Test("ends the turn that is being spoken by the silence that is wanted by then")
    func detectionChanged() throws {
        var buffer = Self.buffer()
        _ = try buffer.append(Self.sound(.pcm, 300, 400))
        try buffer.configure(Self.input(.pcm, Self.detection { $0.silenceDurationMS = 600 }))
        let events = try buffer.append(Self.sound(.pcm, 900))
        guard case .speechStopped(let end, _)? = events.first else {
            Issue.record("nothing was found")
            return
        }
        #expect((1_260...1_340).contains(end))
    }

    @Test("waits longer for the end of a turn with semantic detection")
    func semantic() throws {
        var buffer = Self.buffer(.pcm, TurnDetection(kind: .semantic))
        let events = try buffer.append(Self.sound(.pcm, 300, 400, 900))
        guard case .speechStopped(let end, _)? = events.last else {
            Issue.record("nothing was found")
            return
        }
        #expect((1_160...1_240).contains(end))
    }

    @Test("is harder to start while the assistant is heard")
    func ownVoice() throws {
        var quiet = Self.buffer()
        quiet.assistantIsHeard(true)
        #expect(try quiet.append(Self.sound(.pcm, 300, 120, 600)).isEmpty)
        var loud = Self.buffer()
        #expect(try loud.append(Self.sound(.pcm, 300, 120, 600)).count == 2)
        var long = Self.buffer()
        long.assistantIsHeard(true)
        #expect(try long.append(Self.sound(.pcm, 300, 400, 600)).count == 2)
    }
}
