// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import ParleyEvents

/// The result of one check in one dialect.
package struct CheckResult: Sendable {
    package enum Outcome: Sendable, Hashable {
        case passed
        case failed(Finding)
        case skipped(String)
    }

    package let check: Check
    package let dialect: Dialect
    package let outcome: Outcome
    /// Wall-clock time in milliseconds.
    package let milliseconds: Int
    /// What went over the wire; empty unless the check failed.
    package let transcript: [TranscriptLine]

    package init(check: Check, dialect: Dialect, outcome: Outcome, milliseconds: Int, transcript: [TranscriptLine]) {
        self.check = check
        self.dialect = dialect
        self.outcome = outcome
        self.milliseconds = milliseconds
        self.transcript = transcript
    }

    /// What the client had sent when the rule was broken.
    package var lastSent: String { transcript.last { $0.direction == .sent }?.text ?? "nothing" }
}

/// What a run found.
package struct Report: Sendable {
    /// The address without its secrets.
    package let target: String
    package let results: [CheckResult]
    /// Wall-clock time of the run in milliseconds.
    package let milliseconds: Int

    package init(target: String, results: [CheckResult], milliseconds: Int) {
        self.target = target
        self.results = results
        self.milliseconds = milliseconds
    }

    package struct Count: Sendable, Hashable {
        package var passed = 0
        package var failed = 0
        package var skipped = 0
    }

    /// How many results of each kind there are among some.
    package func count(where isCounted: (CheckResult) -> Bool = { _ in true }) -> Count {
        var count = Count()
        for result in results where isCounted(result) {
            switch result.outcome {
            case .passed: count.passed += 1
            case .failed: count.failed += 1
            case .skipped: count.skipped += 1
            }
        }
        return count
    }
}
