// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import ParleyAudio
internal import ParleyEvents

/// The audio formats of the protocol (protocol reference, section 4.4).
enum AudioEncoding: Sendable, CaseIterable {
    case pcm, muLaw, aLaw

    private var samples: SampleEncoding {
        switch self {
        case .pcm: .pcm16_24k
        case .muLaw: .g711_ulaw
        case .aLaw: .g711_alaw
        }
    }

    /// Bytes of one millisecond.
    var bytesPerMillisecond: Int { samples.bytesPerMillisecond }

    /// Bytes of one sample.
    var bytesPerSample: Int { samples.bytesPerSample }

    /// Speech-like sound as base64 for `input_audio_buffer.append`.
    func speech(milliseconds: Int) -> String {
        base64(SpeechSketch(sampleRate: samples.sampleRate).speech(milliseconds))
    }

    /// Digital silence as base64.
    func silence(milliseconds: Int) -> String {
        base64([Int16](repeating: 0, count: milliseconds * samples.sampleRate / 1000))
    }

    /// Bytes that a base64 text stands for; `nil` if it is none.
    static func byteCount(ofBase64 text: String) -> Int? { Base64.decode(text)?.readableBytes }

    private func base64(_ sound: [Int16]) -> String {
        var bytes: [UInt8] = []
        samples.appendBytes(encoding: sound.span, to: &bytes)
        return Base64.encode(ByteBuffer(bytes: bytes))
    }
}
