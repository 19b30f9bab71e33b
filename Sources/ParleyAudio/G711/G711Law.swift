// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// The definitions of ITU-T G.711 that the tables are built from.
///
/// A code is a sign bit (set for positive), three bits for the segment and four for the step within it; each segment
/// has steps twice as wide as the one below.
enum G711Law {
    case mu
    case a

    /// Magnitudes that differ only below this bit have the same code.
    var resolutionShift: Int16 {
        switch self {
        case .mu: 2
        case .a: 4
        }
    }

    /// Bits inverted on the line so that silence is not all zeros: all of µ-law, the even ones of A-law.
    private var inversion: UInt8 {
        switch self {
        case .mu: 0x7F
        case .a: 0x55
        }
    }

    /// The code of a positive sample.
    ///
    /// - Parameter magnitude: 0...32 767 on the 16-bit scale.
    /// - Returns: The code as it is on the line, with the sign bit set.
    func code(ofMagnitude magnitude: Int32) -> UInt8 {
        let segment: Int32
        let step: Int32
        switch self {
        case .mu:
            // 33 on the 14-bit scale makes all segments begin at powers of two; 8 158 is the last decision value.
            let biased = min(magnitude, 4 * 8_158) + 4 * 33
            segment = 24 - Int32(biased.leadingZeroBitCount)
            step = biased >> (segment + 3)
        case .a:
            // The two lowest segments have steps of the same width.
            segment = max(0, 24 - Int32(magnitude.leadingZeroBitCount))
            step = magnitude >> (max(1, segment) + 3)
        }
        return 0x80 | (UInt8(segment << 4 | step & 0xF) ^ inversion)
    }

    /// The sample a code stands for: the middle of its interval, on the 16-bit scale.
    func sample(ofCode code: UInt8) -> Int16 {
        let bits = Int16(code & 0x7F ^ inversion)
        let segment = bits >> 4
        let middle = (bits & 0xF) << 1 + 1
        let magnitude: Int16 =
            switch self {
            case .mu: ((middle + 32) << (segment + 2)) - 4 * 33
            case .a: segment == 0 ? middle << 3 : (middle + 32) << (segment + 2)
            }
        return code & 0x80 == 0 ? -magnitude : magnitude
    }
}
