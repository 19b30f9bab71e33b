// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// Silence at the edges of speech.
enum Silence {
    /// Peak of what still counts as silence: voices leave some noise there.
    private static let threshold: Int16 = 150
    /// How much silence is left at each edge, in ms.
    private static let keptMS = 60

    /// `samples` without the silence at their edges but for 60 ms.
    static func trimmed(_ samples: ArraySlice<Int16>, sampleRate: Int) -> [Int16] {
        let isLoud = { (sample: Int16) in sample > threshold || sample < -threshold }
        guard let first = samples.firstIndex(where: isLoud), let last = samples.lastIndex(where: isLoud) else {
            return []
        }
        let kept = keptMS * sampleRate / 1_000
        return Array(samples[max(first - kept, samples.startIndex)..<min(last + kept + 1, samples.endIndex)])
    }
}
