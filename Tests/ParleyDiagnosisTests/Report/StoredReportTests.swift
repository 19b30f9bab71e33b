// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyDiagnosis
import ParleyEvents
import Testing

@Suite("A stored report")
struct StoredReportTests {
    private static func replaced(_ change: (inout JSONObject) -> Void) -> JSON {
        var object = JSONReport(SampleReport.report).object
        change(&object)
        return .object(object)
    }

    @Test("gives back the question and the evidence it was made from")
    func reads() throws {
        let stored = try StoredReport(text: JSONReport(SampleReport.report).text)
        #expect(stored.question == SampleReport.question)
        #expect(stored.evidence == SampleReport.evidence)
        #expect(stored.startedAt == SampleReport.report.startedAt)
        #expect(stored.durationMS == 1234)
    }

    @Test("is judged as the evidence itself is, byte for byte", arguments: [1, 2, 3, 4, 5] as [UInt64])
    func replay(seed: UInt64) throws {
        var random = RandomEvidence(seed: seed)
        let evidence = random.evidence(count: 40)
        var question = SampleReport.question
        question.holdSeconds = 1.5
        question.directURL = "ws://127.0.0.1:9000/"
        question.server = .nodeWS
        let seen = Report(question: question, startedAt: 1, durationMS: 2, verdict: .fails, evidence: evidence).masked
        let judged = Diagnosis.report(seen.question, seen.evidence, startedAt: 1, durationMS: 2)
        let first = JSONReport(judged).text
        var stored = try StoredReport(text: first)
        #expect(JSONReport(stored.report).text == first)
        // The evidence itself survives too, whatever is in it.
        stored = try StoredReport(text: JSONReport(seen).text)
        #expect(stored.evidence == seen.evidence)
        #expect(stored.question == seen.question)
    }

    @Test("may hold a message alone, with what it can mean and nothing proven")
    func message() throws {
        var question = Question(url: "")
        question.errorText = "Error during WebSocket handshake: Unexpected response code: 502"
        let report = Report.readingMessage(question, startedAt: 1)
        #expect(report.verdict == .inconclusive && report.cause == nil)
        #expect(report.otherCauses.contains { $0.causeID == "srv-upstream-down" })
        #expect(report.otherCauses.allSatisfy { $0.confidence == .possible && $0.observed.en.contains("502") })
        #expect(report.classes[.serverConfiguration] == .suspect)
        let text = JSONReport(report).text
        #expect(try JSONReport(StoredReport(text: text).report).text == text)
    }

    @Test("need not hold what this version adds")
    func unknownMembers() throws {
        let json = Self.replaced { $0["added_later"] = 1 }
        #expect(try StoredReport(json).evidence == SampleReport.evidence)
    }

    @Test(
        "is refused with the member at fault and what was expected there",
        arguments: [
            ("[]", "expected a report of the schema parley.doctor/1"),
            ("{}", #"schema: expected "parley.doctor/1", got nothing"#),
            (#"{"schema":"parley.conform/1"}"#, #"schema: expected "parley.doctor/1", got "parley.conform/1""#),
            (#"{"schema":"parley.doctor/1"}"#, "question: expected an object or an array, got nothing"),
            ("GET / HTTP/1.1", "expected JSON, a value at byte 0"),
        ] as [(String, String)]
    )
    func noReport(text: String, words: String) throws {
        let error = try #require(throws: ReportError.self) { try StoredReport(text: text) }
        #expect(error.description.contains(words), "\(error)")
    }

    @Test("says in which item of evidence something is wrong")
    func wrongEvidence() throws {
        func refusal(_ change: (inout JSONObject) -> Void) throws -> ReportError {
            var evidence = JSONReport(SampleReport.report).object["evidence"]?.arrayValue ?? []
            var item = try #require(evidence[2].objectValue)
            change(&item)
            evidence[2] = .object(item)
            let json = Self.replaced { $0["evidence"] = .array(evidence) }
            return try #require(throws: ReportError.self) { try StoredReport(json) }
        }
        #expect(try refusal { $0["id"] = nil }.field == "evidence[2].id")
        #expect(try refusal { $0["id"] = "e1" }.description == #"evidence[2].id: expected an id of its own, got "e1""#)
        let probe = try refusal { $0["probe"] = "magic" }
        #expect(probe.field == "evidence[2].probe")
        #expect(probe.expected.hasPrefix("one of name, connect"))
        #expect(try refusal { $0["data"] = ["kind": "dream"] }.field == "evidence[2].data.kind")
        #expect(try refusal { $0["data"] = ["kind": "exchange"] }.field == "evidence[2].data.endpoint")
        let status = try refusal { $0["data"]?.set("response", "status", "400") }
        #expect(status.description == #"evidence[2].data.response.status: expected an integer, got "400""#)
    }

    @Test("names a time that is none")
    func time() throws {
        let json = Self.replaced { $0["target"] = ["url": "ws://x", "started": "yesterday", "duration_ms": 1] }
        let error = try #require(throws: ReportError.self) { try StoredReport(json) }
        #expect(error.field == "target.started")
    }
}

extension JSON {
    fileprivate mutating func set(_ first: String, _ second: String, _ value: JSON) {
        guard var outer = objectValue, var inner = outer[first]?.objectValue else { return }
        inner[second] = value
        outer[first] = .object(inner)
        self = .object(outer)
    }
}
