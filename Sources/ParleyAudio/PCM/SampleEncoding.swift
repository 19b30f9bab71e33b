// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// The three audio formats of the Realtime protocol, always mono.
///
/// Bytes go to 16-bit samples and back at the rate of the format; changing the rate is ``Resampler``'s work.
package enum SampleEncoding: Sendable, Hashable, CaseIterable {
    /// 16-bit little-endian PCM at 24 kHz.
    case pcm16_24k
    /// G.711 µ-law at 8 kHz.
    case g711_ulaw
    /// G.711 A-law at 8 kHz.
    case g711_alaw

    /// Samples per second.
    package var sampleRate: Int {
        switch self {
        case .pcm16_24k: 24_000
        case .g711_ulaw, .g711_alaw: 8_000
        }
    }

    /// Bytes one sample takes on the wire.
    package var bytesPerSample: Int {
        switch self {
        case .pcm16_24k: 2
        case .g711_ulaw, .g711_alaw: 1
        }
    }

    /// Bytes one millisecond of audio takes on the wire (48 for PCM, 8 for G.711).
    package var bytesPerMillisecond: Int {
        sampleRate / 1_000 * bytesPerSample
    }

    /// The samples that `bytes` carry.
    ///
    /// - Parameter bytes: Audio in this format. An odd last byte of PCM is half a sample and is left out; a
    ///   stream whose chunks may split samples needs ``PCM16/StreamDecoder``.
    /// - Returns: 16-bit samples at ``sampleRate``.
    package func samples(from bytes: UnsafeRawBufferPointer) -> [Int16] {
        var samples: [Int16] = []
        switch self {
        case .pcm16_24k: PCM16.appendSamples(fromLittleEndian: bytes, to: &samples)
        case .g711_ulaw: G711.muLaw.appendSamples(decoding: bytes, to: &samples)
        case .g711_alaw: G711.aLaw.appendSamples(decoding: bytes, to: &samples)
        }
        return samples
    }

    /// Appends `samples` as bytes of this format.
    ///
    /// - Parameters:
    ///   - samples: 16-bit samples at ``sampleRate``.
    ///   - bytes: Grows by ``bytesPerSample`` for each sample.
    package func appendBytes(encoding samples: Span<Int16>, to bytes: inout [UInt8]) {
        switch self {
        case .pcm16_24k: PCM16.appendBytes(littleEndian: samples, to: &bytes)
        case .g711_ulaw: G711.muLaw.appendBytes(encoding: samples, to: &bytes)
        case .g711_alaw: G711.aLaw.appendBytes(encoding: samples, to: &bytes)
        }
    }
}
