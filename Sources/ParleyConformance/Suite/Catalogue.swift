// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// All checks, in the order in which they run.
package enum Catalogue {
    package static let checks: [Check] =
        HandshakeChecks.all + SessionChecks.all + SessionRefusalChecks.all + ItemChecks.all + ItemRefusalChecks.all
        + TextChecks.all + AudioChecks.all + VoiceActivityChecks.all + BargeInChecks.all + FunctionChecks.all
        + CancelChecks.all + TruncateChecks.all + OutOfBandChecks.all + OverrideChecks.all
        + InputTranscriptionChecks.all + TranscriptionSessionChecks.all + RESTChecks.all + ErrorChecks.all
        + LimitChecks.all

    /// The checks of some capabilities; all if none is named.
    package static func checks(only capabilities: [Capability]) -> [Check] {
        capabilities.isEmpty ? checks : checks.filter { capabilities.contains($0.capability) }
    }
}
