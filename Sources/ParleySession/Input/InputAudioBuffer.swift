// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore
package import ParleyAudio
package import ParleyEvents

/// The audio the client has appended and not yet committed, and the turns found in it.
package struct InputAudioBuffer: Sendable {
    /// What appended audio led to.
    package enum Event: Sendable, Equatable {
        /// The user begins to speak, at this ms of the session's audio, padding included.
        case speechStarted(startMS: Int)
        /// The user has spoken: the turn's audio ends at this ms of the session's audio.
        case speechStopped(endMS: Int, recording: ByteBuffer)
        /// The user has been silent for ``SessionLimits/anticipationMS`` in the middle of a turn; this is all so far.
        case paused(recording: ByteBuffer)
        /// The user was not at the end when he last paused.
        case resumed
    }

    /// The item that the turn which is being spoken will become.
    package var turnItemID: String?
    private let limits: SessionLimits
    private var format: AudioFormat
    private var turnDetection: TurnDetection?
    private var detector: VoiceActivityDetector?
    /// What noise reduction there is on the way to the detector; the bytes stay as they were sent.
    private var noiseFilter: HighPass?
    private var noiseReduction: Double?
    private var bytes = ByteBuffer()
    /// Where in the session's audio `bytes` begins, in bytes of the present format.
    private var offset = 0
    /// Milliseconds of audio in formats used earlier.
    private var earlierMS = 0
    /// Whether the user is in the middle of a turn.
    package private(set) var isInTurn = false
    /// The silence that ended the last turn, in ms of audio.
    package private(set) var silenceMS: Int?
    /// Where the silence began of which `paused` told, in ms of the session's audio.
    private var pausedAtMS: Int?
    /// Whether the user has said nothing since `paused` told of his turn.
    package var isAnticipated: Bool { pausedAtMS != nil }

    package init(_ input: Session.Input, limits: SessionLimits) {
        self.limits = limits
        format = input.format
        turnDetection = input.turnDetection
        detector = Self.makeDetector(turnDetection, format, elapsedMS: 0)
        filterNoise(input.noiseReductionStrength)
    }

    private mutating func filterNoise(_ strength: Double?) {
        noiseReduction = strength
        noiseFilter = strength.map { HighPass(sampleRate: format.sampleRate, strength: $0) }
    }

    /// Audio waiting, in ms.
    package var durationMS: Int { bytes.readableBytes / format.bytesPerMillisecond }

    private var elapsedMS: Int { earlierMS + (offset + bytes.readableBytes) / format.bytesPerMillisecond }

    /// Takes over a new configuration; audio and turns that are under way stay.
    package mutating func configure(_ input: Session.Input) throws(RealtimeError) {
        if input.format != format {
            guard bytes.readableBytes == 0 || (turnDetection != nil && !isInTurn) else {
                throw .invalidValue(
                    "session.audio.input.format",
                    message: "Invalid 'session.audio.input.format': the format cannot change while audio of the "
                        + "old one waits. Commit or clear it first."
                )
            }
            earlierMS = elapsedMS
            offset = 0
            bytes.clear()
            format = input.format
            turnDetection = input.turnDetection
            detector = Self.makeDetector(turnDetection, format, elapsedMS: earlierMS)
            filterNoise(input.noiseReductionStrength)
        } else if input.turnDetection != turnDetection {
            turnDetection = input.turnDetection
            if let turnDetection, detector != nil {
                detector?.update(Self.settings(turnDetection))
            } else {
                detector = Self.makeDetector(turnDetection, format, elapsedMS: elapsedMS)
                isInTurn = false
                pausedAtMS = nil
                turnItemID = nil
            }
        }
        if input.noiseReductionStrength != noiseReduction { filterNoise(input.noiseReductionStrength) }
    }

    /// Whether our own voice may be heard in what is appended.
    package mutating func assistantIsHeard(_ isHeard: Bool) { detector?.raiseBar(isHeard) }

    /// Appends audio of whole samples.
    package mutating func append(_ audio: ByteBuffer) throws(RealtimeError) -> [Event] {
        let maximum = limits.inputBufferMS * format.bytesPerMillisecond
        guard bytes.readableBytes + audio.readableBytes <= maximum else {
            throw RealtimeError(
                code: "input_audio_buffer_full",
                message: "Error appending to the input audio buffer: it would hold more than "
                    + "\(limits.inputBufferMS / 1000)s of audio. Commit or clear it first."
            )
        }
        bytes.writeImmutableBuffer(audio)
        guard var detector else { return [] }
        var samples = audio.withUnsafeReadableBytes { format.encoding.samples(from: $0) }
        noiseFilter?.process(&samples)
        var found: [VoiceActivityEvent] = []
        detector.process(samples.span, into: &found)
        self.detector = detector
        var events: [Event] = []
        for event in found {
            switch event {
            case .speechStarted(let atMS, _): events.append(turnStarted(atMS))
            case .speechStopped(let atMS, let detectedAtMS):
                if let pausedAtMS, pausedAtMS != atMS { events.append(.resumed) }
                events.append(turnEnded(detectedAtMS))
                silenceMS = detectedAtMS - atMS
            }
        }
        if isInTurn, let event = pause(detector) { events.append(event) }
        if isInTurn, durationMS > limits.turnMS {
            self.detector?.reset()
            if isAnticipated { events.append(.resumed) }
            events.append(turnEnded(elapsedMS))
            silenceMS = nil
        } else if !isInTurn {
            let keptMS = max(limits.silenceBufferMS, turnDetection?.prefixPaddingMS ?? 0)
            drop(bytes.readableBytes - keptMS * format.bytesPerMillisecond)
        }
        return events
    }

    /// Whether the turn may be over, or is not over as it was thought to be.
    private mutating func pause(_ detector: VoiceActivityDetector) -> Event? {
        guard let least = limits.anticipationMS else { return nil }
        let silentMS = detector.trailingSilenceMS
        let beganMS = detector.elapsedMS - silentMS
        if let pausedAtMS {
            guard pausedAtMS != beganMS else { return nil }
            self.pausedAtMS = nil
            return .resumed
        }
        guard silentMS >= least else { return nil }
        pausedAtMS = beganMS
        return .paused(recording: bytes)
    }

    private mutating func turnStarted(_ atMS: Int) -> Event {
        isInTurn = true
        let startMS = max(atMS - (turnDetection?.prefixPaddingMS ?? 0), earlierMS + offset / format.bytesPerMillisecond)
        drop(length(untilMS: startMS))
        return .speechStarted(startMS: startMS)
    }

    /// Audio behind the end of the turn, if a piece held both, stays in the buffer.
    private mutating func turnEnded(_ endMS: Int) -> Event {
        isInTurn = false
        pausedAtMS = nil
        let length = length(untilMS: endMS)
        offset += length
        let recording = bytes.readSlice(length: length) ?? ByteBuffer()
        bytes = ByteBuffer(bytes: bytes.readableBytesView)
        return .speechStopped(endMS: endMS, recording: recording)
    }

    /// How many of the bytes that wait lie before that ms of the session's audio.
    private func length(untilMS timeMS: Int) -> Int {
        min(max(0, (timeMS - earlierMS) * format.bytesPerMillisecond - offset), bytes.readableBytes)
    }

    private mutating func drop(_ length: Int) {
        guard length > 0 else { return }
        bytes.moveReaderIndex(forwardBy: length)
        offset += length
        if bytes.readerIndex > bytes.readableBytes { bytes.discardReadBytes() }
    }

    /// Takes everything out for a message.
    package mutating func commit() throws(RealtimeError) -> ByteBuffer {
        guard durationMS >= limits.minimumCommitMS else {
            let hundredths = bytes.readableBytes * 100 / format.bytesPerMillisecond
            let fraction = String(hundredths % 100)
            throw RealtimeError(
                code: "input_audio_buffer_commit_empty",
                message: "Error committing input audio buffer: buffer too small. Expected at least "
                    + "\(limits.minimumCommitMS)ms of audio, but buffer only has "
                    + "\(hundredths / 100).\(fraction.count == 1 ? "0" + fraction : fraction)ms of audio."
            )
        }
        let recording = bytes
        clear(keepingTurnItem: true)
        return recording
    }

    /// Takes everything out while nobody speaks; gives the last `lastMS` of it, as far as that much is kept.
    ///
    /// Times are ms of the session's audio.
    package mutating func takeSilence(lastMS: Int) -> (startMS: Int, endMS: Int, recording: ByteBuffer) {
        let endMS = elapsedMS
        drop(bytes.readableBytes - lastMS * format.bytesPerMillisecond)
        let recording = bytes
        let startMS = endMS - recording.readableBytes / format.bytesPerMillisecond
        clear()
        return (startMS, endMS, recording)
    }

    /// Forgets everything; the session's audio goes on counting.
    package mutating func clear() { clear(keepingTurnItem: false) }

    private mutating func clear(keepingTurnItem: Bool) {
        offset += bytes.readableBytes
        bytes = ByteBuffer()
        isInTurn = false
        pausedAtMS = nil
        detector?.reset()
        if !keepingTurnItem { turnItemID = nil }
    }

    private static func makeDetector(
        _ turnDetection: TurnDetection?,
        _ format: AudioFormat,
        elapsedMS: Int
    ) -> VoiceActivityDetector? {
        turnDetection.map {
            VoiceActivityDetector(sampleRate: format.sampleRate, settings: settings($0), elapsedMS: elapsedMS)
        }
    }

    private static func settings(_ turnDetection: TurnDetection) -> VoiceActivitySettings {
        switch turnDetection.kind {
        case .server:
            VoiceActivitySettings(
                threshold: Float(turnDetection.threshold),
                silenceDurationMS: turnDetection.silenceDurationMS
            )
        case .semantic: VoiceActivitySettings(threshold: 0.5, patience: turnDetection.eagerness.patience)
        }
    }
}

extension TurnDetection.Eagerness {
    /// What `semantic_vad` waits for somebody to go on; the longest waits are the protocol's (section 4.5).
    ///
    /// It hears how the voice ends, not what the words say: the words are not there in time.
    fileprivate var patience: VoiceActivitySettings.Patience {
        switch self {
        case .low: VoiceActivitySettings.Patience(finishedMS: 600, unclearMS: 1_000, hesitatingMS: 8_000)
        case .high: VoiceActivitySettings.Patience(finishedMS: 200, unclearMS: 300, hesitatingMS: 2_000)
        default: VoiceActivitySettings.Patience(finishedMS: 300, unclearMS: 500, hesitatingMS: 4_000)
        }
    }
}

extension AudioFormat {
    /// How samples become bytes and back.
    package var encoding: SampleEncoding {
        switch self {
        case .pcm: .pcm16_24k
        case .pcmu: .g711_ulaw
        case .pcma: .g711_alaw
        }
    }
}
