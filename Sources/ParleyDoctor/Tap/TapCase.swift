// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials
package import ParleyDiagnosis

/// Gathers what the tap saw, and has it judged together with the doctor's own probes of the server.
package actor TapCase {
    /// What came of a connection.
    package enum Opinion: Sendable {
        /// Nothing failed.
        case good
        /// The report on this connection.
        case failed(Report)
        /// It failed as an earlier one: the cause's id.
        case failedAgain(String)
    }

    private var question: Question
    private let doctor: Doctor?
    private let started = Date()
    private var log: ClientLog
    private var isAskedByClient = false
    private var looking: Task<[Evidence], Never>?
    private var known: Set<String> = []
    private let progress: @Sendable (ProbeProgress) -> Void

    /// - Parameters:
    ///   - question: What the user said, secrets included.
    ///   - doctor: Looks at the server when something fails; nil not to.
    ///   - progress: Told of the doctor's probes.
    package init(
        _ question: Question,
        doctor: Doctor?,
        progress: @escaping @Sendable (ProbeProgress) -> Void = { _ in }
    ) {
        self.question = question
        self.doctor = doctor
        self.progress = progress
        log = ClientLog(question.masked)
    }

    /// Takes up a connection that is over.
    package func add(_ connection: TappedConnection) {
        _ = note(connection)
    }

    /// Takes up a connection that is over, and judges it by itself.
    package func judge(_ connection: TappedConnection) async -> Opinion {
        let failing = note(connection)
        guard let first = failing.first else { return .good }
        if let cause = first.cause?.causeID, known.contains(cause) { return .failedAgain(cause) }
        let evidence = await probes()
        let report = report(failing.flatMap(\.evidence) + evidence)
        if let cause = report.cause?.causeID, !known.insert(cause).inserted { return .failedAgain(cause) }
        return .failed(report)
    }

    private func note(_ connection: TappedConnection) -> [Report] {
        let reports = connection.records.compactMap { log.add($0, .tap) }.filter { $0.verdict != .connects }
        // The client that fails is the one to ask like.
        if let request = connection.plainRequest, !isAskedByClient, !reports.isEmpty {
            question = question.asked(by: request)
            isAskedByClient = true
        }
        return reports
    }

    /// The client's program has ended.
    package func ended(_ status: Int) { log.ended(status, .tap) }

    /// Whether a client said anything.
    package var isEmpty: Bool { log.evidence.isEmpty }

    /// All that was seen, judged.
    package func report() async -> Report {
        let evidence = log.hasFailures ? await probes() : []
        return report(log.evidence + evidence)
    }

    private func report(_ evidence: [Evidence]) -> Report {
        Diagnosis.report(
            question.masked,
            evidence,
            startedAt: Int(started.timeIntervalSince1970),
            durationMS: Int(Date().timeIntervalSince(started) * 1000)
        )
    }

    /// What the doctor sees; looked for once.
    private func probes() async -> [Evidence] {
        guard let doctor else { return [] }
        if let looking { return await looking.value }
        let (question, progress) = (question, progress)
        let task = Task { await doctor.look(question, progress: progress) }
        looking = task
        return await task.value
    }
}
