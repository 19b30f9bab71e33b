// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// A report for people.
package struct BenchText: Sendable {
    private let report: BenchReport

    package init(_ report: BenchReport) { self.report = report }

    /// The whole text, with a newline at its end.
    package var text: String {
        var lines = [head, ""]
        lines += steps
        lines += rows.map { name, value in "  \(name.padded(to: 12))\(value)" }
        for (sentence, times) in report.failures.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
            lines.append("  failed      \(times) ×: \(sentence)")
        }
        lines += report.warnings.map { "\nwarning: \($0)" }
        return lines.joined(separator: "\n") + "\n"
    }

    private var plan: LoadPlan { report.plan }

    private var head: String {
        var words = ["\(plan.mode.rawValue)", "\(plan.sessions) sessions"]
        switch plan.mode {
        case .append, .talk: words.append("\(plan.chunkMilliseconds) ms of audio a message")
        case .echo: words.append("\(plan.echoBytes) bytes a message")
        case .handshake, .idle: break
        }
        if plan.mode == .append || plan.mode == .echo {
            words.append(plan.pace == .max ? "one after the other" : "at the rate of speech")
        }
        words.append("\(Words.number(report.total.seconds)) s")
        return "\(words.joined(separator: ", ")): \(report.target)"
    }

    private var rows: [(String, String)] {
        var rows: [(String, String)] = []
        let total = report.total
        if plan.mode != .handshake {
            rows.append(("sessions", "\(report.opening.opened + total.opened) opened, \(total.open) open at the end"))
        }
        switch plan.mode {
        case .handshake: rows.append(("handshakes", "\(Words.grouped(total.answered)), \(Words.number(report.rate))/s"))
        case .talk:
            rows.append(("turns", "\(Words.grouped(total.sent)) spoken, \(Words.grouped(total.answered)) answered"))
        case .idle: break
        case .append, .echo:
            rows.append(
                (
                    "messages",
                    "\(Words.grouped(total.sent)) sent, \(Words.grouped(total.answered)) answered, "
                        + "\(Words.number(report.rate))/s"
                )
            )
        }
        if plan.mode != .idle { rows.append(("latency", latency)) }
        if plan.mode != .idle { rows.append(("", meaning)) }
        if let server = serverWords { rows.append(("server", server)) }
        rows.append(("generator", generator))
        return rows
    }

    private var latency: String {
        let latency = report.total.latency
        return "p50 \(Words.time(latency.percentile(50)))   p90 \(Words.time(latency.percentile(90)))   "
            + "p99 \(Words.time(latency.percentile(99)))   p99.9 \(Words.time(latency.percentile(99.9)))   "
            + "max \(Words.time(latency.maximum))"
    }

    private var meaning: String {
        switch plan.mode {
        case .talk: "from the end of the speech to the first audio of the answer"
        case .handshake: "from the beginning of TCP to the answer 101"
        case _ where plan.isPaced: "from the moment a message was due to its answer"
        default: "from the sending of a message to its answer"
        }
    }

    private var serverWords: String? {
        guard let seconds = report.serverSeconds else { return nil }
        var words = ["\(Words.percent(seconds / max(0.001, report.total.seconds))) of a processor"]
        if let cost = report.serverMicroseconds { words.append("\(Words.number(cost)) µs each") }
        if let sessions = report.sessionsPerCore {
            words.append("\(Words.number(sessions)) such sessions a processor at this cost")
        }
        if let memory = report.memoryAfter { words.append(Words.size(Double(memory))) }
        if let memory = report.memoryPerSession { words.append("\(Words.size(memory)) a session") }
        return words.joined(separator: ", ")
    }

    private var generator: String {
        let late = report.total.lateness
        var words = "\(report.loops == 1 ? "1 event loop" : "\(report.loops) event loops"), "
        words += "busy \(Words.percent(report.ownShare))"
        if late.count > 0 { words += ", late by \(Words.time(late.percentile(99))) (p99)" }
        if let load = report.loadAverage { words += "; load average of this machine \(Words.fixed(load, 1))" }
        return words
    }

    private var steps: [String] {
        guard !report.steps.isEmpty else { return [] }
        let lines = report.steps.map { step in
            "  \(String(step.sessions).padded(to: 8)) sessions  p50 \(Words.time(step.p50).padded(to: 10)) "
                + "p99 \(Words.time(step.p99).padded(to: 10)) \(step.isCarried ? "carried" : "too many")"
        }
        return lines + ["", "The most that were carried, with their figures:", ""]
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: Swift.max(0, width - count))
    }
}
