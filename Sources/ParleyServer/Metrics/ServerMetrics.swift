// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyEngines
internal import ParleySession
internal import Synchronization

/// What a server counts of its responses, for `GET /metrics`: once for each response, never for each message.
final class ServerMetrics: Sendable {
    /// Bounds of the histograms in milliseconds: fine where a user notices, up to where he has given up.
    static let bounds = [25, 50, 100, 200, 300, 500, 750, 1_000, 1_500, 2_000, 3_000, 5_000, 10_000]

    private struct Histogram {
        /// Figures up to each bound, and those above all.
        var counts = Array(repeating: 0, count: bounds.count + 1)
        var sum = 0

        mutating func add(_ value: Int) {
            counts[bounds.firstIndex { value <= $0 } ?? bounds.count] += 1
            sum += value
        }
    }

    private struct State {
        var outcomes: [ResponseOutcome: Int] = [:]
        var stages: [String: Histogram] = [:]
    }

    private let state = Mutex(State())

    /// A response is over.
    func add(_ outcome: ResponseOutcome, _ latency: ResponseLatency) {
        state.withLock { state in
            state.outcomes[outcome, default: 0] += 1
            for (name, value) in latency.figures {
                state.stages[Self.stage(name), default: Histogram()].add(value)
            }
        }
    }

    /// The figure's name without its unit, which is seconds here as in all of Prometheus.
    private static func stage(_ figure: String) -> String {
        figure.hasSuffix("_ms") ? String(figure.dropLast(3)) : figure
    }

    /// All of it in Prometheus' text format, version 0.0.4.
    func text(sessions: Int, connections: Int) -> String {
        let (outcomes, stages) = state.withLock { ($0.outcomes, $0.stages) }
        var lines = [
            "# HELP parley_sessions Sessions that are open.", "# TYPE parley_sessions gauge",
            "parley_sessions \(sessions)", "# HELP parley_connections Connections that are open, of any kind.",
            "# TYPE parley_connections gauge", "parley_connections \(connections)",
            "# HELP parley_responses_total Responses of pipelines by how they ended.",
            "# TYPE parley_responses_total counter",
        ]
        lines += ResponseOutcome.allCases.map { outcome in
            "parley_responses_total{outcome=\"\(outcome.rawValue)\"} \(outcomes[outcome] ?? 0)"
        }
        let name = "parley_response_stage_seconds"
        lines += ["# HELP \(name) Where the time of a response went.", "# TYPE \(name) histogram"]
        for (stage, histogram) in stages.sorted(by: { $0.key < $1.key }) {
            var total = 0
            for (bound, count) in zip(Self.bounds.map(Self.seconds) + ["+Inf"], histogram.counts) {
                total += count
                lines.append("\(name)_bucket{stage=\"\(stage)\",le=\"\(bound)\"} \(total)")
            }
            lines.append("\(name)_sum{stage=\"\(stage)\"} \(Self.seconds(histogram.sum))")
            lines.append("\(name)_count{stage=\"\(stage)\"} \(total)")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func seconds(_ milliseconds: Int) -> String { "\(Double(milliseconds) / 1_000)" }
}
