// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

extension Report {
    /// What a message alone can mean, when there is no address to look at: candidates, and nothing proven.
    ///
    /// - Parameters:
    ///   - question: With the message the user saw.
    ///   - startedAt: Seconds since 1970.
    /// - Returns: A report without evidence.
    package static func readingMessage(_ question: Question, startedAt: Int) -> Report {
        let reading = ErrorTexts.reading(question.errorText ?? "")
        let observed =
            if let status = reading.status {
                Text("The message tells of the HTTP status \(status).", zh: "信息中的 HTTP 状态码是 \(status)。")
            } else if let code = reading.closeCode {
                Text("The message tells of the close code \(code).", zh: "信息中的关闭代码是 \(code)。")
            } else {
                Text("The message can stand for this.", zh: "该信息可能由此产生。")
            }
        let findings = reading.causes.map { Finding($0, .possible, observed: observed) }
        let suspects = findings.compactMap { Catalogue.cause($0.causeID)?.causeClass }
        return Report(
            question: question.masked,
            startedAt: startedAt,
            durationMS: 0,
            verdict: .inconclusive,
            otherCauses: findings,
            classes: Dictionary(CauseClass.allCases.map { ($0, suspects.contains($0) ? .suspect : .notReached) }) {
                first,
                _ in first
            }
        )
    }
}
