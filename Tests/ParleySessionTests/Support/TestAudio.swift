// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import NIOCore
import ParleyAudio
import ParleyEvents
import ParleySession

/// Sound for tests.
enum TestAudio {
    /// Something that a detector takes for speech, up to 4 s of it.
    static func speech(ms: Int, _ format: AudioFormat = .pcm) -> ByteBuffer {
        var speech = voices[format] ?? ByteBuffer()
        return speech.readSlice(length: ms * format.bytesPerMillisecond) ?? speech
    }

    /// Harmonics of a voice, louder and softer with each syllable.
    private static let voices = Dictionary(
        uniqueKeysWithValues: AudioFormat.allCases.map { format in
            let rate = Double(format.sampleRate)
            let samples = (0..<(4 * format.sampleRate))
                .map { index -> Int16 in
                    let time = Double(index) / rate
                    let voice = (1...12).reduce(0.0) { $0 + sin(2 * .pi * 140 * Double($1) * time) / Double($1) }
                    let syllable = 0.7 - 0.3 * cos(2 * .pi * 4 * time)
                    return Int16(5_000 * voice * syllable)
                }
            return (format, encoded(samples, format))
        }
    )

    /// Nothing.
    static func silence(ms: Int, _ format: AudioFormat = .pcm) -> ByteBuffer {
        encoded([Int16](repeating: 0, count: ms * format.sampleRate / 1000), format)
    }

    /// A ramp, so that every part of it is recognisable: the assistant's voice, 24 000 Hz.
    static func assistant(ms: Int) -> [Int16] {
        (0..<(ms * 24)).map { Int16(truncatingIfNeeded: $0 &* 7) }
    }

    static func encoded(_ samples: [Int16], _ format: AudioFormat = .pcm) -> ByteBuffer {
        var bytes: [UInt8] = []
        format.encoding.appendBytes(encoding: samples.span, to: &bytes)
        return ByteBuffer(bytes: bytes)
    }
}

extension ByteBuffer {
    static func + (left: ByteBuffer, right: ByteBuffer) -> ByteBuffer {
        var sum = left
        sum.writeImmutableBuffer(right)
        return sum
    }

    var base64: String { Base64.encode(self) }
}
