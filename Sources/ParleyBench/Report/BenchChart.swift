// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyEvents

/// A report as a picture: the latency by percentile, and its course over time with the rate.
package struct BenchChart: Sendable {
    private let report: BenchReport

    package init(_ report: BenchReport) { self.report = report }

    private static let width = 860.0
    private static let panelHeight = 220.0
    private static let left = 70.0
    private static let right = 20.0
    private static let style =
        "font: 12px system-ui, sans-serif; fill: #333"

    /// An SVG document.
    package var svg: String {
        let height = 2 * (Self.panelHeight + 70) + 40
        var parts = [
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(Int(Self.width)) \(Int(height))\" "
                + "width=\"\(Int(Self.width))\" role=\"img\" style=\"\(Self.style)\">",
            "<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>",
            text(Self.left, 24, XMLText.escaped(title), "font-weight: bold"),
        ]
        parts += percentilePanel(top: 60)
        parts += coursePanel(top: 60 + Self.panelHeight + 80)
        return (parts + ["</svg>"]).joined(separator: "\n") + "\n"
    }

    /// An HTML page with the picture and the text report.
    package var html: String {
        """
        <!DOCTYPE html>
        <html lang="en">
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width">
        <title>\(XMLText.escaped(title))</title>
        <style>body { font-family: system-ui, sans-serif; margin: 2rem; } svg { max-width: 100%; height: auto }</style>
        \(svg)<pre>\(XMLText.escaped(BenchText(report).text))</pre>
        </html>

        """
    }

    private var title: String {
        "parley bench \(report.plan.mode.rawValue), \(report.plan.sessions) sessions: \(report.target)"
    }

    // MARK: Panels

    private static let percentiles = [0, 50, 75, 90, 95, 99, 99.5, 99.9, 99.95, 99.99]

    private func percentilePanel(top: Double) -> [String] {
        let latency = report.total.latency
        var parts = [text(Self.left, top - 12, "latency by percentile")]
        let most = Double(max(1, latency.maximum))
        let values = Self.percentiles.map { (x: place(ofPercent: $0), y: Double(latency.percentile($0))) }
        parts += grid(top: top, most: most) { Words.time(UInt64($0)) }
        for (percent, value) in zip(Self.percentiles, values) where percent != 0 && percent != 75 {
            parts.append(text(value.x, top + Self.panelHeight + 18, label(percent), "text-anchor: middle"))
        }
        parts.append(line(values.map { ($0.x, y($0.y, top, most)) }, "#0b62a4"))
        return parts
    }

    private func coursePanel(top: Double) -> [String] {
        let points = report.points
        let end = max(1, points.last?.seconds ?? 1)
        let most = Double(max(1, points.map(\.p99).max() ?? 1))
        let mostRate = max(1, points.map(\.rate).max() ?? 1)
        func x(_ seconds: Double) -> Double { Self.left + seconds / end * (Self.width - Self.left - Self.right) }
        var parts = [
            text(Self.left, top - 12, "course: p99", "fill: #0b62a4"),
            text(Self.left + 90, top - 12, "p50", "fill: #7fb2dd"),
            text(Self.left + 130, top - 12, "answers per second, at most \(Words.number(mostRate))", "fill: #c0504d"),
        ]
        parts += grid(top: top, most: most) { Words.time(UInt64($0)) }
        for part in 0...4 {
            let seconds = end * Double(part) / 4
            let words = "\(Words.number(seconds)) s"
            parts.append(text(x(seconds), top + Self.panelHeight + 18, words, "text-anchor: middle"))
        }
        parts.append(line(points.map { (x($0.seconds), y($0.rate, top, mostRate)) }, "#c0504d"))
        parts.append(line(points.map { (x($0.seconds), y(Double($0.p50), top, most)) }, "#7fb2dd"))
        parts.append(line(points.map { (x($0.seconds), y(Double($0.p99), top, most)) }, "#0b62a4"))
        return parts
    }

    /// Percentiles are far apart where it matters: every nine behind the point takes as much room.
    private func place(ofPercent percent: Double) -> Double {
        var tail = (100 - percent) / 100
        var tens = 0.0
        while tail < 0.1 {
            tail *= 10
            tens += 1
        }
        // Straight between the powers of ten, which needs no logarithm.
        let position = tens + (1 - tail) / 0.9
        return Self.left + min(1, position / 4) * (Self.width - Self.left - Self.right)
    }

    private func label(_ percent: Double) -> String { "p\(Words.number(percent))" }

    // MARK: Drawing

    private func grid(top: Double, most: Double, _ words: (Double) -> String) -> [String] {
        (0...4)
            .flatMap { part in
                let value = most * Double(part) / 4
                let height = y(value, top, most)
                return [
                    "<line x1=\"\(number(Self.left))\" y1=\"\(number(height))\" x2=\"\(number(Self.width - Self.right))\" "
                        + "y2=\"\(number(height))\" stroke=\"#ddd\"/>",
                    text(Self.left - 8, height + 4, words(value), "text-anchor: end"),
                ]
            }
    }

    private func y(_ value: Double, _ top: Double, _ most: Double) -> Double {
        top + Self.panelHeight * (1 - min(1, value / most))
    }

    private func line(_ points: [(Double, Double)], _ colour: String) -> String {
        let text = points.map { "\(number($0.0)),\(number($0.1))" }.joined(separator: " ")
        return "<polyline fill=\"none\" stroke=\"\(colour)\" stroke-width=\"2\" points=\"\(text)\"/>"
    }

    private func text(_ x: Double, _ y: Double, _ escaped: String, _ style: String = "") -> String {
        "<text x=\"\(number(x))\" y=\"\(number(y))\" style=\"\(style)\">\(escaped)</text>"
    }

    private func number(_ value: Double) -> String { Words.fixed(value, 1) }
}
