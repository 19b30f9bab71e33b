// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// How loud a stretch of audio is.
package struct AudioLevel: Sendable, Hashable {
    /// What ``rmsDBFS`` says of digital silence, and the least it ever says.
    package static let silenceDBFS: Float = -100

    /// Root mean square in dB relative to 32 768: a full-scale square wave has 0, a full-scale sine -3.01.
    package let rmsDBFS: Float
    /// Largest magnitude, 0...32 768.
    package let peak: Int

    /// Measures `samples`; none at all are silence.
    package init(of samples: Span<Int16>) {
        var energy: Int64 = 0
        var lowest: Int16 = 0
        var highest: Int16 = 0
        for index in samples.indices {
            let sample = samples[index]
            energy &+= Int64(Int32(sample) &* Int32(sample))
            lowest = min(lowest, sample)
            highest = max(highest, sample)
        }
        peak = max(Int(highest), -Int(lowest))
        let fullScale = Float(samples.count) * 32_768 * 32_768
        rmsDBFS =
            energy == 0
            ? Self.silenceDBFS : max(Self.silenceDBFS, Elementary.decibels(power: Float(energy) / fullScale))
    }
}
