// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyAudio
import ParleyEngines
import Testing

@Suite("Answers of speech servers")
struct SpeechReaderTests {
    private static let samples = (0..<600).map { Int16(truncatingIfNeeded: $0 * 53 - 9_000) }
    private static let bytes = PCM16.bytes(littleEndian: samples.span)

    private func read(_ pieces: [ArraySlice<UInt8>], rate: Int = 24_000) throws -> [Int16] {
        var reader = SpeechReader(rawRate: rate)
        var samples: [Int16] = []
        for piece in pieces { samples += try reader.push(piece) }
        return samples + (try reader.finish())
    }

    private static func wav(rate: Int, channels: Int = 1, length: Int?, _ audio: [UInt8]) -> [UInt8] {
        WAVFormat(encoding: .pcm, sampleRate: rate, channels: channels, bitsPerSample: 16).header(dataLength: length)
            + audio
    }

    @Test("Raw samples may be cut anywhere, also within a sample")
    func rawCuts() throws {
        for cut in [0, 1, 2, 3, 4, 5, 6, 7, 101, 1_198, 1_199, 1_200] {
            #expect(try read([Self.bytes[..<cut], Self.bytes[cut...]]) == Self.samples, "cut at \(cut)")
        }
        #expect(try read(Self.bytes.indices.map { Self.bytes[$0...$0] }) == Self.samples)
    }

    @Test("An odd byte at the end is no sample")
    func oddEnd() throws { #expect(try read([(Self.bytes + [7])[...]]) == Self.samples) }

    @Test("A WAV file may come where raw samples were asked for, cut anywhere")
    func wavCuts() throws {
        let file = Self.wav(rate: 24_000, length: Self.bytes.count, Self.bytes) + Array("LIST....".utf8)
        for cut in 0...60 {
            #expect(try read([file[..<cut], file[cut...]], rate: 8_000) == Self.samples, "cut at \(cut)")
        }
    }

    @Test("A WAV file without a length goes on to its end")
    func unknownLength() throws {
        #expect(try read([Self.wav(rate: 24_000, length: nil, Self.bytes)[...]]) == Self.samples)
    }

    @Test("Other rates become the session's, by what the file says or else by the settings")
    func rates() throws {
        let wav = try read([Self.wav(rate: 48_000, length: nil, Self.bytes)[...]])
        #expect(abs(wav.count - 300) <= 1)
        let raw = try read([Self.bytes[...]], rate: 16_000)
        #expect(abs(raw.count - 900) <= 1)
    }

    @Test("Of several channels the first is heard")
    func stereo() throws {
        let interleaved: [Int16] = Self.samples.flatMap { [$0, 0] }
        let file = Self.wav(rate: 24_000, channels: 2, length: nil, PCM16.bytes(littleEndian: interleaved.span))
        for cut in 44...52 { #expect(try read([file[..<cut], file[cut...]]) == Self.samples) }
    }

    @Test("Files of another kind, and no sound at all, are errors")
    func notSound() throws {
        for magic in ["OggS", "fLaC", "ID3\u{4}"] {
            #expect(throws: AnswerError.self) { try read([Array((magic + "rest of it").utf8)[...]]) }
        }
        #expect(throws: AnswerError.cutShort) { try read([]) }
        let cut = Self.wav(rate: 24_000, length: Self.bytes.count, Array(Self.bytes.prefix(100)))
        #expect(throws: AnswerError.cutShort) { try read([cut[...]]) }
    }
}
