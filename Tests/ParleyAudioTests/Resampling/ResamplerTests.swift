// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyAudio
import Testing

struct ResamplerTests {
    static func noise(_ count: Int, seed: UInt64 = 3) -> [Int16] {
        var generator = SeededGenerator(seed: seed)
        return generator.noise(count: count).map { 0.5 * $0 }.pcm
    }

    @Test(arguments: Conversion.all, [0, 1, 2, 17, 480, 1_003])
    func `a whole stream has the length of the exact ratio`(conversion: Conversion, count: Int) throws {
        var resampler = try conversion.resampler()
        let output = resampler.run(Self.noise(count))
        #expect(output.count == Int((Double(count) * conversion.ratio).rounded()))
    }

    @Test func `a minute in pieces has the length of a minute`() throws {
        var resampler = try Resampler(from: 11_025, to: 1_000, quality: .telephone)
        let output = resampler.run([Int16](repeating: 0, count: 60 * 11_025).cut(every: 11_025))
        #expect(output.count == 60_000)
    }

    @Test(arguments: Conversion.all)
    func `the output does not depend on how the input is split`(conversion: Conversion) throws {
        let input = Self.noise(2_400)
        var resampler = try conversion.resampler()
        let whole = resampler.run(input)
        #expect(resampler.run(input.cut(every: 1)) == whole)
        #expect(resampler.run(input.cut(every: conversion.from / 50)) == whole)
        var generator = SeededGenerator(seed: 11)
        #expect(resampler.run(input.cut(generator.pieces(of: input.count, longest: 700))) == whole)
    }

    @Test func `output comes as soon as the filter has its input`() throws {
        var resampler = try Resampler(from: 24_000, to: 16_000, quality: .telephone)
        var output: [Int16] = []
        resampler.process(Self.noise(480).span, into: &output)
        // 320 less the 24 samples at 24 kHz, 1 ms, that the filter reaches ahead.
        #expect(output.count == 304)
    }

    @Test(arguments: Conversion.all)
    func `a constant stays what it is`(conversion: Conversion) throws {
        var resampler = try conversion.resampler()
        let output = resampler.run([Int16](repeating: 12_345, count: 3_000))
        let margin = 200 * conversion.to / conversion.from
        #expect(output[margin..<output.count - margin].allSatisfy { $0 == 12_345 })
    }

    @Test(arguments: Conversion.all)
    func `there is no delay`(conversion: Conversion) throws {
        let place = 1_200
        var input = [Int16](repeating: 0, count: 2 * place)
        input[place] = 30_000
        var resampler = try conversion.resampler()
        let output = resampler.run(input)
        let peak = try #require(output.indices.max { output[$0] < output[$1] })
        #expect(abs(Double(peak) - Double(place) * conversion.ratio) <= 0.5)
    }

    @Test(arguments: Conversion.all)
    func `full scale does not wrap around`(conversion: Conversion) throws {
        let square = (0..<2_000).map { $0 / 200 % 2 == 0 ? Int16.max : Int16.min }
        var resampler = try conversion.resampler()
        let output = resampler.run(square)
        for edge in 0..<10 {
            let middle = Int((Double(edge) + 0.5) * 200 * conversion.ratio)
            #expect((output[middle] > 0) == (edge % 2 == 0))
            #expect(abs(Int(output[middle])) > 30_000)
        }
        // Next to an edge the filter overshoots.
        #expect(output.contains(.max) && output.contains(.min))
    }

    @Test func `equal rates pass samples on at once`() throws {
        var resampler = try Resampler(from: 24_000, to: 24_000, quality: .playback)
        let input = Self.noise(100)
        var output: [Int16] = []
        resampler.process(input.span, into: &output)
        #expect(output == input)
        resampler.flush(into: &output)
        #expect(output == input)
    }

    @Test func `a stream after a flush is as the first`() throws {
        var resampler = try Resampler(from: 22_050, to: 24_000, quality: .playback)
        let first = resampler.run(Self.noise(777))
        _ = resampler.run(Self.noise(500, seed: 8))
        #expect(resampler.run(Self.noise(777)) == first)
    }

    @Test func `a stream that is given up leaves nothing behind`() throws {
        var resampler = try Resampler(from: 24_000, to: 16_000, quality: .playback)
        let first = resampler.run(Self.noise(777))
        var dropped: [Int16] = []
        resampler.process(Self.noise(1_234, seed: 8).span, into: &dropped)
        resampler.reset()
        #expect(resampler.run(Self.noise(777)) == first)
    }

    @Test func `resamplers that share a kernel do not share a stream`() throws {
        let kernel = try ResamplingKernel(from: 24_000, to: 16_000, quality: .telephone)
        var alone = Resampler(kernel: kernel)
        let expected = alone.run(Self.noise(960))
        var one = Resampler(kernel: kernel)
        var other = Resampler(kernel: kernel)
        var outputs: ([Int16], [Int16]) = ([], [])
        for (mine, theirs) in zip(Self.noise(960).cut(every: 160), Self.noise(960, seed: 4).cut(every: 160)) {
            one.process(mine.span, into: &outputs.0)
            other.process(theirs.span, into: &outputs.1)
        }
        one.flush(into: &outputs.0)
        #expect(outputs.0 == expected)
    }

    @Test func `output is added to what is there`() throws {
        var resampler = try Resampler(from: 8_000, to: 24_000, quality: .telephone)
        let expected = resampler.run(Self.noise(80))
        var output: [Int16] = [42]
        resampler.process(Self.noise(80).span, into: &output)
        resampler.flush(into: &output)
        #expect(output == [42] + expected)
    }

    @Test(arguments: [(0, 24_000, 0), (-8_000, 24_000, -8_000), (24_000, 999, 999), (16_000, 400_000, 400_000)])
    func `a rate out of range is refused by name`(from: Int, to: Int, culprit: Int) {
        let error = ResamplingError.rateOutOfRange(culprit)
        #expect(throws: error) { try Resampler(from: from, to: to, quality: .telephone) }
        #expect(error.description.contains("\(culprit) Hz"))
    }

    @Test func `rates with hardly a common divisor are refused before memory is taken`() {
        let error = ResamplingError.ratioTooFine(from: 24_001, to: 383_999, coefficients: 12_287_968)
        #expect(throws: error) { try Resampler(from: 24_001, to: 383_999, quality: .telephone) }
        #expect(error.description.contains("24001 Hz to 383999 Hz"))
    }
}
