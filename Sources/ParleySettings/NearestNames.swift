// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// Finds what somebody may have meant.
package enum NearestNames {
    /// The three names that are closest to a word, by the whole or by its beginning; those that contain it first.
    package static func of(_ word: String, among names: [String]) -> [String] {
        let word = word.lowercased()
        let ranked = names.map { name in
            let beginning = name.prefix { $0 != "-" }
            // What begins in the middle of a word only happens to look alike.
            let isPart = name.hasPrefix(word) || name.contains("-\(word)") || word.contains(name)
            return (name: name, distance: isPart ? 0 : min(distance(word, name), distance(word, beginning)))
        }
        return ranked.sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }.prefix(3).map(\.name)
    }

    /// How many letters must be changed, added or left out (Levenshtein).
    private static func distance(_ left: String, _ right: some StringProtocol) -> Int {
        let right = Array(right)
        var row = Array(0...right.count)
        for (index, letter) in left.prefix(64).enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for column in right.indices {
                let changed = diagonal + (letter == right[column] ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(changed, diagonal + 1, row[column] + 1)
            }
        }
        return row[right.count]
    }
}
