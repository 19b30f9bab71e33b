// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import ParleyEvents

/// What a stored report was made from, to be judged anew.
package struct StoredReport: Sendable, Equatable {
    package var question: Question
    package let evidence: [Evidence]
    /// Seconds since 1970.
    package let startedAt: Int
    package let durationMS: Int

    /// Reads a report of the schema `parley.doctor/1`; what it concludes is not looked at.
    ///
    /// - Throws: What is missing or is not as it should be, and where.
    package init(_ json: JSON) throws(ReportError) {
        guard json.objectValue != nil else {
            throw .other("", "a report of the schema \(JSONReport.schema), which is an object,", than: json)
        }
        guard json["schema"]?.stringValue == JSONReport.schema else {
            throw .other("schema", "\"\(JSONReport.schema)\"", than: json["schema"])
        }
        question = try JSONForm.value(Question.self, from: Self.member("question", of: json), at: "question")
        evidence = try JSONForm.value([Evidence].self, from: Self.member("evidence", of: json), at: "evidence")
        let target = try JSONForm.value(Target.self, from: Self.member("target", of: json), at: "target")
        guard let startedAt = Timestamp.seconds(target.started) else {
            throw .other("target.started", "a time as in 2026-01-31T12:00:00Z", than: .string(target.started))
        }
        self.startedAt = startedAt
        durationMS = target.durationMS
        var ids: Set<String> = []
        for (index, item) in evidence.enumerated() where !ids.insert(item.id).inserted {
            throw .other("evidence[\(index)].id", "an id of its own", than: .string(item.id))
        }
    }

    /// Reads the text of a report.
    package init(text: String) throws(ReportError) {
        let json: JSON
        do throws(JSONError) {
            json = try JSON(parsing: text)
        } catch {
            throw ReportError(
                field: "",
                expected: "JSON, \(error.expected) at byte \(error.offset)",
                got: "something else"
            )
        }
        try self.init(json)
    }

    /// What the evidence says by the rules of this version.
    package var report: Report {
        question.url.isEmpty
            ? .readingMessage(question, startedAt: startedAt)
            : Diagnosis.report(question, evidence, startedAt: startedAt, durationMS: durationMS)
    }

    private struct Target: Decodable {
        var started: String
        var durationMS: Int
    }

    private static func member(_ name: String, of json: JSON) throws(ReportError) -> JSON {
        guard let member = json[name] else { throw .other(name, "an object or an array", than: nil) }
        return member
    }
}
