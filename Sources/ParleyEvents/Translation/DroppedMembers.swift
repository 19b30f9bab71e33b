// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// Paths of members that a translation left out, for the log.
struct DroppedMembers: Sendable {
    /// More is not worth logging for one event.
    static let limit = 16

    private(set) var paths: [String] = []

    /// Remembers a member that was left out.
    ///
    /// A null says nothing, so leaving it out loses nothing.
    mutating func note(_ path: @autoclosure () -> String, _ value: JSON) {
        guard !value.isNull, paths.count < Self.limit else { return }
        paths.append(path())
    }

    mutating func forgetAll() {
        guard !paths.isEmpty else { return }
        paths.removeAll(keepingCapacity: true)
    }
}
