// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// Why a stream is not a RIFF/WAVE file that can be read.
package enum WAVError: Error, Hashable, CustomStringConvertible {
    /// The stream does not begin as `RIFF….WAVE`.
    case notRIFF(found: [UInt8])
    /// The audio begins before any `fmt ` chunk.
    case formatMissing(offset: Int)
    /// A `fmt ` chunk of less than 16 bytes.
    case formatTooShort(length: Int)
    /// A `wFormatTag` that is neither PCM (1), A-law (6) nor µ-law (7).
    case unsupportedEncoding(tag: UInt16)
    /// A rate, number of channels or number of bits that no audio can have.
    case impossibleFormat(sampleRate: Int, channels: Int, bitsPerSample: Int)
    /// More than ``WAVHeader/maximumLength`` bytes before the audio.
    case headerTooLong(length: Int)

    package var description: String {
        switch self {
        case .notRIFF(let found):
            "not a WAV file: it begins with the bytes \(found) instead of RIFF and WAVE;"
                + " ask the source for WAV, or read it as raw PCM"
        case .formatMissing(let offset):
            "WAV data chunk at byte \(offset) stands before any fmt chunk; the source must write fmt first"
        case .formatTooShort(let length):
            "WAV fmt chunk has \(length) bytes but 16 are the least; the source writes a broken header"
        case .unsupportedEncoding(let tag):
            "WAV format tag \(tag) is not supported; use 16-bit PCM (1), A-law (6) or µ-law (7)"
        case .impossibleFormat(let sampleRate, let channels, let bits):
            "WAV fmt chunk says \(sampleRate) Hz, \(channels) channels, \(bits) bits, which no audio can have;"
                + " the source writes a broken header"
        case .headerTooLong(let length):
            "\(length) bytes stand before the audio of the WAV file, \(WAVHeader.maximumLength) are allowed;"
                + " remove metadata from the file"
        }
    }
}
