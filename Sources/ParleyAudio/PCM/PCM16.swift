// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// 16-bit little-endian PCM bytes to samples and back, on a machine of any byte order.
package enum PCM16 {
    /// The samples in `bytes`; an odd last byte is left out.
    package static func samples(fromLittleEndian bytes: UnsafeRawBufferPointer) -> [Int16] {
        var samples: [Int16] = []
        appendSamples(fromLittleEndian: bytes, to: &samples)
        return samples
    }

    /// The samples in `bytes`; an odd last byte is left out.
    package static func samples(fromLittleEndian bytes: some Sequence<UInt8>) -> [Int16] {
        let contiguous = bytes.withContiguousStorageIfAvailable {
            samples(fromLittleEndian: UnsafeRawBufferPointer($0))
        }
        return contiguous ?? Array(bytes).withUnsafeBytes { samples(fromLittleEndian: $0) }
    }

    /// Appends the samples in `bytes`; an odd last byte is left out.
    package static func appendSamples(fromLittleEndian bytes: UnsafeRawBufferPointer, to samples: inout [Int16]) {
        let first = samples.count
        let count = bytes.count / 2
        samples.append(contentsOf: repeatElement(0, count: count))
        samples.withUnsafeMutableBytes { target in
            let new = UnsafeMutableRawBufferPointer(rebasing: target[2 * first..<2 * (first + count)])
            new.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[..<(2 * count)]))
        }
        var target = samples.mutableSpan
        // Nothing to do, and nothing left of this loop, where memory is little-endian.
        for index in first..<first + count {
            target[index] = Int16(littleEndian: target[index])
        }
    }

    /// `samples` as bytes, two for each.
    package static func bytes(littleEndian samples: Span<Int16>) -> [UInt8] {
        var bytes: [UInt8] = []
        appendBytes(littleEndian: samples, to: &bytes)
        return bytes
    }

    /// Appends `samples` as bytes, two for each.
    package static func appendBytes(littleEndian samples: Span<Int16>, to bytes: inout [UInt8]) {
        let first = bytes.count
        bytes.append(contentsOf: repeatElement(0, count: 2 * samples.count))
        bytes.withUnsafeMutableBytes { target in
            var place = first
            for index in samples.indices {
                target.storeBytes(of: samples[index].littleEndian, toByteOffset: place, as: Int16.self)
                place += 2
            }
        }
    }

    /// Bytes to samples for a stream whose chunks may end in the middle of a sample.
    ///
    /// A byte left over at the end of a chunk is kept for the next one: dropping it would shift all that follows
    /// by one byte, which is noise at full volume.
    package struct StreamDecoder: Sendable {
        /// Low byte of a sample whose high byte has not come yet; non-nil at the end of a stream means it was cut.
        package private(set) var carry: UInt8?

        /// A decoder at the start of a stream.
        package init() {}

        /// Appends the samples that are complete with `bytes`.
        package mutating func append(_ bytes: UnsafeRawBufferPointer, to samples: inout [Int16]) {
            var rest = bytes[...]
            if let low = carry, let high = rest.popFirst() {
                samples.append(Int16(bitPattern: UInt16(high) << 8 | UInt16(low)))
                carry = nil
            }
            let whole = UnsafeRawBufferPointer(rebasing: rest)
            PCM16.appendSamples(fromLittleEndian: whole, to: &samples)
            if whole.count % 2 == 1 {
                carry = whole.last
            }
        }
    }
}
