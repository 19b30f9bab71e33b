// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyEvents

/// The checks themselves, for `--list`.
package enum ListReport {
    /// One line a check: id, dialects, title, source.
    package static func text(_ checks: [Check]) -> String {
        let width = checks.map(\.id.count).max() ?? 0
        return
            checks.map { check in
                let padding = String(repeating: " ", count: width - check.id.count)
                let dialects = check.dialects.count == 2 ? "both" : check.dialects.first?.rawValue ?? ""
                let gap = String(repeating: " ", count: 4 - dialects.count)
                return "\(check.id)\(padding)  \(dialects)\(gap)  \(check.title) [\(check.source)]\n"
            }
            .joined()
    }
}
