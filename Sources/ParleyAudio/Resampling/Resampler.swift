// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// Changes the sample rate of one stream by an exact ratio, in pieces of any size.
///
/// A polyphase windowed-sinc filter. The output does not depend on how the input is split, has no delay (output *n*
/// belongs to input time *n*·from/to), and is withheld only until the filter's reach of later input has come: 0.7 to
/// 4 ms. One instance for each stream and direction, never one for each piece.
package struct Resampler: Sendable {
    /// Input samples converted at a time, which bounds the memory.
    private static let block = 512

    private let kernel: ResamplingKernel
    /// The input the filter may still need, oldest first; valid up to `filled`.
    private var window: [Float]
    private var filled = 0
    /// Where in `window` the filter of the next output begins, which may lie past the input there is.
    private var start = 0
    private var phase = 0
    private var consumed = 0
    private var produced = 0

    /// A resampler at the start of a stream that shares the coefficients of `kernel`.
    package init(kernel: ResamplingKernel) {
        self.kernel = kernel
        window = Array(repeating: 0, count: kernel.taps + Self.block)
        reset()
    }

    /// A resampler with coefficients of its own, which take up to half a millisecond to build.
    ///
    /// - Parameters:
    ///   - inputRate: Hz, within ``ResamplingKernel/supportedRates``.
    ///   - outputRate: Hz, within ``ResamplingKernel/supportedRates``.
    ///   - quality: Half-width of the filter.
    /// - Throws: ``ResamplingError`` for a rate out of range or a ratio that takes too large a table.
    package init(
        from inputRate: Int,
        to outputRate: Int,
        quality: ResamplingKernel.Quality
    ) throws(ResamplingError) {
        self.init(kernel: try ResamplingKernel(from: inputRate, to: outputRate, quality: quality))
    }

    /// Forgets the stream; the next sample is the first of a new one.
    package mutating func reset() {
        for index in window.indices {
            window[index] = 0
        }
        // What lies before the first sample is silence.
        filled = max(0, kernel.reach - 1)
        start = 0
        phase = 0
        consumed = 0
        produced = 0
    }

    /// Converts the next piece of the stream.
    ///
    /// - Parameters:
    ///   - input: Samples at the input rate, any number of them.
    ///   - output: Gets the samples at the output rate that can be computed so far.
    package mutating func process(_ input: Span<Int16>, into output: inout [Int16]) {
        consumed += input.count
        guard kernel.taps > 0 else {
            for index in input.indices {
                output.append(input[index])
            }
            return
        }
        var next = 0
        while next < input.count {
            let first = filled
            let count = min(input.count - next, window.count - first)
            var target = window.mutableSpan
            for offset in 0..<count {
                target[first + offset] = Float(input[next + offset])
            }
            filled += count
            next += count
            produce(atMost: .max, into: &output)
        }
    }

    /// Ends the stream and makes the resampler ready for another.
    ///
    /// - Parameter output: Gets the rest; the whole stream then has round(input · to / from) samples.
    package mutating func flush(into output: inout [Int16]) {
        guard kernel.taps > 0 else {
            reset()
            return
        }
        let total = (2 * consumed * kernel.phases + kernel.step) / (2 * kernel.step)
        while produced < total {
            for index in filled..<window.count {
                window[index] = 0
            }
            filled = window.count
            produce(atMost: total - produced, into: &output)
        }
        reset()
    }

    /// Computes all outputs whose input is in the window, then drops the input no longer needed.
    private mutating func produce(atMost limit: Int, into output: inout [Int16]) {
        let taps = kernel.taps
        let phases = kernel.phases
        let lastStart = filled - taps
        guard start <= lastStart else {
            return
        }
        let count = min(limit, ((lastStart - start + 1) * phases - phase - 1) / kernel.step + 1)
        let first = output.count
        output.append(contentsOf: repeatElement(0, count: count))
        var target = output.mutableSpan
        let wholeStep = kernel.step / phases
        let phaseStep = kernel.step % phases
        var (start, phase) = (start, phase)
        window.withUnsafeBufferPointer { window in
            kernel.coefficients.withUnsafeBufferPointer { table in
                for index in first..<first + count {
                    let sum = DotProduct.of(
                        UnsafeBufferPointer(rebasing: window[start..<start + taps]),
                        UnsafeBufferPointer(rebasing: table[phase * taps..<(phase + 1) * taps])
                    )
                    target[index] = Int16(saturating: sum)
                    start += wholeStep
                    phase += phaseStep
                    if phase >= phases {
                        phase -= phases
                        start += 1
                    }
                }
            }
        }
        produced += count
        let dropped = min(start, filled)
        window.withUnsafeMutableBytes { window in
            let kept = window[dropped * MemoryLayout<Float>.stride..<filled * MemoryLayout<Float>.stride]
            window.copyMemory(from: UnsafeRawBufferPointer(rebasing: kept))
        }
        filled -= dropped
        self.start = start - dropped
        self.phase = phase
    }
}

extension Int16 {
    /// The nearest sample, at full scale if there is none.
    ///
    /// - Parameter value: Any number of a magnitude below 2²².
    init(saturating value: Float) {
        // Added to 1.5·2²³, a number is rounded to an integer that stands in the low bits: no branch, no call.
        let shifted = value + 0x1.8p23
        self.init(
            clamping: Int32(truncatingIfNeeded: shifted.bitPattern)
                &- Int32(truncatingIfNeeded: Float(0x1.8p23).bitPattern)
        )
    }
}
