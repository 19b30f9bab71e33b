// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// The coefficients of a windowed-sinc filter bank for one exact ratio of rates.
///
/// Immutable and shared by copying: build one for each ratio in use and give it to many ``Resampler``s.
package struct ResamplingKernel: Sendable {
    /// Half-width of the filter, in zero crossings of its sinc: the more, the steeper.
    package enum Quality: Int, Sendable, Hashable, CaseIterable {
        /// 16: flat to about 0.75 of the lower Nyquist frequency. For telephony and recognisers.
        case telephone = 16
        /// 32: flat to about 0.85 of the lower Nyquist frequency. For what people listen to.
        case playback = 32

        /// Where the response has fallen by 6 dB, as a part of the lower Nyquist frequency.
        fileprivate var cutoff: Double {
            switch self {
            case .telephone: 0.92
            case .playback: 0.95
            }
        }
    }

    /// Rates that can be converted, in Hz.
    package static let supportedRates = 1_000...384_000
    /// Most coefficients a table may have (4 MiB): enough for all rates in use, too few for a hostile file header.
    package static let maximumCoefficients = 1 << 20

    /// Samples per second that go in.
    package let inputRate: Int
    /// Samples per second that come out.
    package let outputRate: Int

    /// `outputRate` in lowest terms: so many phases the filter has.
    let phases: Int
    /// `inputRate` in lowest terms: how many phases one output lies after the other.
    let step: Int
    /// Input samples the filter reaches to either side.
    let reach: Int
    /// `2 * reach` coefficients for each phase, one after the other.
    let coefficients: [Float]

    /// Coefficients of one phase, a multiple of 16.
    var taps: Int { 2 * reach }

    /// Builds the filter bank.
    ///
    /// - Parameters:
    ///   - inputRate: Hz, within ``supportedRates``.
    ///   - outputRate: Hz, within ``supportedRates``.
    ///   - quality: Half-width of the filter.
    /// - Throws: ``ResamplingError`` for a rate out of range or a ratio that takes too large a table.
    package init(from inputRate: Int, to outputRate: Int, quality: Quality) throws(ResamplingError) {
        for rate in [inputRate, outputRate] where !Self.supportedRates.contains(rate) {
            throw .rateOutOfRange(rate)
        }
        let divisor = greatestCommonDivisor(inputRate, outputRate)
        self.inputRate = inputRate
        self.outputRate = outputRate
        phases = outputRate / divisor
        step = inputRate / divisor
        if inputRate == outputRate {
            reach = 0
            coefficients = []
            return
        }
        // Going down, the filter must be as much longer as its cutoff is lower.
        let stretch = max(1, Double(inputRate) / Double(outputRate))
        let width = Double(quality.rawValue) * stretch
        reach = (Int(width.rounded(.up)) + 7) / 8 * 8
        guard phases * 2 * reach <= Self.maximumCoefficients else {
            throw .ratioTooFine(from: inputRate, to: outputRate, coefficients: phases * 2 * reach)
        }
        let cutoff = quality.cutoff / stretch
        let table = (0..<phases)
            .flatMap { [phases, reach] phase in
                (0..<2 * reach)
                    .map { tap in
                        // Input samples between the tap and the output.
                        let distance = Double(tap - reach + 1) - Double(phase) / Double(phases)
                        return sinc(distance * cutoff) * kaiser(distance / width)
                    }
            }
        // One factor for all phases: a factor for each would be exact for constants and let images of tones through.
        let sum = table.reduce(0, +) / Double(phases)
        coefficients = table.map { Float($0 / sum) }
    }
}

private func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int {
    b == 0 ? a : greatestCommonDivisor(b, a % b)
}

private func sinc(_ x: Double) -> Double {
    x == 0 ? 1 : Elementary.sine(turns: x / 2) / (Double.pi * x)
}

/// The Kaiser window with β = 8.6, up to a factor, on -1...1, and 0 outside.
private func kaiser(_ x: Double) -> Double {
    guard abs(x) <= 1 else {
        return 0
    }
    // Power series of the modified Bessel function I₀, whose terms grow with the square of the argument.
    let quarterOfSquare = 8.6 * 8.6 / 4 * (1 - x * x)
    var term = 1.0
    var sum = 1.0
    var order = 1.0
    while term > sum * 1e-17 {
        term *= quarterOfSquare / (order * order)
        sum += term
        order += 1
    }
    return sum
}
