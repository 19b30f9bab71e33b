// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import ParleyAudio
import ParleyEvents
import ParleySession

/// What is said and heard in these tests: words in tone code, which turn detection takes for speech.
enum Sound {
    static func silence(ms: Int, _ format: AudioFormat = .pcm) -> ByteBuffer {
        encoded([Int16](repeating: 0, count: ms * format.sampleRate / 1000), format)
    }

    static func words(_ text: String, _ format: AudioFormat = .pcm) -> ByteBuffer {
        var samples: [Int16] = []
        ToneCode.Encoder(sampleRate: format.sampleRate).encode(text, into: &samples)
        return encoded(samples, format)
    }

    /// A ramp, so that every part of it is recognisable: the assistant's voice, 24 000 Hz.
    static func ramp(ms: Int) -> [Int16] { (0..<(ms * 24)).map { Int16(truncatingIfNeeded: $0 &* 7) } }

    static func encoded(_ samples: [Int16], _ format: AudioFormat) -> ByteBuffer {
        var bytes: [UInt8] = []
        format.encoding.appendBytes(encoding: samples.span, to: &bytes)
        return ByteBuffer(bytes: bytes)
    }

    /// The words in tone code that are in some audio.
    static func heard(in audio: ByteBuffer, _ format: AudioFormat) -> [ToneCode.Word] {
        var decoder = ToneCode.Decoder(sampleRate: format.sampleRate)
        var words: [ToneCode.Word] = []
        decoder.process(Recording(audio, format: format).samples.span, into: &words)
        decoder.finish(into: &words)
        return words
    }
}

extension ByteBuffer {
    static func += (left: inout ByteBuffer, right: ByteBuffer) { left.writeImmutableBuffer(right) }
}
