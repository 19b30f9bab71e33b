// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyEvents

/// A report as one file for a browser: no scripts, nothing loaded from elsewhere, good on paper and in the dark.
package struct HTMLReport: Sendable {
    private let report: Report
    private let language: Language

    /// - Parameters:
    ///   - report: What is written; it is masked once more.
    ///   - language: In which language.
    package init(_ report: Report, language: Language = .en) {
        self.report = report.masked
        self.language = language
    }

    /// The whole document, with a newline at its end.
    package var text: String {
        let document = ReportDocument(report, language: language)
        let title = Self.escaped("parley doctor · \(report.question.url)")
        let body = document.blocks.map(html).joined(separator: "\n")
        return """
            <!DOCTYPE html>
            <html lang="\(language == .zh ? "zh-Hans" : "en")">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
            <meta name="referrer" content="no-referrer">
            <title>\(title)</title>
            <style>
            \(Self.style)
            </style>
            </head>
            <body>
            <main>
            \(body)
            </main>
            </body>
            </html>

            """
    }

    private func html(_ block: ReportDocument.Block) -> String {
        switch block {
        case .verdict(let cell): "<h1 class=\"\(cell.tone.rawValue)\">\(Self.escaped(cell.text))</h1>"
        case .heading(let text): "<h2>\(Self.escaped(text))</h2>"
        case .paragraph(let cell): "<p class=\"\(cell.tone.rawValue)\">\(Self.escaped(cell.text))</p>"
        case .fix(let label, let text, let snippet):
            "<p><strong>\(Self.escaped(label))</strong> \(Self.escaped(text))</p>"
                + (snippet.map { "\n<pre>\(Self.escaped($0, keepsLines: true))</pre>" } ?? "")
        case .facts(let facts):
            "<dl>" + facts.map { "<dt>\(Self.escaped($0.name))</dt><dd>\(Self.escaped($0.value))</dd>" }.joined()
                + "</dl>"
        case .table(let head, let rows): table(head, rows)
        case .entries(let entries): entries.map(html).joined(separator: "\n")
        }
    }

    private func table(_ head: [String], _ rows: [[ReportDocument.Cell]]) -> String {
        let top =
            head.isEmpty ? "" : "<thead><tr>" + head.map { "<th>\(Self.escaped($0))</th>" }.joined() + "</tr></thead>\n"
        let body = rows.map { row in
            "<tr>" + row.map { "<td class=\"\($0.tone.rawValue)\">\(Self.escaped($0.text))</td>" }.joined() + "</tr>"
        }
        return "<table>\n\(top)<tbody>\n\(body.joined(separator: "\n"))\n</tbody>\n</table>"
    }

    private func html(_ entry: ReportDocument.Entry) -> String {
        let subject = entry.special.map { EvidenceSummary.joined(entry.tried, $0) } ?? entry.tried
        let told = "\(subject[language])\(language == .zh ? "：" : ": ")\(entry.seen[language])"
        let sentence = "<b>\(Self.escaped(entry.id))</b> \(Self.escaped(told))"
        guard !entry.lines.isEmpty else { return "<p>\(sentence)</p>" }
        let lines = entry.lines.map { "<span class=\"\($0.tone.rawValue)\">\(Self.escaped($0.text))</span>" }
        return "<details\(entry.isOpen ? " open" : "")><summary>\(sentence)</summary>\n"
            + "<pre>\(lines.joined(separator: "\n"))</pre></details>"
    }

    /// Text as it may stand in an element or an attribute.
    static func escaped(_ text: String, keepsLines: Bool = false) -> String {
        guard !keepsLines else {
            return text.split(separator: "\n", omittingEmptySubsequences: false).map { Self.escaped(String($0)) }
                .joined(separator: "\n")
        }
        return XMLText.escaped(TextLayout.plain(text))
    }

    private static let style = """
        :root { color-scheme: light dark; --good: #17692f; --bad: #b3261e; --doubtful: #7a5900; --faint: #5c6370;
          --line: #d5d8de; --code: #f3f4f6; }
        @media (prefers-color-scheme: dark) { :root { --good: #6fcf8b; --bad: #ff8a80; --doubtful: #e5c07b;
          --faint: #9aa3b2; --line: #3a3f4b; --code: #1f232b; } }
        body { font: 16px/1.5 system-ui, "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif; margin: 0; }
        main { max-width: 60rem; margin: 0 auto; padding: 1.5rem; overflow-wrap: break-word; }
        h1 { font-size: 1.4rem; line-height: 1.3; margin: 0 0 .3rem; }
        h2 { font-size: 1.05rem; margin: 1.8rem 0 .5rem; border-bottom: 1px solid var(--line); }
        p { margin: .4rem 0; }
        .good { color: var(--good); } .bad { color: var(--bad); } .doubtful { color: var(--doubtful); }
        .faint { color: var(--faint); }
        table { border-collapse: collapse; width: 100%; }
        th, td { text-align: left; vertical-align: top; padding: .25rem .8rem .25rem 0; }
        tr { border-bottom: 1px solid var(--line); }
        pre { font: .85rem/1.45 ui-monospace, Menlo, Consolas, monospace; background: var(--code); padding: .6rem .8rem;
          border-radius: .3rem; white-space: pre-wrap; margin: .4rem 0; }
        dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; margin: .4rem 0; }
        dt { color: var(--faint); } dd { margin: 0; }
        pre, dd, td:last-child { overflow-wrap: anywhere; }
        summary { cursor: pointer; margin: .3rem 0; }
        @media print { :root { color-scheme: light; --good: #000; --bad: #000; --doubtful: #000; --faint: #333;
          --line: #999; --code: #fff; } main { max-width: none; padding: 0; } pre { border: 1px solid #999; }
          h2, summary { break-after: avoid; } tr { break-inside: avoid; } }
        """
}
