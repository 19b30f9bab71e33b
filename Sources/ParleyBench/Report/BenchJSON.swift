// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import ParleyEvents

/// A report for programs, schema `parley.bench/1`; times in µs where the name says nothing else.
package struct BenchJSON: Sendable {
    private let report: BenchReport

    package init(_ report: BenchReport) { self.report = report }

    package var object: JSONObject {
        let plan = report.plan
        let total = report.total
        var object: JSONObject = [
            "schema": "parley.bench/1",
            "target": .string(report.target),
            "mode": .string(plan.mode.rawValue),
            "pace": .string(plan.isPaced ? "realtime" : "max"),
            "dialect": .string(plan.dialect.rawValue),
            "sessions": JSON(plan.sessions),
            "chunk_ms": JSON(plan.chunkMilliseconds),
            "seconds": Self.number(total.seconds, 3),
            "stopped": .bool(report.isStopped),
            "opened": JSON(report.opening.opened + total.opened),
            "open": JSON(total.open),
            "sent": JSON(total.sent),
            "answered": JSON(total.answered),
            "unanswered": JSON(report.unanswered),
            "skipped": JSON(total.skipped),
            "per_second": Self.number(report.rate, 1),
            "latency_us": .object(Self.percentiles(total.latency)),
            "failures": .array(
                report.failures.sorted { $0.key < $1.key }
                    .map { ["reason": .string($0.key), "count": JSON($0.value)] }
            ),
            "generator": [
                "loops": JSON(report.loops),
                "busy": Self.number(report.ownShare, 3),
                "lateness_us": .object(Self.percentiles(total.lateness)),
                "load_average": report.loadAverage.map { Self.number($0, 2) } ?? .null,
            ],
            "warnings": .array(report.warnings.map { .string($0) }),
        ]
        if let server { object["server"] = .object(server) }
        if !report.steps.isEmpty { object["steps"] = .array(report.steps.map(Self.step)) }
        object["course"] = .array(report.points.map(Self.point))
        object["histogram"] = .array(
            total.latency.entries.map { [JSON(Int(clamping: $0.upTo)), JSON(Int(clamping: $0.count))] }
        )
        return object
    }

    private var server: JSONObject? {
        guard let seconds = report.serverSeconds else { return nil }
        return [
            "cpu_seconds": Self.number(seconds, 3),
            "cpu_us_each": report.serverMicroseconds.map { Self.number($0, 3) } ?? .null,
            "sessions_per_core": report.sessionsPerCore.map { Self.number($0, 0) } ?? .null,
            "resident_bytes_before": JSON(report.memoryBefore ?? 0),
            "resident_bytes": JSON(report.memoryAfter ?? 0),
            "resident_bytes_per_session": report.memoryPerSession.map { Self.number($0, 0) } ?? .null,
        ]
    }

    private static func percentiles(_ histogram: Histogram) -> JSONObject {
        func value(_ percent: Double) -> JSON { JSON(Int(clamping: histogram.percentile(percent))) }
        return [
            "p50": value(50), "p90": value(90), "p99": value(99), "p99_9": value(99.9),
            "max": JSON(Int(clamping: histogram.maximum)), "count": JSON(Int(clamping: histogram.count)),
        ]
    }

    private static func step(_ step: BenchReport.Step) -> JSON {
        [
            "sessions": JSON(step.sessions), "per_second": number(step.rate, 1), "p50": JSON(Int(clamping: step.p50)),
            "p99": JSON(Int(clamping: step.p99)), "carried": .bool(step.isCarried),
        ]
    }

    private static func point(_ point: BenchReport.Point) -> JSON {
        [
            "seconds": number(point.seconds, 1), "per_second": number(point.rate, 1),
            "p50": JSON(Int(clamping: point.p50)), "p99": JSON(Int(clamping: point.p99)),
        ]
    }

    private static func number(_ value: Double, _ digits: Int) -> JSON {
        JSON(Double(Words.fixed(value, digits)) ?? 0)
    }
}
