// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials
internal import NIOCore
package import ParleyDiagnosis

/// Looks at an address from all sides and says why a client cannot connect.
package struct Doctor: Sendable {
    package let options: DoctorOptions

    package init(options: DoctorOptions = DoctorOptions()) { self.options = options }

    /// Runs the probes and judges what they saw.
    ///
    /// - Parameters:
    ///   - question: What the user wants to know, secrets included; the report has it masked.
    ///   - progress: Told of every probe when it starts and when it is over, in that order, from any thread.
    /// - Returns: The report. When the task is cancelled, one on what had been seen until then.
    package func examine(
        _ question: Question,
        progress: @escaping @Sendable (ProbeProgress) -> Void = { _ in }
    ) async -> Report {
        let started = Date()
        let evidence = await look(question, progress: progress)
        return Diagnosis.report(
            question.masked,
            evidence,
            startedAt: Int(started.timeIntervalSince1970),
            durationMS: Int(Date().timeIntervalSince(started) * 1000)
        )
    }

    /// Runs the probes.
    ///
    /// - Returns: What they saw, in the order in which it was looked for.
    package func look(
        _ question: Question,
        progress: @escaping @Sendable (ProbeProgress) -> Void = { _ in }
    ) async -> [Evidence] {
        let masker = Masker(question)
        // Who names a file that cannot be read is told so by the command line, before anything is looked at.
        let given = options.caFile.flatMap { try? TrustStore(file: $0) }
        let log = EvidenceLog()
        let prober = Prober(
            question: question,
            address: TargetAddress(question.url),
            masker: masker,
            exchanger: Exchanger(group: options.eventLoopGroup, masker: masker) { given ?? .system },
            resolver: NameResolver(on: options.eventLoopGroup.any()),
            gate: Gate(options.concurrency),
            log: log,
            progress: progress
        )
        let elimination = Elimination(prober: prober, environment: options.environment)
        let seconds = options.totalSeconds + (question.holdSeconds ?? 0)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await elimination.run() }
            group.addTask { try? await Task.sleep(for: .seconds(seconds)) }
            await group.next()
            group.cancelAll()
        }
        return await log.evidence
    }
}
