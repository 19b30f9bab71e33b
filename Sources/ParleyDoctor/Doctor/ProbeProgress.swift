// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import ParleyDiagnosis

/// News of a probe, for somebody who waits.
package struct ProbeProgress: Sendable, Equatable {
    /// How far it is.
    package enum Step: Sendable, Equatable {
        case started
        /// What was seen, in one line without secrets, in English.
        case finished(String)
    }

    package let probe: Probe
    /// What is different this time; as in ``Evidence/variant``.
    package let variant: String?
    package let step: Step

    package init(_ probe: Probe, _ variant: String? = nil, _ step: Step) {
        self.probe = probe
        self.variant = variant
        self.step = step
    }
}
