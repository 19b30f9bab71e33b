// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

extension ToneCode {
    /// Text to tones.
    package struct Encoder: Sendable {
        /// Largest sample; loud speech is about as loud.
        private static let amplitude = 10_000.0
        /// Part of a symbol in which its tone fades in, and in which it fades out.
        private static let ramp = 0.1

        private let sampleRate: Int
        /// The samples of each symbol, one symbol after the other; the last sample may not be needed.
        private let table: [Int16]
        private let symbolLength: Int

        /// An encoder for `sampleRate` Hz, at least ``ToneCode/leastSampleRate``.
        package init(sampleRate: Int) {
            self.sampleRate = sampleRate
            let samplesPerSymbol = Double(sampleRate) / Double(symbolsPerSecond)
            let length = Int(samplesPerSymbol.rounded(.up))
            symbolLength = length
            table = (0..<tones)
                .flatMap { symbol in
                    let turnsPerSample = Double(ToneCode.frequency(of: symbol)) / Double(sampleRate)
                    return (0..<length)
                        .map { index in
                            let place = Double(index) / samplesPerSymbol
                            let envelope = min(1, place / Self.ramp, (1 - place) / Self.ramp)
                            let tone = Elementary.sine(turns: turnsPerSample * Double(index))
                            return Int16(Self.amplitude * envelope * tone)
                        }
                }
        }

        /// Appends the words of `text`, which white space separates, each with the silence after it.
        ///
        /// - Parameters:
        ///   - text: Any text. Only its words are coded: white space comes back as single spaces.
        ///   - samples: Grows by 200 ms for a word and 40 ms for each byte of it.
        package func encode(_ text: some StringProtocol, into samples: inout [Int16]) {
            var slot = 0
            for word in text.split(whereSeparator: \.isWhitespace) {
                for piece in ToneCodePiece.pieces(of: Substring(word)) {
                    for symbol in piece.symbols {
                        let start = Int(symbol) * symbolLength
                        samples.append(contentsOf: table[start..<start + length(ofSlot: slot)])
                        slot += 1
                    }
                    for _ in 0..<gapSymbols {
                        samples.append(contentsOf: repeatElement(0, count: length(ofSlot: slot)))
                        slot += 1
                    }
                }
            }
        }

        /// Where symbols are no whole number of samples some are one longer, so that time does not drift.
        private func length(ofSlot slot: Int) -> Int {
            (slot + 1) * sampleRate / symbolsPerSecond - slot * sampleRate / symbolsPerSecond
        }
    }
}
