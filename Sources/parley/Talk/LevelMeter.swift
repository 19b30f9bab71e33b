// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyAudio

/// Shows on a terminal how loud the microphone is.
struct LevelMeter: Sendable {
    private let line: ProgressLine
    private static let width = 30

    init(_ console: Console) { line = ProgressLine(console) }

    /// Leaves the line empty.
    func clear() { line.clear() }

    func show(_ samples: [Int16]) {
        let level = AudioLevel(of: samples.span).rmsDBFS
        // −60 dBFS is a quiet room, 0 the loudest there is.
        let bars = Int(max(0, min(1, (level + 60) / 60)) * Float(Self.width))
        line.show("mic " + String(repeating: "#", count: bars) + String(repeating: ".", count: Self.width - bars))
    }
}
