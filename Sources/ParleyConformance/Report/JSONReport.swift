// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import ParleyEvents

/// A report for programs, schema `parley.conform/1`.
package struct JSONReport: Sendable {
    private let report: Report

    package init(_ report: Report) { self.report = report }

    /// Most lines of a transcript, the last ones.
    private static let longestTranscript = 40

    package var object: JSONObject {
        [
            "schema": "parley.conform/1",
            "target": .string(report.target),
            "duration_ms": JSON(report.milliseconds),
            "totals": .object(Self.object(report.count())),
            "capabilities": .array(capabilities),
            "checks": .array(report.results.map(check)),
        ]
    }

    private var capabilities: [JSON] {
        var rows: [JSON] = []
        for dialect in [Dialect.ga, .beta] {
            for capability in Capability.allCases {
                let count = report.count { $0.check.capability == capability && $0.dialect == dialect }
                guard count != Report.Count() else { continue }
                let head: JSONObject = ["id": .string(capability.rawValue), "dialect": .string(dialect.rawValue)]
                rows.append(.object(head.adding(Self.object(count))))
            }
        }
        return rows
    }

    private static func object(_ count: Report.Count) -> JSONObject {
        ["passed": JSON(count.passed), "failed": JSON(count.failed), "skipped": JSON(count.skipped)]
    }

    private func check(_ result: CheckResult) -> JSON {
        let check = result.check
        var object: JSONObject = [
            "id": .string(check.id), "capability": .string(check.capability.rawValue),
            "dialect": .string(result.dialect.rawValue), "title": .string(check.title), "source": .string(check.source),
            "duration_ms": JSON(result.milliseconds),
        ]
        switch result.outcome {
        case .passed: object["outcome"] = "passed"
        case .skipped(let reason):
            object["outcome"] = "skipped"
            object["reason"] = .string(reason)
        case .failed(let finding):
            object["outcome"] = "failed"
            object["failure"] = .object(failure(finding, result))
        }
        return .object(object)
    }

    private func failure(_ finding: Finding, _ result: CheckResult) -> JSONObject {
        let lines = result.transcript.suffix(Self.longestTranscript)
        return [
            "sent": .string(result.lastSent), "came": .string(finding.came), "expected": .string(finding.expected),
            "source": .string(finding.source ?? result.check.source),
            "transcript": .array(
                lines.map { ["direction": .string($0.direction.rawValue), "text": .string($0.text)] }
            ),
        ]
    }
}
