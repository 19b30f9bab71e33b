// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// What a report says, in the order in which people read it, before it is laid out as text or as HTML.
struct ReportDocument {
    /// What a text means for the reader.
    enum Tone: String {
        case plain, good, bad, doubtful, faint
    }

    struct Cell {
        var text: String
        var tone = Tone.plain
    }

    /// One thing that was tried.
    struct Entry {
        var id: String
        var tried: Text
        var special: Text?
        var seen: Text
        /// The connection line by line: `>` was sent, `<` came.
        var lines: [Cell]
        /// Whether the lines are shown without being asked for.
        var isOpen: Bool
    }

    enum Block {
        /// The one line that says it all.
        case verdict(Cell)
        case heading(String)
        case paragraph(Cell)
        /// What to change, for whom, and what to write.
        case fix(label: String, text: String, snippet: String?)
        /// Names and values.
        case facts([(name: String, value: String)])
        case table(head: [String], rows: [[Cell]])
        case entries([Entry])
    }

    let language: Language
    private(set) var blocks: [Block] = []

    /// - Parameters:
    ///   - report: What is said, already masked.
    ///   - language: In which language.
    init(_ report: Report, language: Language) {
        self.language = language
        addVerdict(report)
        addCause(report)
        addOtherCauses(report)
        if !report.evidence.isEmpty {
            addClasses(report)
            addProfiles(report)
            addEvidence(report)
        }
    }

    /// The one line that says it all.
    var summary: String {
        for case .verdict(let cell) in blocks { return cell.text }
        return ""
    }

    func words(_ en: String, _ zh: String) -> String { Text(en, zh: zh)[language] }

    mutating func add(_ block: Block) { blocks.append(block) }
}
