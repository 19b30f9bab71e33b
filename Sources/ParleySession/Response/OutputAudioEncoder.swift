// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import ParleyAudio
internal import ParleyEvents

/// The engine's speech, 16-bit mono at 24 000 Hz, in the format the client has asked for.
struct OutputAudioEncoder: Sendable {
    private let format: AudioFormat
    private var resampler: Resampler?

    init(_ format: AudioFormat) {
        self.format = format
        if format.sampleRate == 8_000 { resampler = Self.toTelephone.map(Resampler.init(kernel:)) }
    }

    /// Shared by all sessions: its coefficients take a millisecond to make.
    private static let toTelephone = try? ResamplingKernel(from: 24_000, to: 8_000, quality: .telephone)

    mutating func encode(_ samples: Span<Int16>) -> ByteBuffer {
        guard resampler != nil else { return bytes(samples) }
        var resampled: [Int16] = []
        resampler?.process(samples, into: &resampled)
        return bytes(resampled.span)
    }

    /// What the resampler still holds back.
    mutating func finish() -> ByteBuffer {
        var rest: [Int16] = []
        resampler?.flush(into: &rest)
        return bytes(rest.span)
    }

    private func bytes(_ samples: Span<Int16>) -> ByteBuffer {
        var bytes: [UInt8] = []
        format.encoding.appendBytes(encoding: samples, to: &bytes)
        return ByteBuffer(bytes: bytes)
    }
}
