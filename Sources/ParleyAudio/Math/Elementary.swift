// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
internal import Darwin
#elseif canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Android)
internal import Android
#endif

/// The few functions the standard library lacks, in the form this module needs them.
///
/// The only file that touches the platform's C library.
enum Elementary {
    /// A power ratio in decibels: 10·log₁₀(`power`).
    static func decibels(power: Float) -> Float {
        10 * log10f(power)
    }

    /// The logistic function 1/(1 + e⁻ˣ), which takes any real number to 0...1.
    static func logistic(_ x: Float) -> Float {
        1 / (1 + expf(-x))
    }

    /// Feedback of a one-pole filter whose corner lies at `hertz`: e^(-2π·f/fs).
    static func onePoleFeedback(hertz: Double, sampleRate: Int) -> Float {
        Float(exp(-2 * Double.pi * hertz / Double(sampleRate)))
    }

    /// Sine of an angle in turns (1 turn = 2π).
    static func sine(turns: Double) -> Double {
        sin(2 * Double.pi * turns)
    }

    /// Cosine of an angle in turns (1 turn = 2π).
    static func cosine(turns: Double) -> Double {
        cos(2 * Double.pi * turns)
    }
}
