// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A sine of known frequency in a signal, by least squares, and what is left without it.
struct SineFit {
    let amplitude: Double
    /// RMS of the rest, in the signal's units.
    let residue: Double

    init(_ samples: [Int16], hertz: Double, rate: Int) {
        let values = samples.map(Double.init)
        let angles = values.indices.map { 2 * .pi * hertz * Double($0) / Double(rate) }
        let (c, s) = (angles.map { cos($0) }, angles.map { sin($0) })
        func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
        let (cc, ss, cs, vc, vs) = (dot(c, c), dot(s, s), dot(c, s), dot(values, c), dot(values, s))
        let determinant = cc * ss - cs * cs
        let a = (vc * ss - vs * cs) / determinant
        let b = (vs * cc - vc * cs) / determinant
        amplitude = (a * a + b * b).squareRoot()
        residue = values.indices.map { values[$0] - a * c[$0] - b * s[$0] }.rms
    }

    /// Power of the sine over power of the rest, in dB.
    var signalToNoiseDB: Double {
        20 * log10(amplitude / 2.0.squareRoot() / residue)
    }
}
