// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import ParleyEvents
import Testing

@testable import ParleyConformance

@Suite("Reports")
struct ReportTests {
    @Test("The table counts by capability and explains every failure and skip")
    func table() {
        #expect(
            TableReport(SampleReport.report).text == """
                                          ga                         beta
                capability                 passed   failed  skipped   passed   failed  skipped
                session                         1        0        0        0        0        0
                text                            0        1        0        0        0        1
                total                           1        1        0        0        0        1

                failed text.turn (ga): A text turn brings its events in order
                  sent      {"type":"response.create"}
                  came      {"type":"a<b&c"}
                  expected  response.done
                  source    protocol reference, 8 Errors

                skipped text.turn (beta): no "beta" here

                1 passed, 1 failed, 1 skipped in 1.3 s: ws://voice.example/v1/realtime

                """
        )
    }

    @Test("Colours come only if they are wanted")
    func colours() {
        #expect(!TableReport(SampleReport.report).text.contains("\u{1B}"))
        let text = TableReport(SampleReport.report, palette: Palette(isOn: true)).text
        #expect(text.contains("\u{1B}[31mfailed\u{1B}[0m text.turn (ga)"))
        let good = TableReport(
            Report(target: "", results: [SampleReport.report.results[0]], milliseconds: 0),
            palette: Palette(isOn: true)
        )
        #expect(good.text.contains("\u{1B}[32m1 passed, 0 failed, 0 skipped\u{1B}[0m"))
    }

    @Test("The JSON report has a schema and everything that is known of a failure")
    func json() {
        let expected = """
            {"schema":"parley.conform/1","target":"ws://voice.example/v1/realtime","duration_ms":1260,\
            "totals":{"passed":1,"failed":1,"skipped":1},"capabilities":[\
            {"id":"session","dialect":"ga","passed":1,"failed":0,"skipped":0},\
            {"id":"text","dialect":"ga","passed":0,"failed":1,"skipped":0},\
            {"id":"text","dialect":"beta","passed":0,"failed":0,"skipped":1}],"checks":[\
            {"id":"session.echo","capability":"session","dialect":"ga","title":"session.updated reports what was set",\
            "source":"7.2 session.update","duration_ms":12,"outcome":"passed"},\
            {"id":"text.turn","capability":"text","dialect":"ga","title":"A text turn brings its events in order",\
            "source":"7.3 Text turn","duration_ms":1034,"outcome":"failed","failure":{\
            "sent":"{\\"type\\":\\"response.create\\"}","came":"{\\"type\\":\\"a<b&c\\"}","expected":"response.done",\
            "source":"8 Errors","transcript":[{"direction":"sent","text":"{\\"type\\":\\"response.create\\"}"},\
            {"direction":"received","text":"{\\"type\\":\\"a<b&c\\"}"}]}},\
            {"id":"text.turn","capability":"text","dialect":"beta","title":"A text turn brings its events in order",\
            "source":"7.3 Text turn","duration_ms":0,"outcome":"skipped","reason":"no \\"beta\\" here"}]}
            """
        #expect(JSONReport(SampleReport.report).object.text == expected)
    }

    @Test("Long transcripts are cut to their end")
    func longTranscripts() {
        let lines = (1...100).map { TranscriptLine(.sent, "\($0)") }
        let result = CheckResult(
            check: SampleReport.report.results[0].check,
            dialect: .ga,
            outcome: .failed(Finding(expected: "", came: "")),
            milliseconds: 0,
            transcript: lines
        )
        let object = JSONReport(Report(target: "", results: [result], milliseconds: 0)).object
        let transcript = object["checks"]?.arrayValue?.first?["failure"]?["transcript"]?.arrayValue
        #expect(transcript?.count == 40)
        #expect(transcript?.last?["text"] == "100")
    }

    @Test("The JUnit report is XML with suites, failures and skips")
    func junit() {
        #expect(
            JUnitReport(SampleReport.report).text == """
                <?xml version="1.0" encoding="UTF-8"?>
                <testsuites name="parley conform" tests="3" failures="1" skipped="1" time="1.260">
                  <testsuite name="ga.session" tests="1" failures="0" skipped="0" time="0.012">
                    <testcase classname="ga.session" name="session.echo: session.updated reports what was set" time="0.012"/>
                  </testsuite>
                  <testsuite name="ga.text" tests="1" failures="1" skipped="0" time="1.034">
                    <testcase classname="ga.text" name="text.turn: A text turn brings its events in order" time="1.034">\
                <failure message="expected response.done">sent: {&quot;type&quot;:&quot;response.create&quot;}
                came: {&quot;type&quot;:&quot;a&lt;b&amp;c&quot;}
                expected: response.done
                source: protocol reference, 8 Errors</failure></testcase>
                  </testsuite>
                  <testsuite name="beta.text" tests="1" failures="0" skipped="1" time="0.000">
                    <testcase classname="beta.text" name="text.turn: A text turn brings its events in order" time="0.000">\
                <skipped message="no &quot;beta&quot; here"/></testcase>
                  </testsuite>
                </testsuites>

                """
        )
    }

    @Test("Control characters, which XML cannot hold, are replaced")
    func controlCharacters() {
        let finding = Finding(expected: "a\u{0}b", came: "\u{1B}[31m")
        let result = CheckResult(
            check: SampleReport.report.results[0].check,
            dialect: .ga,
            outcome: .failed(finding),
            milliseconds: 0,
            transcript: []
        )
        let text = JUnitReport(Report(target: "", results: [result], milliseconds: 0)).text
        #expect(text.contains("a\u{FFFD}b") && text.contains("\u{FFFD}[31m"))
        #expect(text.contains("sent: nothing"))
    }

    @Test("A run without checks is no table of failures")
    func empty() {
        #expect(TableReport(SampleReport.empty).text.contains("0 passed, 0 failed, 0 skipped in 0.0 s"))
        #expect(JSONReport(SampleReport.empty).object["checks"] == [])
    }

    @Test("The list tells id, dialects, title and source")
    func list() {
        let checks = SampleReport.report.results.map(\.check).prefix(2)
        #expect(
            ListReport.text(Array(checks)) == """
                session.echo  both  session.updated reports what was set [7.2 session.update]
                text.turn     both  A text turn brings its events in order [7.3 Text turn]

                """
        )
        let typed = Catalogue.checks.filter { $0.id == "session.missing-type" }
        #expect(ListReport.text(typed).hasPrefix("session.missing-type  ga    "))
    }
}
