// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

extension ToneCode {
    /// A word that was read.
    package struct Word: Sendable, Hashable {
        /// The word as it was said.
        package let text: String
        /// Where its sync begins, in ms of audio, to 2.5 ms.
        package let startMS: Double
        /// Where its checksum ends, in ms of audio, to 2.5 ms.
        package let endMS: Double
    }

    /// Tones to words, from a stream in pieces of any size.
    ///
    /// A damaged word is left out; the next one is read all the same.
    package struct Decoder: Sendable {
        /// Part of the energy that sync tones must have on average.
        ///
        /// Noise alone gives 0.2, tones under noise 5 dB louder than they are 0.6.
        private static let leastClarity: Float = 0.35

        private var bank: ToneBank
        /// What every 20 ms that begin on a step sound like, from step `firstStep` on.
        private var readings: [ToneBank.Reading] = []
        private var firstStep = 0
        /// Step at which the search for a sync goes on.
        private var searchStep = 0
        /// Step that must be heard before the search can go on.
        private var awaitedStep = 0
        private var stepsHeard = 0
        private var unfinishedWord: UnfinishedWord?

        /// A word whose last piece has not come yet.
        private struct UnfinishedWord {
            let startStep: Int
            var endStep: Int
            var bytes: [UInt8]
        }

        /// A decoder for samples at `sampleRate` Hz, at least ``ToneCode/leastSampleRate``.
        package init(sampleRate: Int) {
            bank = ToneBank(sampleRate: sampleRate)
        }

        /// Takes the next piece of the stream.
        ///
        /// - Parameters:
        ///   - samples: 16-bit mono samples, any number of them.
        ///   - words: Gets the words that are complete, in order.
        package mutating func process(_ samples: Span<Int16>, into words: inout [Word]) {
            for index in samples.indices {
                guard let reading = bank.received(samples[index]) else {
                    continue
                }
                stepsHeard += 1
                // A reading counts from the beginning of its 20 ms, so the first seven begin before the audio.
                guard stepsHeard >= ToneBank.stepsPerSymbol else {
                    continue
                }
                readings.append(reading)
                if firstStep + readings.count > awaitedStep {
                    search(isFinished: false, into: &words)
                }
            }
        }

        /// Ends the stream: reads what stood behind a word that was begun and not finished.
        ///
        /// - Parameter words: Gets the words found, in order.
        package mutating func finish(into words: inout [Word]) {
            search(isFinished: true, into: &words)
        }

        private mutating func search(isFinished: Bool, into words: inout [Word]) {
            while let candidate = nextCandidate(isFinished: isFinished) {
                let heard = stride(from: candidate - firstStep, to: readings.count, by: ToneBank.stepsPerSymbol)
                switch ToneCodePiece.read(heard.map { readings[$0].symbol }) {
                case .unfinished(let symbols) where !isFinished:
                    awaitedStep = candidate + (symbols - 1) * ToneBank.stepsPerSymbol
                    return
                case .unfinished, .damaged:
                    searchStep = candidate + 1
                case .piece(let piece):
                    searchStep =
                        candidate + ToneCodePiece.symbolCount(length: piece.bytes.count) * ToneBank.stepsPerSymbol
                    add(piece, from: candidate, to: searchStep, into: &words)
                }
                discardOldReadings()
            }
        }

        /// The step at which the next sync fits best, or `nil` if there is none yet; the search goes on from there.
        private mutating func nextCandidate(isFinished: Bool) -> Int? {
            let lookahead = isFinished ? 0 : ToneBank.stepsPerSymbol - 1
            let lastStep = firstStep + readings.count - 1 - syncSteps - lookahead
            while searchStep <= lastStep {
                if syncClarity(at: searchStep) != nil {
                    // Neighbours fit too; the middle of them is where the tones really change.
                    let near = searchStep..<searchStep + ToneBank.stepsPerSymbol
                    return near.max { syncClarity(at: $0) ?? 0 < syncClarity(at: $1) ?? 0 }
                }
                searchStep += 1
                discardOldReadings()
            }
            return nil
        }

        /// Steps between the first and the last symbol of a sync.
        private var syncSteps: Int { (sync.count - 1) * ToneBank.stepsPerSymbol }

        /// How clearly a sync begins at `step`, or `nil` if none does.
        private func syncClarity(at step: Int) -> Float? {
            var sum: Float = 0
            for (place, symbol) in sync.enumerated() {
                guard let reading = reading(at: step + place * ToneBank.stepsPerSymbol), reading.symbol == symbol else {
                    return nil
                }
                sum += reading.clarity
            }
            let mean = sum / Float(sync.count)
            return mean >= Self.leastClarity ? mean : nil
        }

        private func reading(at step: Int) -> ToneBank.Reading? {
            let index = step - firstStep
            return readings.indices.contains(index) ? readings[index] : nil
        }

        private mutating func add(_ piece: ToneCodePiece, from start: Int, to end: Int, into words: inout [Word]) {
            let gap = gapSymbols * ToneBank.stepsPerSymbol
            var word = UnfinishedWord(startStep: start, endStep: end, bytes: piece.bytes)
            if let begun = unfinishedWord, abs(start - begun.endStep - gap) < ToneBank.stepsPerSymbol {
                word = UnfinishedWord(startStep: begun.startStep, endStep: end, bytes: begun.bytes + piece.bytes)
            }
            guard !piece.continues else {
                unfinishedWord = word
                return
            }
            unfinishedWord = nil
            // Only noise that looks like a piece is empty or no UTF-8.
            guard !word.bytes.isEmpty, let text = String(validating: word.bytes, as: UTF8.self) else {
                return
            }
            let stepMS = 1_000 / Double(ToneBank.stepsPerSecond)
            words.append(
                Word(text: text, startMS: Double(word.startStep) * stepMS, endMS: Double(word.endStep) * stepMS)
            )
        }

        /// Many at a time, as all that remain have to move.
        private mutating func discardOldReadings() {
            let old = min(searchStep - firstStep, readings.count)
            if old >= ToneBank.stepsPerSecond {
                readings.removeFirst(old)
                firstStep += old
            }
        }
    }
}
