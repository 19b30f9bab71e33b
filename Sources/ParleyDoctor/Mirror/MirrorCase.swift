// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials
package import ParleyDiagnosis

/// Gathers what the mirror saw, and has it judged.
package actor MirrorCase {
    private var question: Question
    private let started = Date()
    private var log: ClientLog
    private var count = 0
    private var isAddressKnown = false

    /// - Parameter question: What the user said, secrets included.
    package init(_ question: Question) {
        self.question = question.masked
        log = ClientLog(question.masked)
    }

    /// Takes up a connection that is over.
    ///
    /// - Returns: A report on it, when the client is at fault, and how many connections there were.
    package func add(_ connection: MirroredConnection) -> (Report?, count: Int) {
        count += 1
        if !isAddressKnown, connection.records.contains(where: { $0.request != nil }) {
            question.url = connection.url
            isAddressKnown = true
        }
        let reports = connection.records.compactMap { log.add($0, .mirror, connection.answer) }
        return (reports.first { $0.cause != nil }, count)
    }

    /// All that was seen, judged.
    package var report: Report {
        Diagnosis.report(
            question,
            log.evidence,
            startedAt: Int(started.timeIntervalSince1970),
            durationMS: Int(Date().timeIntervalSince(started) * 1000)
        )
    }
}
