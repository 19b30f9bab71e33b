// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// Faint noise, as every microphone has it.
///
/// Digital silence, which synthetic voices and noise gates leave, throws off a recogniser's idea of loudness: without
/// noise it understands only half of what a synthetic voice says.
enum Dither {
    /// The loudest noise, -55 dBFS.
    private static let amplitude: Int32 = 60

    /// `samples` with noise, the same each time.
    static func added(to samples: [Int16]) -> [Int16] {
        var state: UInt32 = 0x9E37_79B9
        return samples.map { sample in
            state ^= state << 13
            state ^= state >> 17
            state ^= state << 5
            // Two bytes summed: most of the noise is small.
            let noise = (Int32(state & 0xFF) + Int32(state >> 8 & 0xFF) - 255) * amplitude / 255
            return Int16(clamping: Int32(sample) + noise)
        }
    }
}
