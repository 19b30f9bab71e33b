// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyEvents

/// A report for build servers: JUnit's XML, one suite for each capability and dialect.
package struct JUnitReport: Sendable {
    private let report: Report

    package init(_ report: Report) { self.report = report }

    /// The document, with a newline at its end.
    package var text: String {
        let count = report.count()
        let attributes = Self.attributes(count, milliseconds: report.milliseconds)
        var lines = ["<?xml version=\"1.0\" encoding=\"UTF-8\"?>", "<testsuites name=\"parley conform\"\(attributes)>"]
        for dialect in [Dialect.ga, .beta] {
            for capability in Capability.allCases { lines += suite(capability, dialect) }
        }
        lines.append("</testsuites>")
        return lines.joined(separator: "\n") + "\n"
    }

    private func suite(_ capability: Capability, _ dialect: Dialect) -> [String] {
        let results = report.results.filter { $0.check.capability == capability && $0.dialect == dialect }
        guard !results.isEmpty else { return [] }
        let count = Report(target: "", results: results, milliseconds: 0).count()
        let milliseconds = results.reduce(0) { $0 + $1.milliseconds }
        let name = "\(dialect.rawValue).\(capability.rawValue)"
        let head = "  <testsuite name=\"\(name)\"\(Self.attributes(count, milliseconds: milliseconds))>"
        return [head] + results.map(testCase) + ["  </testsuite>"]
    }

    private func testCase(_ result: CheckResult) -> String {
        let check = result.check
        let head =
            "    <testcase classname=\"\(result.dialect.rawValue).\(check.capability.rawValue)\" "
            + "name=\"\(XMLText.escaped("\(check.id): \(check.title)"))\" time=\"\(Self.seconds(result.milliseconds))\""
        switch result.outcome {
        case .passed: return head + "/>"
        case .skipped(let reason): return head + "><skipped message=\"\(XMLText.escaped(reason))\"/></testcase>"
        case .failed(let finding):
            let words = """
                sent: \(result.lastSent)
                came: \(finding.came)
                expected: \(finding.expected)
                source: protocol reference, \(finding.source ?? check.source)
                """
            let message = XMLText.escaped("expected \(finding.expected)")
            return head + "><failure message=\"\(message)\">\(XMLText.escaped(words))</failure></testcase>"
        }
    }

    private static func attributes(_ count: Report.Count, milliseconds: Int) -> String {
        let total = count.passed + count.failed + count.skipped
        return " tests=\"\(total)\" failures=\"\(count.failed)\" skipped=\"\(count.skipped)\" "
            + "time=\"\(seconds(milliseconds))\""
    }

    private static func seconds(_ milliseconds: Int) -> String {
        let rest = String(milliseconds % 1000)
        return "\(milliseconds / 1000).\(String(repeating: "0", count: 3 - rest.count))\(rest)"
    }
}
