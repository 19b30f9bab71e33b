// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import ParleyAudio

/// Figures of whole streams are limited by 16 bits: input and output each add a rounding error, so that a sine of 0.9 of
/// full scale cannot have more than 94.2 dB over what is left when it is taken away.
struct ResamplerQualityTests {
    static func response(_ conversion: Conversion, hertz: Double) throws -> [Int16] {
        let input = Signals.sine(hertz: hertz, amplitude: 0.9, rate: conversion.from, count: conversion.from / 4)
        var resampler = try conversion.resampler()
        // The ends belong to the silence around the stream.
        return Array(resampler.run(input.pcm).dropFirst(conversion.to / 50).dropLast(conversion.to / 50))
    }

    // MARK: Streams of 16-bit samples

    @Test(arguments: Conversion.all)
    func `a sine of 1 kHz comes through with nothing but rounding errors`(conversion: Conversion) throws {
        let fit = SineFit(try Self.response(conversion, hertz: 1_000), hertz: 1_000, rate: conversion.to)
        #expect(fit.signalToNoiseDB > 92)
        #expect(abs(20 * log10(fit.amplitude / (0.9 * 32_768))) < 0.01)
    }

    @Test(arguments: Conversion.all.filter { $0.from < $0.to })
    func `a high tone has no image`(conversion: Conversion) throws {
        let hertz = 0.85 * Double(conversion.from) / 2
        let fit = SineFit(try Self.response(conversion, hertz: hertz), hertz: hertz, rate: conversion.to)
        #expect(fit.signalToNoiseDB > 90)
    }

    @Test(arguments: Conversion.all.filter { $0.from > $0.to })
    func `of a tone that would alias not more than the last bit is left`(conversion: Conversion) throws {
        let output = try Self.response(conversion, hertz: 1.25 * Double(conversion.to) / 2)
        #expect(output.allSatisfy { abs($0) <= 1 })
    }

    // MARK: The coefficients, without the limit of 16 bits

    @Test(arguments: Conversion.all)
    func `1 kHz has 97 dB over its images`(conversion: Conversion) throws {
        let response = try KernelResponse(conversion, hertz: 1_000)
        #expect(response.imagesDB < response.gainDB - 97)
        #expect(abs(response.gainDB) < 0.001)
    }

    @Test(arguments: Conversion.all.filter { $0.from < $0.to })
    func `tones up to 0.85 of the band have 93 dB over their images`(conversion: Conversion) throws {
        for part in stride(from: 0.05, through: 0.85, by: 0.1) {
            let response = try KernelResponse(conversion, hertz: part * Double(conversion.from) / 2)
            #expect(response.imagesDB < response.gainDB - 93, "at \(part) of the band")
        }
    }

    @Test(arguments: Conversion.all.filter { $0.from > $0.to })
    func `tones from 1.25 of the new band on are 93 dB down`(conversion: Conversion) throws {
        for part in stride(from: 1.25, through: Double(conversion.from) / Double(conversion.to), by: 0.05) {
            let response = try KernelResponse(conversion, hertz: part * Double(conversion.to) / 2)
            #expect(response.gainDB < -93 && response.imagesDB < -93, "at \(part) of the band")
        }
    }

    @Test(arguments: Conversion.all)
    func `the upper end of the band is kept`(conversion: Conversion) throws {
        let hertz = 0.85 * Double(min(conversion.from, conversion.to)) / 2
        let fit = SineFit(try Self.response(conversion, hertz: hertz), hertz: hertz, rate: conversion.to)
        let gain = 20 * log10(fit.amplitude / (0.9 * 32_768))
        switch conversion.quality {
        case .telephone: #expect(gain > -1.1 && gain < -0.95)
        case .playback: #expect(abs(gain) < 0.02)
        }
    }

