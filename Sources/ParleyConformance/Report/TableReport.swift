// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyEvents

/// A report for people: a table of capabilities, then every failure, then what was skipped and why.
package struct TableReport: Sendable {
    private let report: Report
    private let palette: Palette

    package init(_ report: Report, palette: Palette = Palette(isOn: false)) {
        self.report = report
        self.palette = palette
    }

    /// The whole text, with a newline at its end.
    package var text: String {
        var sections = [table.joined(separator: "\n")]
        sections += report.results.compactMap(failure)
        if !skips.isEmpty { sections.append(skips.joined(separator: "\n")) }
        sections.append(summary)
        return sections.joined(separator: "\n\n") + "\n"
    }

    private var dialects: [Dialect] {
        Dialect.allCases.reversed().filter { d in report.results.contains { $0.dialect == d } }
    }

    private static let nameWidth = 24
    private static let cellWidth = 9

    private var table: [String] {
        let names = ["passed", "failed", "skipped"]
        let blank = String(repeating: " ", count: Self.nameWidth)
        let widths = Self.cellWidth * names.count
        let top = dialects.map { Self.left("  \($0.rawValue)", widths) }.joined()
        let second = dialects.map { _ in names.map { Self.right($0, Self.cellWidth) }.joined() }.joined()
        var lines = [Self.trimmed(blank + top), Self.left("capability", Self.nameWidth) + second]
        for capability in Capability.allCases {
            let counts = dialects.map { dialect in
                report.count { $0.check.capability == capability && $0.dialect == dialect }
            }
            guard counts.contains(where: { $0 != Report.Count() }) else { continue }
            lines.append(Self.left(capability.rawValue, Self.nameWidth) + counts.map(cells).joined())
        }
        let totals = dialects.map { dialect in report.count { $0.dialect == dialect } }
        lines.append(Self.left("total", Self.nameWidth) + totals.map(cells).joined())
        return lines
    }

    private func cells(_ count: Report.Count) -> String {
        let failed = Self.right("\(count.failed)", Self.cellWidth)
        return Self.right("\(count.passed)", Self.cellWidth) + (count.failed > 0 ? palette.bad(failed) : failed)
            + palette.faint(Self.right("\(count.skipped)", Self.cellWidth))
    }

    private func failure(_ result: CheckResult) -> String? {
        guard case .failed(let finding) = result.outcome else { return nil }
        return """
            \(palette.bad("failed")) \(result.check.id) (\(result.dialect.rawValue)): \(result.check.title)
              sent      \(result.lastSent)
              came      \(finding.came)
              expected  \(finding.expected)
              source    protocol reference, \(finding.source ?? result.check.source)
            """
    }

    private var skips: [String] {
        report.results.compactMap { result in
            guard case .skipped(let reason) = result.outcome else { return nil }
            return palette.faint("skipped") + " \(result.check.id) (\(result.dialect.rawValue)): \(reason)"
        }
    }

    private var summary: String {
        let count = report.count()
        let tenths = (report.milliseconds + 50) / 100
        let words = "\(count.passed) passed, \(count.failed) failed, \(count.skipped) skipped"
        let coloured = count.failed > 0 ? palette.bad(words) : palette.good(words)
        return "\(coloured) in \(tenths / 10).\(tenths % 10) s: \(report.target)"
    }

    private static func left(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    private static func right(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }

    private static func trimmed(_ text: String) -> String {
        String(text.reversed().drop { $0 == " " }.reversed())
    }
}
