// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// Numbers as people read them.
enum Words {
    /// A duration in µs with the unit that suits it.
    static func time(_ microseconds: UInt64) -> String {
        switch microseconds {
        case ..<1_000: "\(microseconds) µs"
        case ..<1_000_000: "\(fixed(Double(microseconds) / 1_000, 2)) ms"
        default: "\(fixed(Double(microseconds) / 1_000_000, 2)) s"
        }
    }

    /// Three significant digits or more.
    static func number(_ value: Double) -> String {
        switch abs(value) {
        case 100...: grouped(Int(value.rounded()))
        case 10...: trimmed(fixed(value, 1))
        default: trimmed(fixed(value, 2))
        }
    }

    static func percent(_ share: Double) -> String { "\(trimmed(fixed(share * 100, 1))) %" }

    /// Bytes as KiB or MiB.
    static func size(_ bytes: Double) -> String {
        abs(bytes) < 1_048_576 ? "\(number(bytes / 1_024)) KiB" : "\(number(bytes / 1_048_576)) MiB"
    }

    /// A number with that many digits behind the point.
    static func fixed(_ value: Double, _ digits: Int) -> String {
        guard value.isFinite else { return "-" }
        var scale = 1
        for _ in 0..<digits { scale *= 10 }
        let scaled = Int((abs(value) * Double(scale)).rounded())
        let sign = value < 0 && scaled > 0 ? "-" : ""
        guard digits > 0 else { return "\(sign)\(scaled)" }
        let rest = String(scaled % scale)
        return "\(sign)\(scaled / scale).\(String(repeating: "0", count: digits - rest.count))\(rest)"
    }

    private static func trimmed(_ text: String) -> String {
        guard text.contains(".") else { return text }
        let short = text.reversed().drop { $0 == "0" }
        return String(short.drop { $0 == "." }.reversed())
    }

    /// Digits in groups of three, as in 12,345.
    static func grouped(_ value: Int) -> String {
        let digits = String(abs(value))
        var groups: [Substring] = []
        var rest = digits[...]
        while !rest.isEmpty {
            groups.insert(rest.suffix(3), at: 0)
            rest = rest.dropLast(3)
        }
        return (value < 0 ? "-" : "") + groups.joined(separator: ",")
    }
}