    @Test(arguments: Conversion.all)
    func `the kernel computes what the definition says`(conversion: Conversion) throws {
        var generator = SeededGenerator(seed: 6)
        let input = generator.noise(count: 150).map { 0.5 * $0 }.pcm
        var resampler = try conversion.resampler()
        let output = resampler.run(input)
        let definition = Definition(conversion)
        for (index, sample) in output.enumerated() {
            // Half a unit by rounding, the rest by 32-bit arithmetic.
            #expect(abs(Double(sample) - definition.sample(index, of: input)) < 0.55)
        }
    }
}

/// What becomes of a tone, from the response of each phase of a filter bank.
private struct KernelResponse {
    /// The tone itself: the mean of all phases.
    let gainDB: Double
    /// All its images and aliases: how far the phases differ from their mean.
    let imagesDB: Double

    init(_ conversion: Conversion, hertz: Double) throws {
        let kernel = try ResamplingKernel(from: conversion.from, to: conversion.to, quality: conversion.quality)
        let phases = (0..<kernel.phases)
            .map { phase in
                (0..<kernel.taps)
                    .reduce(into: (real: 0.0, imaginary: 0.0)) { sum, tap in
                        let place = Double(tap - kernel.reach + 1) - Double(phase) / Double(kernel.phases)
                        let angle = 2 * .pi * hertz * place / Double(conversion.from)
                        let weight = Double(kernel.coefficients[phase * kernel.taps + tap])
                        sum.real += weight * cos(angle)
                        sum.imaginary += weight * sin(angle)
                    }
            }
        let count = Double(phases.count)
        let real = phases.reduce(0) { $0 + $1.real } / count
        let imaginary = phases.reduce(0) { $0 + $1.imaginary } / count
        let spread = phases.reduce(0) { $0 + pow($1.real - real, 2) + pow($1.imaginary - imaginary, 2) } / count
        gainDB = 10 * log10(real * real + imaginary * imaginary)
        imagesDB = 10 * log10(max(spread, 1e-20))
    }
}

/// The filter written down plainly: a sinc under a Kaiser window, evaluated for each product.
private struct Definition {
    let ratio: Double
    let cutoff: Double
    let width: Double
    /// What a constant is multiplied by: 1 but for the side lobes the window cuts off.
    private var gain = 1.0

    init(_ conversion: Conversion) {
        let stretch = max(1, 1 / conversion.ratio)
        ratio = conversion.ratio
        cutoff = (conversion.quality == .telephone ? 0.92 : 0.95) / stretch
        width = Double(conversion.quality.rawValue) * stretch
        let phases = lowestTerms(conversion.to, conversion.from)
        let steps = (Int(width) + 1) * phases
        gain = (-steps...steps).reduce(0) { $0 + weight(distance: Double($1) / Double(phases)) } / Double(phases)
    }

    func sample(_ index: Int, of input: [Int16]) -> Double {
        let time = Double(index) / ratio
        let first = max(0, Int((time - width).rounded(.up)))
        let last = min(input.count - 1, Int((time + width).rounded(.down)))
        return (first...last).reduce(0) { $0 + Double(input[$1]) * weight(distance: Double($1) - time) } / gain
    }

    private func weight(distance: Double) -> Double {
        // A table of even width has the later end of the window only.
        guard distance > -width + 1e-9, distance < width + 1e-9 else {
            return 0
        }
        let x = .pi * distance * cutoff
        let sinc = abs(x) < 1e-9 ? 1 : sin(x) / x
        let window = bessel(8.6 * max(0, 1 - distance * distance / (width * width)).squareRoot()) / bessel(8.6)
        return cutoff * sinc * window
    }

    /// I₀ as the mean of e^(x·cos t) over half a turn.
    private func bessel(_ x: Double) -> Double {
        let inner = Self.cosines.reduce(0) { $0 + exp(x * $1) }
        return (inner + (exp(x) + exp(-x)) / 2) / 16
    }

    private static let cosines = (1..<16).map { cos(.pi * Double($0) / 16) }
}

private func lowestTerms(_ numerator: Int, _ denominator: Int) -> Int {
    let divisor = (1...denominator).last { numerator % $0 == 0 && denominator % $0 == 0 }
    return numerator / (divisor ?? 1)
}
