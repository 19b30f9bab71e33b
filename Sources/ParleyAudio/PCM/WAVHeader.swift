// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// Where the audio of a RIFF/WAVE stream begins and what it is.
///
/// Made for streams: programs that write to a pipe do not know the length, so 0 and implausibly large lengths mean
/// "until the end", and chunks before the audio are skipped whatever they hold.
package struct WAVHeader: Sendable, Hashable {
    /// Bytes that may stand before the audio.
    package static let maximumLength = 1 << 20

    /// What the samples are.
    package let format: WAVFormat
    /// Bytes before the first sample.
    package let dataOffset: Int
    /// Bytes of audio, after which something else may follow, or `nil` for "until the end of the stream".
    package let dataLength: Int?

    /// Reads the header at the start of a stream.
    ///
    /// - Parameter bytes: The stream from its first byte, as far as it has come.
    /// - Returns: The header, or `nil` while more bytes are needed: call again with all of them.
    /// - Throws: ``WAVError`` as soon as it is clear that this is no WAV stream that can be read.
    package static func parse(_ bytes: UnsafeRawBufferPointer) throws(WAVError) -> WAVHeader? {
        let reader = LittleEndianReader(bytes: bytes)
        guard try reader.has("RIFF", at: 0), try reader.has("WAVE", at: 8) else {
            return nil
        }
        var format: WAVFormat?
        var offset = 12
        while let length = reader.integer(at: offset + 4, as: UInt32.self).map(Int.init) {
            let body = offset + 8
            if reader.matches("data", at: offset) {
                guard let format else {
                    throw .formatMissing(offset: offset)
                }
                return WAVHeader(format: format, dataOffset: body, dataLength: dataLength(stated: length))
            }
            if reader.matches("fmt ", at: offset) {
                guard length >= 16 else {
                    throw .formatTooShort(length: length)
                }
                guard let read = try reader.format(at: body, length: length) else {
                    return nil
                }
                format = read
            }
            offset = body + length + length % 2
            guard offset <= maximumLength else {
                throw .headerTooLong(length: offset)
            }
        }
        return nil
    }

    /// Writers that do not know the length put 0, 0xFFFFFFFF, or a number just below 2 GiB.
    private static func dataLength(stated: Int) -> Int? {
        stated == 0 || stated >= 0x7FFF_0000 ? nil : stated
    }
}

/// Reads the fields of a header of which only the beginning may be there.
private struct LittleEndianReader {
    let bytes: UnsafeRawBufferPointer

    /// `nil` when the field is not there yet.
    func integer<Field: FixedWidthInteger>(at offset: Int, as type: Field.Type) -> Field? {
        guard offset + MemoryLayout<Field>.size <= bytes.count else {
            return nil
        }
        return Field(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: type))
    }

    func matches(_ tag: StaticString, at offset: Int) -> Bool {
        tag.withUTF8Buffer { bytes.dropFirst(offset).starts(with: $0) }
    }

    /// False while the tag may still come, an error as soon as it cannot.
    func has(_ tag: StaticString, at offset: Int) throws(WAVError) -> Bool {
        let present = bytes.dropFirst(offset).prefix(4)
        let agrees = tag.withUTF8Buffer { $0.starts(with: present) }
        guard agrees else {
            throw .notRIFF(found: Array(bytes.prefix(12)))
        }
        return present.count == 4
    }

    /// The body of a `fmt ` chunk, or `nil` when it is not all there yet.
    func format(at body: Int, length: Int) throws(WAVError) -> WAVFormat? {
        guard var tag = integer(at: body, as: UInt16.self),
            let channels = integer(at: body + 2, as: UInt16.self),
            let rate = integer(at: body + 4, as: UInt32.self),
            let bits = integer(at: body + 14, as: UInt16.self)
        else {
            return nil
        }
        let extensible: UInt16 = 0xFFFE
        if tag == extensible, length >= 26 {
            // The real tag is the first field of the sub-format GUID.
            guard let subformat = integer(at: body + 24, as: UInt16.self) else {
                return nil
            }
            tag = subformat
        }
        guard let encoding = WAVFormat.Encoding(rawValue: tag) else {
            throw .unsupportedEncoding(tag: tag)
        }
        guard channels > 0, rate > 0, bits > 0, encoding == .pcm || bits == 8 else {
            throw .impossibleFormat(sampleRate: Int(rate), channels: Int(channels), bitsPerSample: Int(bits))
        }
        return WAVFormat(
            encoding: encoding,
            sampleRate: Int(rate),
            channels: Int(channels),
            bitsPerSample: Int(bits)
        )
    }
}
