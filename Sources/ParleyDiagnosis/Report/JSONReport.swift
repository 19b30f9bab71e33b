// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import ParleyEvents

/// A report for programs, schema `parley.doctor/1`.
///
/// It holds the question and all evidence, so that it can be judged again (``StoredReport``).
package struct JSONReport: Sendable {
    /// What the member `schema` says.
    package static let schema = "parley.doctor/1"

    private let report: Report
    private let language: Language

    /// - Parameters:
    ///   - report: What is written; it is masked once more.
    ///   - language: Of titles, explanations, fixes and summaries.
    package init(_ report: Report, language: Language = .en) {
        self.report = report.masked
        self.language = language
    }

    /// The whole report as one JSON text, without a newline at its end.
    package var text: String { object.text }

    package var object: JSONObject {
        var object: JSONObject = [
            "schema": .string(Self.schema),
            "target": [
                "url": .string(report.question.url), "started": .string(Timestamp.text(report.startedAt)),
                "duration_ms": JSON(report.durationMS),
            ],
            "verdict": .string(report.verdict.rawValue),
            "class": classNumber,
            "summary": .string(ReportDocument(report, language: language).summary),
            "cause": report.cause.flatMap(cause) ?? .null,
            "other_causes": .array(report.otherCauses.compactMap(cause)),
        ]
        object["classes"] = .object(
            JSONObject(
                CauseClass.allCases.map { causeClass in
                    ("\(causeClass.rawValue)", .string((report.classes[causeClass] ?? .notReached).rawValue))
                }
            )
        )
        object["profiles"] = .array(report.profiles.map(profile))
        object["evidence"] = .array(report.evidence.map(evidence))
        object["software"] = .array(report.software.map { .string($0.rawValue) })
        object["language"] = .string(language.rawValue)
        object["question"] = Self.form(report.question)
        return object
    }

    /// For simple tools: the class of the cause, 0 when it connects, null when nothing is proven.
    private var classNumber: JSON {
        if report.verdict == .connects { return 0 }
        return report.cause.flatMap { Catalogue.cause($0.causeID) }.map { JSON($0.causeClass.rawValue) } ?? .null
    }

    private func cause(_ finding: Finding) -> JSON? {
        guard let explained = report.explained(finding) else { return nil }
        let cause = explained.cause
        var object: JSONObject = [
            "id": .string(cause.id), "class": JSON(cause.causeClass.rawValue), "title": .string(cause.title[language]),
            "confidence": .string(finding.confidence.rawValue),
            "explanation": .string(explained.explanation[language]),
            "software": JSON(finding.software?.rawValue),
            "fixes": .array(
                explained.fixes.map { fix in
                    [
                        "software": JSON(fix.software?.rawValue), "text": .string(fix.text[language]),
                        "snippet": JSON(fix.snippet),
                    ]
                }
            ),
            "evidence": .array(finding.evidence.map { .string($0) }),
            "sources": .array(cause.sources.map { .string($0) }),
        ]
        if let decisive = cause.whatWouldDecide, finding.confidence != .certain {
            object["what_would_decide"] = .string(decisive[language])
        }
        return .object(object)
    }

    private func profile(_ result: Report.ProfileResult) -> JSON {
        [
            "id": .string(result.id), "connects": result.connects.map { .bool($0) } ?? .null,
            "failure": JSON(result.failure),
        ]
    }

    private func evidence(_ item: Evidence) -> JSON {
        var object: JSONObject = ["id": .string(item.id), "probe": .string(item.probe.rawValue)]
        if let variant = item.variant { object["variant"] = .string(variant) }
        object["summary"] = .string(EvidenceSummary(item).sentence[language])
        object["data"] = Self.form(item.data)
        return .object(object)
    }

    /// Reports hold plain values only, which can always be written.
    private static func form(_ value: some Encodable) -> JSON { (try? JSONForm.json(value)) ?? .null }
}
