// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import FoundationEssentials
internal import ParleyAudio

/// Who speaks.
enum TalkInput: Sendable {
    /// Samples of one channel at ``sampleRate``.
    case file([Int16], isFast: Bool)
    case microphone(SoundProgram)

    /// Hz.
    static let sampleRate = 24_000
    /// Length of what is sent at a time.
    static let chunkMS = 100
    /// Longest file, in bytes: half an hour of it would be sent before any answer counts.
    private static let longestFile = 256 << 20

    /// Reads a WAV file (16-bit PCM or G.711, any rate, first channel), or finds the program for the microphone.
    init(_ name: String, fast: Bool) throws {
        guard name != "mic" else {
            self = .microphone(try SoundProgram.recorder())
            return
        }
        self = .file(try Self.samples(name), isFast: fast)
    }

    static func chunks(of samples: [Int16]) -> [[Int16]] {
        let length = sampleRate / 1000 * chunkMS
        return stride(from: 0, to: samples.count, by: length)
            .map { Array(samples[$0..<min(samples.count, $0 + length)]) }
    }

    private static func samples(_ path: String) throws -> [Int16] {
        let bytes: [UInt8]
        do {
            bytes = Array(try Data(contentsOf: URL(filePath: path)))
        } catch {
            throw ValidationError("--input: cannot read '\(path)'.")
        }
        guard bytes.count <= longestFile else { throw ValidationError("--input: '\(path)' is longer than 256 MiB.") }
        do {
            guard let header = try bytes.withUnsafeBytes({ try WAVHeader.parse($0) }) else {
                throw ValidationError("--input: '\(path)' ends before its sound begins.")
            }
            let sound = bytes.dropFirst(header.dataOffset).prefix(header.dataLength ?? .max)
            return try resampled(try mono(Array(sound), header.format, path), from: header.format.sampleRate)
        } catch let error as WAVError {
            throw ValidationError("--input: '\(path)': \(error)")
        }
    }

    private static func mono(_ bytes: [UInt8], _ format: WAVFormat, _ path: String) throws -> [Int16] {
        let samples: [Int16]
        switch (format.encoding, format.bitsPerSample) {
        case (.pcm, 16): samples = PCM16.samples(fromLittleEndian: bytes)
        case (.muLaw, 8): samples = bytes.map { G711.muLaw.sample(of: $0) }
        case (.aLaw, 8): samples = bytes.map { G711.aLaw.sample(of: $0) }
        default: throw ValidationError("--input: '\(path)' is not 16-bit PCM or G.711; convert it, as with sox.")
        }
        guard format.channels > 1 else { return samples }
        return stride(from: 0, to: samples.count, by: format.channels).map { samples[$0] }
    }

    private static func resampled(_ samples: [Int16], from rate: Int) throws -> [Int16] {
        guard rate != sampleRate else { return samples }
        do {
            var resampler = try Resampler(from: rate, to: sampleRate, quality: .playback)
            var output: [Int16] = []
            resampler.process(samples.span, into: &output)
            resampler.flush(into: &output)
            return output
        } catch {
            throw ValidationError("--input: \(error)")
        }
    }
}
