// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// One of the two laws of ITU-T G.711: 16-bit samples to 8-bit codes and back, by tables built once.
///
/// Samples are scaled to 16 bits as is usual: 4 times the 14-bit values of µ-law, 8 times the 13-bit values of A-law.
/// Decision values belong to the outer interval, and a sample and its bitwise complement get codes of opposite sign.
package struct G711: Sendable {
    /// The law of North America and Japan (G.711 table 2).
    ///
    /// Code 0x7F, the negative zero, decodes to 0 and comes back as 0xFF.
    package static let muLaw = G711(law: .mu)
    /// The law of the rest of the world (G.711 table 1).
    ///
    /// All 256 codes survive a round trip.
    package static let aLaw = G711(law: .a)

    private let sampleOfCode: [Int16]
    /// Indexed by the upper 13 bits of a 15-bit magnitude for µ-law, by 11 for A-law: finer steps do not occur.
    private let codeOfMagnitude: [UInt8]
    private let magnitudeShift: Int16

    private init(law: G711Law) {
        sampleOfCode = (0...UInt8.max).map(law.sample(ofCode:))
        magnitudeShift = law.resolutionShift
        codeOfMagnitude = (0...(Int16.max >> magnitudeShift))
            .map { [magnitudeShift] in
                law.code(ofMagnitude: Int32($0) << Int32(magnitudeShift))
            }
    }

    /// The sample a code stands for, on the 16-bit scale.
    package func sample(of code: UInt8) -> Int16 {
        sampleOfCode[Int(code)]
    }

    /// The code of a sample.
    package func code(of sample: Int16) -> UInt8 {
        Self.code(of: sample, in: codeOfMagnitude.span, shift: magnitudeShift)
    }

    /// Appends one sample for each byte.
    package func appendSamples(decoding codes: UnsafeRawBufferPointer, to samples: inout [Int16]) {
        let first = samples.count
        samples.append(contentsOf: repeatElement(0, count: codes.count))
        var target = samples.mutableSpan
        let table = sampleOfCode.span
        for index in codes.indices {
            target[first + index] = table[Int(codes[index])]
        }
    }

    /// Appends one byte for each sample.
    package func appendBytes(encoding samples: Span<Int16>, to codes: inout [UInt8]) {
        let first = codes.count
        codes.append(contentsOf: repeatElement(0, count: samples.count))
        var target = codes.mutableSpan
        let table = codeOfMagnitude.span
        let shift = magnitudeShift
        for index in samples.indices {
            target[first + index] = Self.code(of: samples[index], in: table, shift: shift)
        }
    }

    @inline(__always)
    private static func code(of sample: Int16, in table: Span<UInt8>, shift: Int16) -> UInt8 {
        let sign = sample >> 15
        let code = table[Int((sample ^ sign) &>> shift)]
        // The table holds codes of positive samples, whose sign bit is set.
        return code ^ (UInt8(truncatingIfNeeded: sign) & 0x80)
    }
}
