// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import CParleyKernels
public import NIOCore

/// Standard base64 with padding (RFC 4648 section 4), as audio travels in.
public enum Base64 {
    /// Decodes a whole text.
    ///
    /// `nil` if it holds anything but the alphabet, or is not padded to a multiple of four.
    public static func decode(_ text: String) -> ByteBuffer? {
        var text = text
        return text.withUTF8 { decode(UnsafeRawBufferPointer($0)) }
    }

    /// Decodes the bytes of a whole text.
    public static func decode(_ source: UnsafeRawBufferPointer) -> ByteBuffer? {
        var buffer = ByteBuffer()
        return decode(source, into: &buffer) ? buffer : nil
    }

    /// Appends what a whole text stands for.
    ///
    /// - Parameters:
    ///   - source: The text.
    ///   - buffer: Where it goes.
    ///   - bits: How wide the vectors are that are used.
    /// - Returns: Whether it is base64; nothing is appended otherwise.
    static func decode(
        _ source: UnsafeRawBufferPointer,
        into buffer: inout ByteBuffer,
        bits: UInt32 = parley_vector_bits()
    ) -> Bool {
        guard source.count % 4 == 0 else { return false }
        guard source.count > 0 else { return true }
        var padding = 0
        if source[source.count - 1] == padByte { padding += 1 }
        if source[source.count - 2] == padByte { padding += 1 }
        let length = source.count / 4 * 3 - padding
        var isValid = true
        // Room for whole groups: the last one is cut to size afterwards.
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: source.count / 4 * 3) { target in
            isValid = decodeGroups(source, padding: padding, into: target, bits)
            return isValid ? length : 0
        }
        return isValid
    }

    private static func decodeGroups(
        _ source: UnsafeRawBufferPointer,
        padding: Int,
        into target: UnsafeMutableRawBufferPointer,
        _ bits: UInt32
    ) -> Bool {
        let lastGroup = source.count - 4
        let done = parley_base64_decode(target.baseAddress, source.baseAddress, lastGroup, bits)
        return values.withUnsafeBufferPointer { values in
            var invalid: UInt8 = 0
            var output = done / 4 * 3
            for input in stride(from: done, through: lastGroup, by: 4) {
                let isLast = input == lastGroup
                let a = values[Int(source[input])]
                let b = values[Int(source[input + 1])]
                let c = isLast && padding == 2 ? 0 : values[Int(source[input + 2])]
                let d = isLast && padding >= 1 ? 0 : values[Int(source[input + 3])]
                invalid |= a | b | c | d
                target[output] = a << 2 | b >> 4
                target[output + 1] = b << 4 | c >> 2
                target[output + 2] = c << 6 | d
                output += 3
            }
            return invalid < 64
        }
    }

    /// Encodes the readable bytes of a buffer.
    public static func encode(_ buffer: ByteBuffer) -> String {
        var text = ByteBuffer()
        encode(buffer, into: &text)
        return String(buffer: text)
    }

    /// Appends the readable bytes of `buffer` as base64.
    public static func encode(_ buffer: ByteBuffer, into output: inout ByteBuffer) {
        let length = encodedLength(buffer.readableBytes)
        output.writeWithUnsafeMutableBytes(minimumWritableBytes: length) { target in
            encode(buffer, to: target)
            return length
        }
    }

    /// Writes the readable bytes of `buffer` as base64 to memory for ``encodedLength(_:)`` characters.
    ///
    /// - Parameters:
    ///   - buffer: The bytes.
    ///   - target: Where the text goes.
    ///   - bits: How wide the vectors are that are used.
    static func encode(
        _ buffer: ByteBuffer,
        to target: UnsafeMutableRawBufferPointer,
        bits: UInt32 = parley_vector_bits()
    ) {
        precondition(target.count >= encodedLength(buffer.readableBytes))
        buffer.withUnsafeReadableBytes { encodeGroups($0, into: target, bits) }
    }

    /// How many characters stand for that many bytes.
    static func encodedLength(_ count: Int) -> Int { (count + 2) / 3 * 4 }

    private static func encodeGroups(
        _ source: UnsafeRawBufferPointer,
        into target: UnsafeMutableRawBufferPointer,
        _ bits: UInt32
    ) {
        let done = parley_base64_encode(target.baseAddress, source.baseAddress, source.count / 3 * 3, bits)
        alphabet.withUnsafeBufferPointer { alphabet in
            var output = done / 3 * 4
            for input in stride(from: done, to: source.count, by: 3) {
                let a = source[input]
                let b = input + 1 < source.count ? source[input + 1] : 0
                let c = input + 2 < source.count ? source[input + 2] : 0
                target[output] = alphabet[Int(a >> 2)]
                target[output + 1] = alphabet[Int((a << 4 | b >> 4) & 63)]
                target[output + 2] = input + 1 < source.count ? alphabet[Int((b << 2 | c >> 6) & 63)] : padByte
                target[output + 3] = input + 2 < source.count ? alphabet[Int(c & 63)] : padByte
                output += 4
            }
        }
    }

    private static let padByte = UInt8(ascii: "=")
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    /// The value of each byte, 64 and more for bytes outside the alphabet.
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 0xFF, count: 256)
        for (value, byte) in alphabet.enumerated() { values[Int(byte)] = UInt8(value) }
        return values
    }()
}
