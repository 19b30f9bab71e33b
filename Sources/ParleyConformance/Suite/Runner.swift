// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import ParleyEvents

/// Runs checks one after the other.
package struct Runner: Sendable {
    private let wire: any RealtimeWire
    private let target: ConformanceTarget

    package init(wire: any RealtimeWire, target: ConformanceTarget) {
        self.wire = wire
        self.target = target
    }

    /// Before each check: how many are done, how many there are, and which comes.
    package typealias Progress = (_ done: Int, _ total: Int, _ check: Check, _ dialect: Dialect) -> Void

    /// Runs the checks that apply in each dialect.
    ///
    /// - Throws: ``Unusable`` if no dialect can be spoken with this server at all.
    package func run(_ checks: [Check], in dialects: [Dialect], url: String, progress: Progress) async throws(Unusable)
        -> Report
    {
        let clock = ContinuousClock()
        let start = clock.now
        var refusals: [Dialect: String] = [:]
        for dialect in dialects { refusals[dialect] = await refusal(of: dialect) }
        if refusals.count == dialects.count, let reason = dialects.lazy.compactMap({ refusals[$0] }).first {
            throw Unusable(description: reason)
        }
        let plan = dialects.flatMap { dialect in checks.filter { $0.dialects.contains(dialect) }.map { ($0, dialect) } }
        var results: [CheckResult] = []
        for (check, dialect) in plan {
            progress(results.count, plan.count, check, dialect)
            if let reason = refusals[dialect] {
                results.append(skipped(check, dialect, "the server does not speak this dialect: \(reason)"))
            } else {
                results.append(await result(of: check, in: dialect))
            }
        }
        return Report(target: url, results: results, milliseconds: Self.milliseconds(clock.now - start))
    }

    /// Plays one check.
    package func result(of check: Check, in dialect: Dialect) async -> CheckResult {
        let clock = ContinuousClock()
        let start = clock.now
        let scene = Scene(wire: wire, dialect: dialect, target: target)
        let outcome: CheckResult.Outcome
        do throws(CheckStop) {
            try await check.run(scene)
            outcome = .passed
        } catch {
            switch error {
            case .failed(let finding): outcome = .failed(finding)
            case .skipped(let reason): outcome = .skipped(reason)
            }
        }
        let hasFailed = if case .failed = outcome { true } else { false }
        let transcript = hasFailed ? scene.transcript : []
        await scene.finish()
        return CheckResult(
            check: check,
            dialect: dialect,
            outcome: outcome,
            milliseconds: Self.milliseconds(clock.now - start),
            transcript: transcript
        )
    }

    /// Why sessions of a dialect cannot be had, or `nil` if they can.
    private func refusal(of dialect: Dialect) async -> String? {
        let scene = Scene(wire: wire, dialect: dialect, target: target)
        var reason: String?
        do throws(CheckStop) {
            let dialogue = try await scene.connect()
            try await dialogue.readOpening()
        } catch {
            switch error {
            case .failed(let finding): reason = Self.isShapeOnly(finding) ? nil : finding.came
            case .skipped(let words): reason = words
            }
        }
        await scene.finish()
        return reason
    }

    /// A session that opens with an event of the wrong shape is there all the same: checks will say what is wrong.
    private static func isShapeOnly(_ finding: Finding) -> Bool {
        finding.source != "7.1 Connect" && finding.source != "2 Connection"
    }

    private func skipped(_ check: Check, _ dialect: Dialect, _ reason: String) -> CheckResult {
        CheckResult(check: check, dialect: dialect, outcome: .skipped(reason), milliseconds: 0, transcript: [])
    }

    private static func milliseconds(_ duration: Duration) -> Int {
        let (seconds, attoseconds) = duration.components
        return Int(seconds) * 1000 + Int(attoseconds / 1_000_000_000_000_000)
    }
}

/// No session can be had with a server.
package struct Unusable: Error, Sendable, CustomStringConvertible {
    package let description: String
}
