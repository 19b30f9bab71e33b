// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyDiagnosis
import Testing

@Suite("The report as HTML")
struct HTMLReportTests {
    @Test("holds what servers send as text, never as markup", arguments: [1, 2, 3, 4] as [UInt64])
    func escaping(seed: UInt64) {
        var random = RandomEvidence(seed: seed)
        var report = SampleReport.report
        report.question.url = "ws://x/\"><img src=x onerror=alert(1)>"
        report.evidence = random.evidence(count: 30)
        report.profiles[0].failure = "<i>'\"&"
        let html = HTMLReport(report).text
        #expect(html.contains("&lt;i&gt;&#39;&quot;&amp;"))
        #expect(!html.contains("<script"))
        #expect(!html.contains("<img"))
        #expect(!html.contains("<i>"))
        let tags = Set(html.matches(of: /<([a-zA-Z!][a-zA-Z0-9]*)/).map { String($0.1) })
        let own: Set = [
            "!DOCTYPE", "html", "head", "meta", "title", "style", "body", "main", "h1", "h2", "p", "strong", "pre",
            "dl",
            "dt", "dd", "table", "thead", "tbody", "tr", "th", "td", "details", "summary", "span", "b",
        ]
        #expect(tags.subtracting(own) == [])
    }

    @Test("loads nothing and runs nothing")
    func selfContained() {
        let html = HTMLReport(SampleReport.report).text
        for word in ["src=", "href=", "url(", "@import", "<script", "<link", "onload"] { #expect(!html.contains(word)) }
        #expect(html.contains("default-src 'none'"))
    }

    @Test("says the same as the text")
    func content() throws {
        let html = HTMLReport(SampleReport.report).text
        let known = try #require(Catalogue.cause(SampleReport.causeID))
        for words in [
            "It does not connect.", "(class 1, server configuration)", "srv-proxy-drops-upgrade", known.title.en,
            "Unexpected server response: 400", "ruled out", "CN=Example Root", "&lt; HTTP/1.1 400 Bad Request",
            "&lt;b&gt;No upgrade&lt;/b&gt;",
        ] {
            #expect(html.contains(words), "\(words)")
        }
    }

    @Test("opens the connections that matter and keeps the others at hand")
    func details() {
        let html = HTMLReport(SampleReport.report).text
        #expect(html.split(separator: "<details open>").count == 3)
        #expect(html.contains("<details><summary><b>e5</b>"))
    }

    @Test("is dark in the dark and black on paper")
    func media() {
        let html = HTMLReport(SampleReport.report).text
        #expect(html.contains("prefers-color-scheme: dark") && html.contains("@media print"))
    }

    @Test("names its language")
    func language() {
        #expect(HTMLReport(SampleReport.report).text.contains(#"<html lang="en">"#))
        let chinese = HTMLReport(SampleReport.report, language: .zh).text
        #expect(chinese.contains(#"<html lang="zh-Hans">"#) && chinese.contains("<h2>解决办法</h2>"))
    }
}
