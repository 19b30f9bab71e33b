// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyDiagnosis
import ParleyEvents
import Testing

@Suite("The JSON report")
struct JSONReportTests {
    private let object = JSON.object(JSONReport(SampleReport.report).object)

    @Test("names its schema, the target, when and how long")
    func head() {
        #expect(object["schema"] == "parley.doctor/1")
        #expect(object["target"]?["url"] == "wss://voice.example.com/v1/realtime?model=m")
        #expect(object["target"]?["started"] == "2026-11-30T00:53:20Z")
        #expect(object["target"]?["duration_ms"] == 1234)
        #expect(object["verdict"] == "fails")
        #expect(object["class"] == 1)
        #expect(object["summary"]?.stringValue?.hasPrefix("It does not connect.") == true)
    }

    @Test("says of the cause what was seen before why that fails")
    func cause() throws {
        let cause = try #require(object["cause"])
        let known = try #require(Catalogue.cause(SampleReport.causeID))
        #expect(cause["id"] == "srv-proxy-drops-upgrade")
        #expect(cause["class"] == 1)
        #expect(cause["title"]?.stringValue == known.title.en)
        #expect(cause["confidence"] == "certain")
        #expect(cause["explanation"]?.stringValue == "Through the proxy 400, past it 101. \(known.explanation.en)")
        #expect(cause["software"] == "nginx")
        #expect(cause["evidence"] == ["e3", "e4"])
        #expect(cause["sources"]?.arrayValue?.compactMap(\.stringValue) == known.sources)
    }

    @Test("lists every fix: those for the software at hand, then the general one, then the rest")
    func fixes() throws {
        let known = try #require(Catalogue.cause(SampleReport.causeID))
        let fixes = try #require(object["cause"]?["fixes"]?.arrayValue)
        #expect(fixes.count == known.fixes.count)
        let software = fixes.map { $0["software"]?.stringValue }
        let firstGeneral = try #require(software.firstIndex(of: nil))
        #expect(software[..<firstGeneral].allSatisfy { $0 == "nginx" } && firstGeneral > 0)
        let rest = software[firstGeneral...].drop { $0 == nil }
        #expect(!rest.isEmpty && rest.allSatisfy { $0 != nil && $0 != "nginx" })
        for fix in fixes { #expect(Set(fix.objectValue?.names ?? []) == ["software", "text", "snippet"]) }
    }

    @Test("puts the fixes of the software that the user names before those of the software that was seen")
    func namedSoftware() throws {
        var report = SampleReport.report
        report.question.server = .haproxy
        let fixes = try #require(JSON.object(JSONReport(report).object)["cause"]?["fixes"]?.arrayValue)
        #expect(fixes.first?["software"] == "haproxy")
        #expect(fixes.prefix { $0["software"] != .null }.contains { $0["software"] == "nginx" })
    }

    @Test("gives other causes the same shape")
    func otherCauses() throws {
        let others = try #require(object["other_causes"]?.arrayValue)
        #expect(others.map { $0["id"] } == ["srv-auth-required"])
        let names = Set(try #require(object["cause"]?.objectValue).names)
        #expect(names.subtracting(others[0].objectValue?.names ?? []) == [])
    }

    @Test("marks all seven classes, those nobody looked at as not reached")
    func classes() {
        #expect(
            object["classes"] == [
                "1": "cause", "2": "ruled_out", "3": "suspect", "4": "not_reached", "5": "not_reached",
                "6": "untestable", "7": "not_reached",
            ]
        )
    }

    @Test("says of each client whether it connects and in which words it fails")
    func profiles() {
        #expect(
            object["profiles"] == [
                ["id": "node-ws", "connects": false, "failure": "Unexpected server response: 400"],
                ["id": "firefox-realtime-console", "connects": nil, "failure": nil],
                ["id": "bare", "connects": true, "failure": nil],
            ]
        )
    }

    @Test("has all evidence with a sentence and plain data that say which kind they are")
    func evidence() throws {
        let evidence = try #require(object["evidence"]?.arrayValue)
        #expect(evidence.map { $0["id"]?.stringValue } == SampleReport.evidence.map(\.id))
        #expect(
            evidence.map { $0["data"]?["kind"] } == [
                "name", "exchange", "exchange", "exchange", "exchange", "exchange", "page", "client",
            ]
        )
        #expect(evidence[4]["probe"] == "profile")
        #expect(evidence[4]["variant"] == "node-ws")
        #expect(evidence[2]["variant"] == nil)
        #expect(evidence.allSatisfy { $0["summary"]?.stringValue?.hasSuffix(".") == true })
        #expect(evidence[2]["summary"] == "Plain handshake: answered 400 Bad Request.")
        #expect(evidence[0]["data"]?["ipv4"] == ["kind": "addresses", "addresses": ["127.0.0.1"]])
        #expect(evidence[0]["data"]?["ipv6"] == ["kind": "failed", "detail": "SERVFAIL"])
        #expect(evidence[1]["data"]?["tls"]?["result"] == ["kind": "completed"])
        #expect(evidence[1]["data"]?["tls"]?["faults"] == ["unknown_authority"])
        #expect(evidence[2]["data"]?["response"]?["status"] == 400)
        #expect(evidence[2]["data"]?["response"]?["at_ms"] == 11)
        #expect(evidence[3]["data"]?["conversation"]?["first_event"]?["type"] == "session.created")
    }

    @Test("has class 0 and no cause when it connects, and no class when nothing is proven")
    func classNumber() {
        var report = SampleReport.report
        report.cause = nil
        #expect(JSON.object(JSONReport(report).object)["class"] == .null)
        #expect(JSON.object(JSONReport(report).object)["cause"] == .null)
        report.verdict = .connects
        #expect(JSON.object(JSONReport(report).object)["class"] == 0)
    }

    @Test("speaks Chinese where people read it and keeps names and codes")
    func chinese() {
        let chinese = JSON.object(JSONReport(SampleReport.report, language: .zh).object)
        #expect(chinese["cause"]?["explanation"]?.stringValue?.hasPrefix("经代理为 400，绕过代理为 101。") == true)
        #expect(chinese["evidence"]?.arrayValue?[2]["summary"] == "最简握手：应答 400 Bad Request。")
        #expect(chinese["classes"] == object["classes"])
    }
}
