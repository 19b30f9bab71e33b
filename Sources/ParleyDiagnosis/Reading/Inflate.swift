// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// Undoes DEFLATE (RFC 1951), for looking at messages of a server that compresses (RFC 7692).
///
/// It takes a message at a time and gives out a bounded amount; it is meant for a few messages and not for speed.
package struct Inflate: Sendable {
    /// What is wrong with the bytes.
    package enum Failure: Error, Equatable {
        /// They are no DEFLATE.
        case malformed
        /// They make more than was asked for.
        case tooMuch
    }

    /// How far a message may refer back.
    private static let windowBytes = 32 * 1024

    /// Most bytes that one message may become.
    private let limit: Int
    /// The end of what came out, which the next message may refer to.
    private var window: [UInt8] = []

    /// - Parameter limit: Most bytes that one message may become.
    package init(limit: Int = 1 << 20) { self.limit = limit }

    /// The message that was compressed.
    ///
    /// - Parameter payload: As sent, without the four bytes that end a flush (RFC 7692 section 7.2.1).
    /// - Throws: What is wrong with the payload.
    /// - Returns: What it was before.
    package mutating func message(_ payload: [UInt8]) throws(Failure) -> [UInt8] {
        var reader = BitReader(payload + [0x00, 0x00, 0xFF, 0xFF])
        var output = window
        let base = output.count
        while !reader.isAtEnd {
            let isLast = try reader.bits(1) == 1
            switch try reader.bits(2) {
            case 0: try Self.stored(&reader, &output)
            case 1: try compressed(&reader, &output, base, .fixedLiterals, .fixedDistances)
            case 2:
                let (literals, distances) = try Self.tables(&reader)
                try compressed(&reader, &output, base, literals, distances)
            default: throw .malformed
            }
            guard output.count - base <= limit else { throw .tooMuch }
            if isLast { break }
        }
        window = Array(output.suffix(Self.windowBytes))
        return Array(output[base...])
    }

    private static func stored(_ reader: inout BitReader, _ output: inout [UInt8]) throws(Failure) {
        reader.skipToByte()
        let count = try reader.bits(16)
        guard try reader.bits(16) == count ^ 0xFFFF else { throw .malformed }
        output += try reader.bytes(count)
    }

    private func compressed(
        _ reader: inout BitReader,
        _ output: inout [UInt8],
        _ base: Int,
        _ literals: HuffmanTable,
        _ distances: HuffmanTable
    ) throws(Failure) {
        while true {
            let symbol = try literals.symbol(&reader)
            if symbol < 256 {
                output.append(UInt8(truncatingIfNeeded: symbol))
            } else if symbol == 256 {
                return
            } else {
                guard symbol - 257 < Self.lengths.count else { throw .malformed }
                let length = Self.lengths[symbol - 257] + (try reader.bits(Self.lengthBits[symbol - 257]))
                let code = try distances.symbol(&reader)
                guard code < Self.distances.count else { throw .malformed }
                let distance = Self.distances[code] + (try reader.bits(Self.distanceBits[code]))
                guard distance <= output.count else { throw .malformed }
                for _ in 0..<length { output.append(output[output.count - distance]) }
            }
            guard output.count - base <= limit else { throw .tooMuch }
        }
    }

    /// The codes of a block that brings its own (section 3.2.7).
    private static func tables(_ reader: inout BitReader) throws(Failure) -> (HuffmanTable, HuffmanTable) {
        let literalCount = 257 + (try reader.bits(5))
        let distanceCount = 1 + (try reader.bits(5))
        let codeCount = 4 + (try reader.bits(4))
        var codeLengths = [Int](repeating: 0, count: 19)
        for index in 0..<codeCount { codeLengths[codeOrder[index]] = try reader.bits(3) }
        let codes = HuffmanTable(codeLengths)
        var lengths: [Int] = []
        while lengths.count < literalCount + distanceCount {
            let symbol = try codes.symbol(&reader)
            switch symbol {
            case 16:
                guard let last = lengths.last else { throw .malformed }
                lengths += [Int](repeating: last, count: 3 + (try reader.bits(2)))
            case 17: lengths += [Int](repeating: 0, count: 3 + (try reader.bits(3)))
            case 18: lengths += [Int](repeating: 0, count: 11 + (try reader.bits(7)))
            default: lengths.append(symbol)
            }
        }
        guard lengths.count == literalCount + distanceCount else { throw .malformed }
        return (HuffmanTable(Array(lengths[..<literalCount])), HuffmanTable(Array(lengths[literalCount...])))
    }

    private static let codeOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
    private static let lengthBits = [
        0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
    ]
    private static let lengths = [
        3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227,
        258,
    ]
    private static let distanceBits = (0..<30).map { max(0, $0 / 2 - 1) }
    private static let distances = distanceBits.reduce(into: [1]) { $0.append(($0.last ?? 0) + 1 << $1) }.dropLast()
        .map(\.self)
}

/// Bits of bytes, the lowest first.
private struct BitReader {
    private let input: [UInt8]
    private var position = 0
    private var held: UInt32 = 0
    private var heldBits = 0

    init(_ input: [UInt8]) { self.input = input }

    var isAtEnd: Bool { position == input.count && heldBits == 0 }

    mutating func bits(_ count: Int) throws(Inflate.Failure) -> Int {
        while heldBits < count {
            guard position < input.count else { throw .malformed }
            held |= UInt32(input[position]) << UInt32(heldBits)
            position += 1
            heldBits += 8
        }
        defer {
            held >>= UInt32(count)
            heldBits -= count
        }
        return Int(held & (1 << UInt32(count) - 1))
    }

    mutating func skipToByte() {
        held >>= UInt32(heldBits % 8)
        heldBits -= heldBits % 8
    }

    mutating func bytes(_ count: Int) throws(Inflate.Failure) -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count, heldBits > 0 { bytes.append(UInt8(try bits(8))) }
        let rest = count - bytes.count
        guard input.count - position >= rest else { throw .malformed }
        bytes += input[position..<position + rest]
        position += rest
        return bytes
    }
}

/// Codes of 1 to 15 bits, in the canonical order (RFC 1951 section 3.2.2).
private struct HuffmanTable {
    /// How many codes there are of each length.
    private var counts = [Int](repeating: 0, count: 16)
    /// Symbols in the order of their codes.
    private var symbols: [Int] = []

    init(_ lengths: [Int]) {
        for length in lengths where length > 0 { counts[length] += 1 }
        for length in 1...15 { symbols += lengths.indices.filter { lengths[$0] == length } }
    }

    static let fixedLiterals = HuffmanTable(
        [Int](repeating: 8, count: 144) + [Int](repeating: 9, count: 112) + [Int](repeating: 7, count: 24)
            + [Int](repeating: 8, count: 8)
    )
    static let fixedDistances = HuffmanTable([Int](repeating: 5, count: 30))

    func symbol(_ reader: inout BitReader) throws(Inflate.Failure) -> Int {
        var code = 0
        var first = 0
        var index = 0
        for length in 1...15 {
            code |= try reader.bits(1)
            if code - first < counts[length] { return symbols[index + code - first] }
            index += counts[length]
            first = (first + counts[length]) << 1
            code <<= 1
        }
        throw .malformed
    }
}
