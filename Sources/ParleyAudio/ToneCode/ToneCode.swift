// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// Words as tones: speech that a test can say and read back exactly.
///
/// A symbol of 4 bits is one of 16 tones, 600 + 125·k Hz, for 20 ms. A word is `sync 0-15-0-15 · length byte · UTF-8
/// bytes · CRC-8` and 40 ms of silence, about 14 characters in a second as in speech. Words stand alone: of audio that
/// is cut anywhere exactly the words that ended before the cut can be read. The code survives µ-law at 8 kHz and white
/// noise 5 dB louder than the tones, and turn detection takes it for speech.
///
/// A word of 255 bytes or more goes out in pieces: one of 255 bytes says that the word goes on in the next.
package enum ToneCode {
    /// Least rate at which all tones can be told apart, in Hz.
    package static let leastSampleRate = 8_000

    /// Length of a symbol in ms.
    static let symbolMS = 20
    /// Symbols in a second.
    static let symbolsPerSecond = 1_000 / symbolMS
    /// Silence after a word, in symbols.
    static let gapSymbols = 2
    /// What a word begins with: the two tones that lie farthest apart.
    static let sync: [UInt8] = [0, 15, 0, 15]
    /// Symbols there are.
    static let tones = 16

    /// Frequency of a symbol in Hz.
    static func frequency(of symbol: Int) -> Int {
        600 + 125 * symbol
    }
}
