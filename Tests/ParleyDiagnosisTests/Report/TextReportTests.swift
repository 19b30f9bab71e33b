// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ParleyDiagnosis

@Suite("The report at a terminal")
struct TextReportTests {
    private static func text(_ report: Report, _ change: (inout TextReport.Style) -> Void = { _ in }) -> String {
        var style = TextReport.Style()
        change(&style)
        return TextReport(report, style: style).text
    }

    private static func lines(_ text: String) -> [String] { text.split(separator: "\n").map(String.init) }

    @Test("begins with the verdict and its class in one line")
    func verdict() throws {
        let title = try #require(Catalogue.cause(SampleReport.causeID)).title.en
        let first = Self.lines(Self.text(SampleReport.report) { $0.width = 200 })[0]
        #expect(first == "It does not connect. \(title) (class 1, server configuration).")
    }

    @Test("reads from the cause over the fix, the classes and the clients to the evidence")
    func order() throws {
        let text = Self.text(SampleReport.report)
        var rest = text[...]
        for heading in [
            "Cause", "Fix", "Other causes", "The seven classes of causes", "Clients", "Evidence",
            "Certificate chain as sent", "Times", "What else was tried",
        ] {
            let found = try #require(rest.firstRange(of: "\n\(heading)\n"), "\(heading) is missing or out of order")
            rest = rest[found.upperBound...]
        }
    }

    @Test("shows the fix of the software at hand and names the others")
    func fixes() throws {
        let known = try #require(Catalogue.cause(SampleReport.causeID))
        let text = Self.text(SampleReport.report) { $0.width = 200 }
        let snippet = try #require(known.fixes.first { $0.software == .nginx }?.snippet)
        for line in snippet.split(separator: "\n") { #expect(text.contains(line)) }
        #expect(text.contains("name yours with --server"))
        let other = try #require(known.fixes.first { $0.software == .haproxy })
        #expect(!text.contains(other.text.en))
    }

    @Test("marks every class")
    func classes() {
        let text = Self.text(SampleReport.report)
        for line in [
            "1  server configuration             cause", "2  network                          ruled out",
            "6  code error                       could not be tested from here",
        ] {
            #expect(text.contains(line), "\(line)")
        }
    }

    @Test("sets clients side by side with their own words")
    func clients() throws {
        let lines = Self.lines(Self.text(SampleReport.report))
        let row = try #require(lines.first { $0.hasPrefix("  node-ws") })
        #expect(row.contains("fails") && row.contains("Unexpected server response: 400"))
        #expect(lines.contains { $0.hasPrefix("  bare") && $0.contains("connects") })
    }

    @Test("shows the handshakes that the cause rests on as they were sent and received")
    func wire() {
        let text = Self.text(SampleReport.report)
        #expect(text.contains("> GET /v1/realtime?model=m HTTP/1.1"))
        #expect(text.contains("> Authorization: Bearer ***"))
        #expect(text.contains("< HTTP/1.1 400 Bad Request"))
        #expect(text.contains("< HTTP/1.1 101 Switching Protocols"))
        #expect(text.contains(#"< text, 26 bytes: {"type":"session.created"}"#))
        #expect(text.contains("CN=Example Root"))
    }

    @Test("tells probes that saw the same in one line, unless every connection is asked for")
    func grouping() {
        let short = Self.text(SampleReport.report)
        #expect(short.contains("e5 e6  Handshake of node-ws, firefox-realtime-console: answered 400 Bad Request"))
        let long = Self.text(SampleReport.report) { $0.showsAllEvidence = true }
        #expect(long.contains("e6  Handshake of firefox-realtime-console"))
        #expect(long.split(separator: "< HTTP/1.1 400 Bad Request").count == 5)
    }

    @Test(
        "keeps within the width, also where characters are twice as wide",
        arguments: [40, 72, 100],
        Language.allCases
    )
    func width(width: Int, language: Language) {
        let text = Self.text(SampleReport.report) {
            $0.width = width
            $0.language = language
            $0.showsAllEvidence = true
        }
        for line in Self.lines(text) where !line.hasPrefix("      ") {
            #expect(TextLayout.width(line) <= width, "\(line)")
        }
    }

    @Test("has colours only when they are wanted")
    func colours() {
        #expect(!Self.text(SampleReport.report).contains("\u{1B}"))
        let coloured = Self.text(SampleReport.report) { $0.hasColours = true }
        #expect(coloured.contains("\u{1B}[31m"))
        #expect(coloured.replacing(/\u{1B}\[[0-9]+m/, with: "") == Self.text(SampleReport.report))
    }

    @Test("hands nothing on that a terminal would act on", arguments: [1, 2, 3, 4, 5, 6] as [UInt64])
    func controls(seed: UInt64) {
        var random = RandomEvidence(seed: seed)
        var report = SampleReport.report
        report.evidence = random.evidence(count: 30)
        let text = Self.text(report) { $0.showsAllEvidence = true }
        let bad = text.unicodeScalars.filter {
            $0 != "\n" && ($0.value < 0x20 || (0x7F..<0xA0).contains($0.value) || $0.value == 0x202E)
        }
        #expect(bad.isEmpty)
    }

    @Test("speaks Chinese without a word of English in its frame")
    func chinese() {
        let text = Self.text(SampleReport.report) { $0.language = .zh }
        for word in ["无法连接。", "\n原因\n", "\n解决办法\n", "七类原因", "已排除", "\n客户端\n", "\n证据\n", "\n时间\n"] {
            #expect(text.contains(word), "\(word)")
        }
        for word in ["Cause", "Fix", "Evidence", "ruled out", "connects", "Handshake of", "answered"] {
            #expect(!text.contains(word), "\(word)")
        }
    }

    @Test("counts the clients when only some connect, and says so when nothing is proven")
    func counts() {
        var report = SampleReport.report
        report.verdict = .connectsForSome
        report.cause = nil
        #expect(Self.lines(Self.text(report))[0] == "It connects for 1 of 2 clients. No cause is proven.")
        report.verdict = .connects
        report.profiles = [Report.ProfileResult(id: "bare", connects: true)]
        #expect(Self.lines(Self.text(report))[0] == "It connects; no fault was found.")
    }
}
