// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// What the samples in a RIFF/WAVE file are.
///
/// Reading is ``WAVHeader``'s work; this is the description, and it writes the header of a new file.
package struct WAVFormat: Sendable, Hashable {
    /// How a sample is stored (`wFormatTag`).
    package enum Encoding: UInt16, Sendable, Hashable {
        /// Integer PCM, little-endian.
        case pcm = 1
        /// G.711 A-law.
        case aLaw = 6
        /// G.711 µ-law.
        case muLaw = 7
    }

    /// How a sample is stored.
    package var encoding: Encoding
    /// Samples per second and channel, at least 1.
    package var sampleRate: Int
    /// Channels, interleaved, at least 1.
    package var channels: Int
    /// Bits of one sample of one channel: 16 for what this project writes as PCM, 8 for G.711.
    package var bitsPerSample: Int

    /// Describes samples.
    package init(encoding: Encoding, sampleRate: Int, channels: Int, bitsPerSample: Int) {
        self.encoding = encoding
        self.sampleRate = sampleRate
        self.channels = channels
        self.bitsPerSample = bitsPerSample
    }

    /// Describes audio of a Realtime session as it is on the wire.
    package init(_ format: SampleEncoding) {
        let encoding: Encoding =
            switch format {
            case .pcm16_24k: .pcm
            case .g711_ulaw: .muLaw
            case .g711_alaw: .aLaw
            }
        self.init(
            encoding: encoding,
            sampleRate: format.sampleRate,
            channels: 1,
            bitsPerSample: 8 * format.bytesPerSample
        )
    }

    /// Bytes of one sample of all channels.
    package var bytesPerFrame: Int {
        channels * ((bitsPerSample + 7) / 8)
    }

    /// Writes what goes before the audio.
    ///
    /// - Parameter dataLength: Bytes of audio that follow. `nil`, or more than the format can say, writes
    ///   0xFFFFFFFF: "until the end of the file". After an odd number of bytes a pad byte belongs into the file.
    /// - Returns: 44 bytes for PCM, 58 for G.711, which must have a `fact` chunk.
    package func header(dataLength: Int?) -> [UInt8] {
        let formatLength = encoding == .pcm ? 16 : 18
        let factLength = encoding == .pcm ? 0 : 12
        let before = 4 + 8 + formatLength + factLength + 8
        let known = dataLength.flatMap { $0 >= 0 && $0 + before < Int(UInt32.max) ? $0 : nil }
        var writer = LittleEndianWriter()
        writer.append("RIFF")
        writer.append(known.map { UInt32(before + $0 + $0 % 2) } ?? .max)
        writer.append("WAVEfmt ")
        writer.append(UInt32(formatLength))
        writer.append(encoding.rawValue)
        writer.append(UInt16(clamping: channels))
        writer.append(UInt32(clamping: sampleRate))
        writer.append(UInt32(clamping: sampleRate * bytesPerFrame))
        writer.append(UInt16(clamping: bytesPerFrame))
        writer.append(UInt16(clamping: bitsPerSample))
        if encoding != .pcm {
            writer.append(UInt16(0))
            writer.append("fact")
            writer.append(UInt32(4))
            writer.append(known.map { UInt32($0 / max(1, bytesPerFrame)) } ?? .max)
        }
        writer.append("data")
        writer.append(known.map { UInt32($0) } ?? .max)
        return writer.bytes
    }
}

/// Collects the fields of a binary header.
private struct LittleEndianWriter {
    private(set) var bytes: [UInt8] = []

    mutating func append(_ text: StaticString) {
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    mutating func append<Field: FixedWidthInteger>(_ field: Field) {
        withUnsafeBytes(of: field.littleEndian) { bytes.append(contentsOf: $0) }
    }
}
