// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyDiagnosis
import Testing

@Suite("No report shows a secret")
struct ReportSecrecyTests {
    @Test("whatever place it stands in that recorders mask", arguments: Array(1...8) as [UInt64])
    func secrets(seed: UInt64) throws {
        let core = "Zq\(seed)x7PwL\(seed &* 7919)kT3vR"
        let secret = "sk-\(core)"
        var random = RandomEvidence(seed: seed, secret: secret)
        var report = SampleReport.report
        report.question.url = "wss://user:\(secret)@voice.example.com/?api-key=\(secret)"
        report.question.subprotocols = ["realtime", "openai-insecure-api-key.\(secret)"]
        report.question.headers = [Header("Authorization", "Bearer \(secret)"), Header("Cookie", "a=\(core)")]
        report.question.proxy = "http://user:\(core)@127.0.0.1:3128"
        report.question.errorText = "Incorrect API key provided: \(secret)"
        report.question.key = secret
        report.evidence = random.evidence(count: 12)
        report.profiles[0].failure = "refused Bearer \(secret)"
        report.cause?.observed = Text("The key \(secret) was refused.", zh: "密钥 \(secret) 被拒绝。")
        var style = TextReport.Style()
        style.showsAllEvidence = true
        let raw = "\(report)"
        try #require(raw.contains(core))
        #expect(!JSONReport(report).text.contains(core))
        for language in Language.allCases {
            style.language = language
            #expect(!TextReport(report, style: style).text.contains(core))
            #expect(!HTMLReport(report, language: language).text.contains(core))
        }
    }
}
