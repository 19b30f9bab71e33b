// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials

/// Times in reports, in UTC.
enum Timestamp {
    /// As in `2026-11-25T14:10:19Z`.
    static func text(_ seconds: Int) -> String {
        Date(timeIntervalSince1970: TimeInterval(seconds)).formatted(.iso8601)
    }

    /// As in `2026-11-25`.
    static func day(_ seconds: Int) -> String { String(text(seconds).prefix { $0 != "T" }) }

    /// Reads what ``text(_:)`` wrote.
    static func seconds(_ text: String) -> Int? {
        (try? Date(text, strategy: .iso8601)).map { Int($0.timeIntervalSince1970) }
    }
}
