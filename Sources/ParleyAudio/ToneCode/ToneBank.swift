// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// Listens for all tones of ``ToneCode`` at once.
///
/// For each 2.5 ms it says which tone the last 20 ms fit best, whatever its phase.
struct ToneBank: Sendable {
    /// Steps of 2.5 ms in a symbol.
    static let stepsPerSymbol = 8
    /// Steps in a second.
    static let stepsPerSecond = stepsPerSymbol * ToneCode.symbolsPerSecond

    /// What 20 ms sound like.
    struct Reading: Sendable {
        /// The strongest tone.
        let symbol: UInt8
        /// Its part of the energy of all tones, 0...1: 1/16 if they are equal, 0 in digital silence.
        let clarity: Float
    }

    private typealias Tones = SIMD16<Float>

    private let sampleRate: Int
    private let turnReal: Tones
    private let turnImaginary: Tones

    private var phasorReal = Tones(repeating: 1)
    private var phasorImaginary = Tones.zero
    private var sumReal = Tones.zero
    private var sumImaginary = Tones.zero
    /// Sums of the last eight steps.
    private var stepsReal = [Tones](repeating: .zero, count: stepsPerSymbol)
    private var stepsImaginary = [Tones](repeating: .zero, count: stepsPerSymbol)
    private var sample = 0
    private var step = 0
    private var stepEnd: Int

    /// A bank for samples at `sampleRate` Hz.
    init(sampleRate: Int) {
        self.sampleRate = sampleRate
        var real = Tones.zero
        var imaginary = Tones.zero
        for symbol in 0..<ToneCode.tones {
            let turns = Double(ToneCode.frequency(of: symbol)) / Double(sampleRate)
            real[symbol] = Float(Elementary.cosine(turns: turns))
            imaginary[symbol] = Float(Elementary.sine(turns: turns))
        }
        turnReal = real
        turnImaginary = imaginary
        stepEnd = sampleRate / Self.stepsPerSecond
    }

    /// Takes one sample.
    ///
    /// - Returns: A reading of the last 20 ms at the end of each step.
    mutating func received(_ value: Int16) -> Reading? {
        let value = Float(value)
        sumReal += value * phasorReal
        sumImaginary += value * phasorImaginary
        let real = phasorReal * turnReal - phasorImaginary * turnImaginary
        phasorImaginary = phasorReal * turnImaginary + phasorImaginary * turnReal
        phasorReal = real
        sample += 1
        guard sample == stepEnd else {
            return nil
        }
        return finishStep()
    }

    private mutating func finishStep() -> Reading {
        stepsReal[step % Self.stepsPerSymbol] = sumReal
        stepsImaginary[step % Self.stepsPerSymbol] = sumImaginary
        sumReal = .zero
        sumImaginary = .zero
        step += 1
        if step == Self.stepsPerSecond {
            // All frequencies are whole numbers of Hz: after a second rounding errors can be put right.
            step = 0
            sample = 0
            phasorReal = Tones(repeating: 1)
            phasorImaginary = .zero
        }
        stepEnd = (step + 1) * sampleRate / Self.stepsPerSecond
        let real = stepsReal.reduce(Tones.zero, +)
        let imaginary = stepsImaginary.reduce(Tones.zero, +)
        return Self.reading(energies: real * real + imaginary * imaginary)
    }

    private static func reading(energies: SIMD16<Float>) -> Reading {
        var strongest = 0
        for tone in 1..<energies.scalarCount where energies[tone] > energies[strongest] {
            strongest = tone
        }
        let sum = energies.sum()
        return Reading(symbol: UInt8(strongest), clarity: sum > 0 ? energies[strongest] / sum : 0)
    }
}
