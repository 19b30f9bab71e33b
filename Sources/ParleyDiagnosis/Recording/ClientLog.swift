// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// What real clients were seen to do, as evidence: a bounded number of connections, those that fail before others.
package struct ClientLog: Sendable {
    /// Most connections that are kept.
    package static let kept = 32

    private struct Entry {
        let evidence: Evidence
        let isFailing: Bool
    }

    private let question: Question
    private var entries: [Entry] = []
    private var count = 0

    /// - Parameter question: What is asked about; as it may be shown.
    package init(_ question: Question) { self.question = question }

    /// Takes up what was seen.
    ///
    /// - Parameters:
    ///   - record: Of one connection.
    ///   - probe: ``Probe/tap`` or ``Probe/mirror``.
    ///   - variant: The answer that a mirror gave, when it was not the right one.
    /// - Returns: What it is judged to be by itself; nil when the client said nothing at all.
    @discardableResult
    package mutating func add(_ record: ClientRecord, _ probe: Probe, _ variant: String? = nil) -> Report? {
        guard !record.isEmpty else { return nil }
        count += 1
        let item = Evidence(id: "c\(count)", probe: probe, variant: variant, data: .client(record))
        let report = Diagnosis.report(question, [item], startedAt: 0, durationMS: 0)
        let entry = Entry(evidence: item, isFailing: report.verdict != .connects)
        guard entries.count >= Self.kept else {
            entries.append(entry)
            return report
        }
        // The first failures tell most; of what went well, the latest.
        guard let good = entries.firstIndex(where: { !$0.isFailing }) else { return report }
        entries.remove(at: good)
        entries.append(entry)
        return report
    }

    /// Notes how the client's program ended, on its last connection.
    package mutating func ended(_ status: Int, _ probe: Probe) {
        guard let last = entries.last, case .client(var record) = last.evidence.data else {
            var record = ClientRecord()
            record.exitStatus = status
            add(record, probe)
            return
        }
        record.exitStatus = status
        var evidence = last.evidence
        evidence.data = .client(record)
        entries[entries.count - 1] = Entry(evidence: evidence, isFailing: last.isFailing || status != 0)
    }

    /// Whether something failed.
    package var hasFailures: Bool { entries.contains(where: \.isFailing) }

    /// What was seen, in its order.
    package var evidence: [Evidence] { entries.map(\.evidence) }
}

extension ClientRecord {
    /// Whether a connection was made and nothing said.
    package var isEmpty: Bool {
        request == nil && notHTTP == nil && response == nil && upstreamFailure == nil && exitStatus == nil
    }
}
