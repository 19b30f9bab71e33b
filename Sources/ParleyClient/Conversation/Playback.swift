// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

public import ParleyEvents

/// What of the model's speech has been played, counted in samples, so that an interruption can say what was heard.
///
/// Put in what is handed to the loudspeaker, and tell how much of it has sounded; the rest follows.
public struct Playback: Sendable, Equatable {
    /// Where the loudspeaker is.
    public struct Position: Sendable, Equatable {
        /// The item that is heard.
        public let itemID: String
        /// Which part of it.
        public let contentIndex: Int
        /// Samples of it that have sounded.
        public let samples: Int
        /// Samples in a second, in Hz.
        public let sampleRate: Int

        /// A position; `sampleRate` in Hz.
        public init(itemID: String, contentIndex: Int = 0, samples: Int, sampleRate: Int = 24_000) {
            self.itemID = itemID
            self.contentIndex = contentIndex
            self.samples = samples
            self.sampleRate = sampleRate
        }

        /// The same in ms, rounded down, as `audio_end_ms` wants it.
        public var milliseconds: Int { samples * 1000 / max(1, sampleRate) }
    }

    private struct Piece: Sendable, Equatable {
        let itemID: String
        let contentIndex: Int
        /// Samples of the item before this piece.
        let offset: Int
        var count: Int
    }

    private let sampleRate: Int
    private var pieces: [Piece] = []
    /// Samples of the first piece that have sounded.
    private var played = 0
    private var current: Position?

    /// Nothing to play; `format` is that of the sound.
    public init(format: AudioFormat = .pcm) { sampleRate = format.sampleRate }

    /// Samples that wait to sound.
    public var waitingSamples: Int { pieces.reduce(0) { $0 + $1.count } - played }

    /// Where it is: nil before the first sample and when all has sounded.
    public var position: Position? { pieces.isEmpty ? nil : current }

    /// Takes note of sound that is handed to the loudspeaker.
    public mutating func enqueue(itemID: String, contentIndex: Int = 0, samples: Int) {
        guard samples > 0 else { return }
        if let last = pieces.last, last.itemID == itemID, last.contentIndex == contentIndex {
            pieces[pieces.count - 1].count += samples
            return
        }
        let before = current.flatMap { $0.itemID == itemID && $0.contentIndex == contentIndex ? $0.samples : nil }
        pieces.append(Piece(itemID: itemID, contentIndex: contentIndex, offset: before ?? 0, count: samples))
        if pieces.count == 1 {
            played = 0
            current = position(in: pieces[0])
        }
    }

    /// That many samples more have sounded; silence in between is not to be counted.
    public mutating func played(samples: Int) {
        played += max(0, samples)
        while let first = pieces.first {
            if played < first.count {
                current = position(in: first)
                return
            }
            current = Position(
                itemID: first.itemID,
                contentIndex: first.contentIndex,
                samples: first.offset + first.count,
                sampleRate: sampleRate
            )
            played -= first.count
            pieces.removeFirst()
        }
        played = 0
    }

    /// Forgets what waits, as an interruption does.
    ///
    /// - Returns: Where it was; nil if nothing was being heard.
    public mutating func stop() -> Position? {
        let position = position
        pieces = []
        played = 0
        current = nil
        return position
    }

    private func position(in piece: Piece) -> Position {
        Position(
            itemID: piece.itemID,
            contentIndex: piece.contentIndex,
            samples: piece.offset + played,
            sampleRate: sampleRate
        )
    }
}
