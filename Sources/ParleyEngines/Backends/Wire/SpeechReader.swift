// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import ParleyAudio
internal import ParleyEvents

/// Makes of the answer to a speech request, in pieces of any size, samples at 24 000 Hz.
///
/// Raw samples may be cut in the middle of one; a WAV file may come although raw samples were asked for, and is read by
/// what it says of itself.
package struct SpeechReader: Sendable {
    /// What the bytes are, once enough of them have come.
    private enum Kind {
        case raw
        case wav(WAVFormat)
    }

    /// The rate of speech in a session.
    package static let sampleRate = 24_000
    /// How other files begin, which nobody has asked for.
    private static let otherFiles: [(name: String, magic: [UInt8])] = [
        ("Ogg", Array("OggS".utf8)), ("FLAC", Array("fLaC".utf8)), ("MP3", Array("ID3".utf8)),
    ]

    private var rawRate: Int
    private var kind: Kind?
    /// Bytes that wait for their kind to be known.
    private var head: [UInt8] = []
    /// Bytes of audio that are still to come; `nil` = until the end.
    private var left: Int?
    private var frame: [UInt8] = []
    private var resampler: Resampler?
    /// Whether any sample has come.
    package private(set) var hasSamples = false

    /// A reader of raw samples at `rawRate` Hz, unless the answer turns out to be a WAV file.
    package init(rawRate: Int) { self.rawRate = rawRate }

    /// Takes the next bytes and returns the samples that are complete by them.
    package mutating func push(_ bytes: some Sequence<UInt8>) throws(AnswerError) -> [Int16] {
        guard kind == nil else { return try decode(Array(bytes)) }
        head.append(contentsOf: bytes)
        return try open(isComplete: false)
    }

    /// Ends the sound and returns the rest of it.
    ///
    /// - Throws: ``AnswerError/cutShort`` if nothing came, or not all that a WAV header announced.
    package mutating func finish() throws(AnswerError) -> [Int16] {
        var samples = kind == nil ? try open(isComplete: true) : []
        guard hasSamples, left ?? 0 == 0 else { throw .cutShort }
        resampler?.flush(into: &samples)
        return samples
    }

    private mutating func open(isComplete: Bool) throws(AnswerError) -> [Int16] {
        let bytes = head
        if bytes.count < 4, !isComplete { return [] }
        if let other = Self.otherFiles.first(where: { bytes.starts(with: $0.magic) }) {
            throw .unreadable("it is \(other.name); set the server to raw samples (pcm) or wav")
        }
        guard bytes.starts(with: "RIFF".utf8) else {
            kind = .raw
            head = []
            return try decode(bytes)
        }
        let header: WAVHeader?
        do throws(WAVError) {
            header =
                try bytes.withUnsafeBytes { bytes in
                    Result { () throws(WAVError) in try WAVHeader.parse(bytes) }
                }
                .get()
        } catch {
            throw .unreadable("\(error)")
        }
        guard let header else {
            if isComplete { throw .cutShort }
            return []
        }
        let format = header.format
        guard format.encoding != .pcm || format.bitsPerSample == 16 else {
            throw .unreadable("its samples have \(format.bitsPerSample) bits; 16 are expected")
        }
        kind = .wav(format)
        rawRate = format.sampleRate
        left = header.dataLength
        head = []
        return try decode(Array(bytes[header.dataOffset...]))
    }

    private mutating func decode(_ bytes: [UInt8]) throws(AnswerError) -> [Int16] {
        var bytes = bytes[...]
        if let left {
            // What follows the audio in a file (names, dates) is no sound.
            bytes = bytes.prefix(left)
            self.left = left - bytes.count
        }
        var format = WAVFormat(encoding: .pcm, sampleRate: rawRate, channels: 1, bitsPerSample: 16)
        if case .wav(let stated) = kind { format = stated }
        frame.append(contentsOf: bytes)
        let whole = frame.count - frame.count % format.bytesPerFrame
        guard whole > 0 else { return [] }
        let samples = Self.samples(frame[..<whole], format)
        frame.removeFirst(whole)
        hasSamples = true
        guard format.sampleRate != Self.sampleRate else { return samples }
        if resampler == nil {
            do {
                resampler = try Resampler(from: format.sampleRate, to: Self.sampleRate, quality: .playback)
            } catch {
                throw .unreadable("\(error)")
            }
        }
        var converted: [Int16] = []
        resampler?.process(samples.span, into: &converted)
        return converted
    }

    /// Samples of the first channel.
    private static func samples(_ bytes: ArraySlice<UInt8>, _ format: WAVFormat) -> [Int16] {
        let all: [Int16] = bytes.withUnsafeBytes { bytes in
            switch format.encoding {
            case .pcm: return PCM16.samples(fromLittleEndian: bytes)
            case .muLaw: return SampleEncoding.g711_ulaw.samples(from: bytes)
            case .aLaw: return SampleEncoding.g711_alaw.samples(from: bytes)
            }
        }
        guard format.channels > 1 else { return all }
        return stride(from: 0, to: all.count, by: format.channels).map { all[$0] }
    }
}

/// Reads speech that is streamed as events: `speech.audio.delta` with base64.
package enum SpeechEvent {
    /// The bytes of audio in the data of one event; empty for what is no audio.
    package static func audio(_ data: String) throws(AnswerError) -> [UInt8] {
        guard data != "[DONE]", !data.isEmpty else { return [] }
        let object: JSON
        do {
            object = try JSON(parsing: data)
        } catch {
            throw .unreadable("\(error)")
        }
        if let message = BackendMessage.reported(in: object) { throw .reported(message) }
        guard object["type"]?.stringValue == "speech.audio.delta", let text = object["audio"]?.stringValue else {
            return []
        }
        guard let audio = Base64.decode(text) else { throw .unreadable("its audio is no base64") }
        return Array(audio.readableBytesView)
    }
}
