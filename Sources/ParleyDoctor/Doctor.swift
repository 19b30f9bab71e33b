// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import ParleyDiagnosis

/// Looks at an address from all sides and says why a client cannot connect.
package struct Doctor: Sendable {
    package init() {}

    /// Runs the probes and judges what they saw.
    package func examine(_ question: Question) async -> Report {
        Diagnosis.report(question, [], startedAt: 0, durationMS: 0)
    }
}
