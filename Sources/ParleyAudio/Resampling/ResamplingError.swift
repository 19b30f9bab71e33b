// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// Why there is no resampler between two rates.
package enum ResamplingError: Error, Hashable, CustomStringConvertible {
    /// A rate outside ``ResamplingKernel/supportedRates``, in Hz.
    case rateOutOfRange(Int)
    /// Two rates with so small a common divisor that the table of coefficients would not fit.
    case ratioTooFine(from: Int, to: Int, coefficients: Int)

    package var description: String {
        switch self {
        case .rateOutOfRange(let rate):
            let range = ResamplingKernel.supportedRates
            return "cannot resample \(rate) Hz; use a rate between \(range.lowerBound) and \(range.upperBound) Hz"
        case .ratioTooFine(let from, let to, let coefficients):
            return "resampling \(from) Hz to \(to) Hz takes \(coefficients) coefficients,"
                + " \(ResamplingKernel.maximumCoefficients) are allowed; use a common rate such as 16000, 22050, 24000,"
                + " 44100 or 48000 Hz"
        }
    }
}
