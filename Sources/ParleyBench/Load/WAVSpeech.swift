// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyAudio

/// Speech from a file.
package enum WAVSpeech {
    /// The sound of a WAV file as a Realtime session takes it: 24 kHz, one channel, 16 bits.
    ///
    /// - Throws: Why this cannot be used, in a sentence.
    package static func samples(_ file: [UInt8]) throws(WAVSpeechError) -> [Int16] {
        let parsed: Result<WAVHeader?, WAVError> = file.withUnsafeBytes { bytes in
            do throws(WAVError) { return .success(try WAVHeader.parse(bytes)) } catch { return .failure(error) }
        }
        let header: WAVHeader
        switch parsed {
        case .success(let read?): header = read
        case .success(nil): throw WAVSpeechError("the file ends before its audio begins")
        case .failure(let error): throw WAVSpeechError(error.description)
        }
        let format = header.format
        guard format.encoding == .pcm, format.bitsPerSample == 16 else {
            throw WAVSpeechError("expected 16-bit PCM; convert it, for example with sox IN.wav -b 16 OUT.wav")
        }
        let length = min(header.dataLength ?? .max, file.count - header.dataOffset)
        let all = PCM16.samples(fromLittleEndian: file.dropFirst(header.dataOffset).prefix(length))
        let mono = stride(from: 0, to: all.count, by: format.channels).map { all[$0] }
        guard !mono.isEmpty else { throw WAVSpeechError("there is no audio in it") }
        guard format.sampleRate != rate else { return mono }
        do {
            var resampler = try Resampler(from: format.sampleRate, to: rate, quality: .playback)
            var result: [Int16] = []
            resampler.process(mono.span, into: &result)
            resampler.flush(into: &result)
            return result
        } catch {
            throw WAVSpeechError("\(error)")
        }
    }

    private static let rate = 24_000
}

/// Why a file cannot be said.
package struct WAVSpeechError: Error, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}
