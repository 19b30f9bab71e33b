// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyDiagnosis

/// Gathers evidence in the order in which it was looked for.
actor EvidenceLog {
    private struct Entry {
        let place: Int
        let probe: Probe
        let variant: String?
        let data: Evidence.Data
    }

    private var entries: [Entry] = []
    private var places = 0

    /// A place for something that is about to be looked at.
    func place() -> Int {
        places += 1
        return places
    }

    func add(_ probe: Probe, _ variant: String?, _ data: Evidence.Data, at place: Int) {
        entries.append(Entry(place: place, probe: probe, variant: variant, data: data))
    }

    /// Everything so far, numbered.
    var evidence: [Evidence] {
        entries.sorted { $0.place < $1.place }.enumerated()
            .map { Evidence(id: "e\($0 + 1)", probe: $1.probe, variant: $1.variant, data: $1.data) }
    }
}
