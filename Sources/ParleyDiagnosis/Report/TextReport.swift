// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// A report for people at a terminal, to be read from top to bottom.
package struct TextReport: Sendable {
    /// How it is laid out.
    package struct Style: Sendable {
        package var language = Language.en
        /// Columns of the terminal.
        package var width = 100
        package var hasColours = false
        /// Whether every connection is shown line by line, not only those that matter.
        package var showsAllEvidence = false

        package init() {}
    }

    private let report: Report
    private let style: Style

    /// - Parameters:
    ///   - report: What is written; it is masked once more.
    ///   - style: How it is laid out.
    package init(_ report: Report, style: Style = Style()) {
        self.report = report.masked
        self.style = style
    }

    /// The whole text, with a newline at its end.
    package var text: String {
        var lines: [String] = []
        for block in ReportDocument(report, language: style.language).blocks {
            if case .heading = block, !lines.isEmpty { lines.append("") }
            lines += self.lines(block)
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private typealias Cell = ReportDocument.Cell

    private func lines(_ block: ReportDocument.Block) -> [String] {
        switch block {
        case .verdict(let cell): wrapped(cell)
        case .heading(let text): [coloured(text, "1")]
        case .paragraph(let cell): wrapped(cell, indent: "  ")
        case .fix(let label, let text, let snippet): fix(label, text, snippet)
        case .facts(let facts): table([], facts.map { [Cell(text: $0.name, tone: .faint), Cell(text: $0.value)] })
        case .table(let head, let rows): table(head, rows)
        case .entries(let entries): grouped(entries).flatMap(lines)
        }
    }

    private func wrapped(_ cell: Cell, indent: String = "", hanging: String = "") -> [String] {
        let width = style.width - TextLayout.width(indent) - TextLayout.width(hanging)
        return TextLayout.wrapped(TextLayout.plain(cell.text), width).enumerated()
            .map { number, line in indent + (number == 0 ? "" : hanging) + coloured(line, cell.tone) }
    }

    private func fix(_ label: String, _ text: String, _ snippet: String?) -> [String] {
        var lines = wrapped(Cell(text: style.language == .zh ? "\(label)：\(text)" : "\(label): \(text)"), indent: "  ")
        // Snippets are there to be copied and are not wrapped.
        for line in (snippet ?? "").split(separator: "\n", omittingEmptySubsequences: false) where snippet != nil {
            lines.append("      " + coloured(TextLayout.plain(String(line)), "36"))
        }
        return lines
    }

    private func table(_ head: [String], _ rows: [[Cell]]) -> [String] {
        let all = (head.isEmpty ? [] : [head.map { Cell(text: $0, tone: .faint) }]) + rows
        guard let columns = all.map(\.count).max(), columns > 0 else { return [] }
        let widths = (0..<columns - 1)
            .map { column in all.map { TextLayout.width(TextLayout.plain($0[column].text)) }.max() ?? 0 }
        let left = 2 + widths.reduce(0) { $0 + $1 + 2 }
        // Too little room beside the others: the last column goes below them.
        let isBelow = style.width - left < Self.leastLastColumn
        return all.flatMap { row in
            let begin = zip(row, widths)
                .map { cell, width in
                    let text = TextLayout.plain(cell.text)
                    return coloured(text, cell.tone) + TextLayout.padded("", width - TextLayout.width(text)) + "  "
                }
                .joined()
            let last = row[columns - 1]
            guard !isBelow else {
                return [Self.trimmed("  " + begin)] + (last.text.isEmpty ? [] : wrapped(last, indent: "    "))
            }
            let blank = String(repeating: " ", count: left)
            let lines = TextLayout.wrapped(TextLayout.plain(last.text), style.width - left)
            return lines.enumerated()
                .map { number, line in
                    Self.trimmed((number == 0 ? "  " + begin : blank) + coloured(line, last.tone))
                }
        }
    }

    private static let leastLastColumn = 16

    private static func trimmed(_ line: String) -> String { String(line.reversed().drop { $0 == " " }.reversed()) }

    /// Entries of which the same came in one, with all that was special about them.
    private struct Group {
        var entry: ReportDocument.Entry
        var ids: [String]
        var specials: [Text]
    }

    private func grouped(_ entries: [ReportDocument.Entry]) -> [Group] {
        var groups: [Group] = []
        for entry in entries {
            let same = groups.firstIndex {
                !showsLines(entry) && !showsLines($0.entry) && $0.entry.tried == entry.tried
                    && $0.entry.seen == entry.seen
                    && entry.special != nil
            }
            if let same {
                groups[same].ids.append(entry.id)
                groups[same].specials += [entry.special].compactMap { $0 }
            } else {
                groups.append(Group(entry: entry, ids: [entry.id], specials: [entry.special].compactMap { $0 }))
            }
        }
        return groups
    }

    private func showsLines(_ entry: ReportDocument.Entry) -> Bool { entry.isOpen || style.showsAllEvidence }

    private func lines(_ group: Group) -> [String] {
        let subject =
            group.specials.isEmpty
            ? group.entry.tried : EvidenceSummary.joined(group.entry.tried, group.specials.listed())
        let language = style.language
        let sentence = "\(subject[language])\(language == .zh ? "：" : ": ")\(group.entry.seen[language])"
        let more = group.ids.count - 3
        let ids = group.ids.prefix(3).joined(separator: " ") + (more > 0 ? " +\(more)" : "")
        var lines = wrapped(Cell(text: "\(ids)  \(sentence)"), indent: "  ", hanging: "    ")
        guard showsLines(group.entry) else { return lines }
        for line in group.entry.lines { lines += wrapped(line, indent: "      ", hanging: "    ") }
        return lines
    }

    private func coloured(_ text: String, _ tone: ReportDocument.Tone) -> String {
        switch tone {
        case .plain: text
        case .good: coloured(text, "32")
        case .bad: coloured(text, "31")
        case .doubtful: coloured(text, "33")
        case .faint: coloured(text, "2")
        }
    }

    private func coloured(_ text: String, _ code: String) -> String {
        style.hasColours && !text.isEmpty ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
}
