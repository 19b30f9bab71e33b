// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// Looks for the largest number of sessions that a server carries: doubles until it does not, then halves the gap.
package struct SessionSearch: Sendable, Equatable {
    /// The largest number that was carried; 0 if none was.
    package private(set) var carried = 0
    /// The number to try next; nil when it is over.
    package private(set) var next: Int?
    private var refused: Int?
    private let limit: Int

    /// A gap below this part of the number is not worth another step.
    private static let precision = 0.05

    /// - Parameters:
    ///   - first: What to begin with.
    ///   - limit: The most to try.
    package init(from first: Int, to limit: Int) {
        self.limit = max(1, limit)
        next = min(max(1, first), self.limit)
    }

    /// The number in ``next`` was tried.
    ///
    /// - Parameter isCarried: Whether the server kept up with it.
    package mutating func tried(isCarried: Bool) {
        guard let number = next else { return }
        if isCarried { carried = number } else { refused = number }
        guard let refused else {
            next = number >= limit ? nil : min(limit, number * 2)
            return
        }
        let gap = refused - carried
        next = Double(gap) <= max(1, Self.precision * Double(refused)) ? nil : carried + gap / 2
    }
}
