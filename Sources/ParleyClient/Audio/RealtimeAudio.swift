// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import ParleyAudio
public import ParleyEvents

/// Sound as programs have it, and as the protocol carries it.
public enum RealtimeAudio {
    /// Samples of one channel, −1…1, as 16-bit samples; what is beyond is cut.
    public static func int16(_ floats: some Sequence<Float>) -> [Int16] {
        floats.map { sample in
            // A NaN is silence.
            guard sample == sample else { return 0 }
            let clamped = max(-1, min(1, sample))
            return Int16(clamped < 0 ? clamped * 32_768 : clamped * 32_767)
        }
    }

    /// 16-bit samples as floats, −1…1.
    public static func floats(_ samples: some Sequence<Int16>) -> [Float] {
        samples.map { $0 < 0 ? Float($0) / 32_768 : Float($0) / 32_767 }
    }

    /// Samples of one channel at the format's rate as its bytes.
    public static func bytes(_ samples: [Int16], as format: AudioFormat) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(samples.count * format.bytesPerSample)
        format.encoding.appendBytes(encoding: samples.span, to: &bytes)
        return bytes
    }

    /// Bytes of a format as samples of one channel at the format's rate; half a sample at the end is left out.
    public static func samples(_ bytes: [UInt8], of format: AudioFormat) -> [Int16] {
        bytes.withUnsafeBytes { format.encoding.samples(from: $0) }
    }

    /// Bytes as base64 (RFC 4648 section 4).
    public static func base64(_ bytes: [UInt8]) -> String { Base64.encode(ByteBuffer(bytes: bytes)) }

    /// Base64 as bytes; nil if it is none.
    public static func bytes(base64 text: String) -> [UInt8]? {
        Base64.decode(text).map { Array($0.readableBytesView) }
    }

    /// Samples of one channel at another rate; both in Hz.
    ///
    /// - Throws: If there is no such rate, or the ratio is beyond what can be filtered.
    public static func resampled(
        _ samples: [Int16],
        from: Int,
        to: Int
    ) throws(RealtimeAudioError) -> [Int16] {
        guard from != to else { return samples }
        do throws(ResamplingError) {
            var resampler = try Resampler(from: from, to: to, quality: .playback)
            var output: [Int16] = []
            resampler.process(samples.span, into: &output)
            resampler.flush(into: &output)
            return output
        } catch {
            throw RealtimeAudioError(description: "\(error)")
        }
    }
}

/// Why sound could not be changed into what was wanted.
public struct RealtimeAudioError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What is wrong.
    public let description: String
}

extension AudioClip {
    /// The samples of one channel at the format's rate.
    public var samples: [Int16] {
        bytes.withUnsafeReadableBytes { format.encoding.samples(from: $0) }
    }
}

extension AudioFormat {
    var encoding: SampleEncoding {
        switch self {
        case .pcm: .pcm16_24k
        case .pcmu: .g711_ulaw
        case .pcma: .g711_alaw
        }
    }
}
