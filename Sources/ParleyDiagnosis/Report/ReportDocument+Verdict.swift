// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

extension ReportDocument {
    /// The verdict in one line, and what it is about.
    mutating func addVerdict(_ report: Report) {
        add(.verdict(verdict(report)))
        if let open = report.question.errorText.flatMap({ ErrorTexts.reading($0).leavesOpen }) {
            add(.paragraph(Cell(text: words("What the message leaves open: ", "该信息未能确定：") + open[language])))
        }
        guard !report.question.url.isEmpty else { return }
        let tenths = (report.durationMS + 50) / 100
        let took = words("in \(tenths / 10).\(tenths % 10) s", "用时 \(tenths / 10).\(tenths % 10) 秒")
        add(
            .paragraph(
                Cell(text: "\(report.question.url) · \(Timestamp.text(report.startedAt)) · \(took)", tone: .faint)
            )
        )
    }

    private func verdict(_ report: Report) -> Cell {
        let known = report.profiles.compactMap(\.connects)
        let good = known.count { $0 }
        let cause = report.cause.flatMap(report.explained)
            .map { explained in
                let number = explained.cause.causeClass.rawValue
                let title = explained.cause.title[language]
                let group = explained.cause.causeClass.title[language]
                return words("\(title) (class \(number), \(group)).", "\(title)（class \(number)，\(group)）。")
            }
        switch report.verdict {
        case .connects:
            let isAll = known.count == report.profiles.count
            let told =
                switch known.count {
                case 0, 1: words("It connects; no fault was found.", "可以连接，未发现故障。")
                case let count where isAll:
                    words("All \(count) clients connect; no fault was found.", "全部 \(count) 个客户端均可连接，未发现故障。")
                case let count:
                    words("\(count) clients connect, others could not be told.", "\(count) 个客户端可以连接，其余无法判断。")
                }
            return Cell(text: joined(told, cause), tone: .good)
        case .connectsForSome:
            let told = words(
                "It connects for \(good) of \(known.count) clients.",
                "\(known.count) 个客户端中有 \(good) 个可以连接。"
            )
            return Cell(text: joined(told, cause ?? unproven), tone: .bad)
        case .fails: return Cell(text: joined(words("It does not connect.", "无法连接。"), cause ?? unproven), tone: .bad)
        case .inconclusive:
            let told =
                report.question.url.isEmpty
                ? (report.otherCauses.isEmpty
                    ? words("The message is not known. Give the address too.", "未知的错误信息。请同时给出地址。")
                    : words("Nothing was tried; this is what the message alone can mean.", "未做任何探测；以下仅根据错误信息推断。"))
                : words("It could not be told whether it works.", "无法判断是否可以连接。")
            return Cell(text: joined(told, cause), tone: .doubtful)
        }
    }

    private var unproven: String { words("No cause is proven.", "尚未证实任何原因。") }

    private func joined(_ first: String, _ second: String?) -> String {
        guard let second else { return first }
        return language == .zh ? first + second : "\(first) \(second)"
    }

    /// The cause and the fix.
    mutating func addCause(_ report: Report) {
        guard let finding = report.cause, let explained = report.explained(finding) else { return }
        add(.heading(words("Cause", "原因")))
        add(.paragraph(Cell(text: explained.cause.title[language], tone: .bad)))
        add(.paragraph(Cell(text: label(explained), tone: .faint)))
        add(.paragraph(Cell(text: explained.explanation[language])))
        if finding.confidence != .certain, let decisive = explained.cause.whatWouldDecide {
            add(.paragraph(Cell(text: words("What would decide: ", "如何确认：") + decisive[language])))
        }
        if !explained.fixes.isEmpty {
            add(.heading(words("Fix", "解决办法")))
            addFixes(explained)
        }
        if !explained.cause.sources.isEmpty {
            let list = explained.cause.sources.joined(separator: "; ")
            add(.paragraph(Cell(text: words("Sources: ", "依据：") + list, tone: .faint)))
        }
    }

    /// Most fixes for other software that are shown when nobody knows what it is.
    private static let mostForOthers = 5

    /// The fixes for the software at hand and for everybody; also some others when nobody knows what it is.
    private mutating func addFixes(_ explained: Report.Explained) {
        let isKnown = explained.fittingFixes > 0 && explained.fixes.first?.software != nil
        let count = explained.fittingFixes + (isKnown ? 0 : Self.mostForOthers)
        let shown = explained.fixes.prefix(count)
        for fix in shown {
            let label = fix.software?.rawValue ?? words("in general", "通用")
            add(.fix(label: label, text: fix.text[language], snippet: fix.snippet))
        }
        let rest = explained.fixes.dropFirst(shown.count).compactMap(\.software?.rawValue)
        if !rest.isEmpty {
            let list = rest.joined(separator: ", ")
            let told = words(
                "Fixes are also known for \(list): name yours with --server.",
                "另有针对 \(list) 的办法：用 --server 指明您的软件。"
            )
            add(.paragraph(Cell(text: told, tone: .faint)))
        }
    }

    private func label(_ explained: Report.Explained) -> String {
        let finding = explained.finding
        let number = explained.cause.causeClass.rawValue
        let group = explained.cause.causeClass.title[language]
        var parts = [
            explained.cause.id, words("class \(number): \(group)", "class \(number)：\(group)"),
            finding.confidence.title[language],
        ]
        if let software = finding.software { parts.append(software.rawValue) }
        if !finding.evidence.isEmpty {
            parts.append(words("evidence ", "证据 ") + finding.evidence.joined(separator: " "))
        }
        return parts.joined(separator: " · ")
    }

    /// What else the evidence allows.
    mutating func addOtherCauses(_ report: Report) {
        let others = report.otherCauses.compactMap(report.explained)
        guard !others.isEmpty else { return }
        add(.heading(report.cause == nil ? words("Possible causes", "可能的原因") : words("Other causes", "其他原因")))
        for explained in others {
            add(.paragraph(Cell(text: explained.cause.title[language], tone: .doubtful)))
            add(.paragraph(Cell(text: label(explained), tone: .faint)))
            let observed = explained.finding.observed[language]
            if !observed.isEmpty { add(.paragraph(Cell(text: observed))) }
            if let decisive = explained.cause.whatWouldDecide {
                add(.paragraph(Cell(text: words("What would decide: ", "如何确认：") + decisive[language])))
            } else if let fix = explained.fixes.first {
                add(.paragraph(Cell(text: words("Fix: ", "解决办法：") + fix.text[language])))
            }
        }
    }

    /// The seven classes with a mark each.
    mutating func addClasses(_ report: Report) {
        add(.heading(words("The seven classes of causes", "七类原因")))
        let rows = CauseClass.allCases.map { causeClass in
            let mark = report.classes[causeClass] ?? .notReached
            return [
                Cell(text: "\(causeClass.rawValue)"), Cell(text: causeClass.title[language]),
                Cell(text: mark.title[language], tone: mark.tone),
            ]
        }
        add(.table(head: [], rows: rows))
    }

    /// Who connects and who fails, side by side.
    mutating func addProfiles(_ report: Report) {
        guard !report.profiles.isEmpty else { return }
        add(.heading(words("Clients", "客户端")))
        let rows = report.profiles.map { result in
            let told: Cell =
                switch result.connects {
                case true?: Cell(text: words("connects", "可连接"), tone: .good)
                case false?: Cell(text: words("fails", "失败"), tone: .bad)
                case nil: Cell(text: words("unknown", "未知"), tone: .doubtful)
                }
            return [Cell(text: result.id), told, Cell(text: result.failure ?? "", tone: .faint)]
        }
        let head = [words("client", "客户端"), words("result", "结果"), words("how it words the failure", "该客户端的报错")]
        add(.table(head: head, rows: rows))
    }
}

extension Report.Mark {
    fileprivate var tone: ReportDocument.Tone {
        switch self {
        case .ruledOut: .good
        case .cause: .bad
        case .suspect: .doubtful
        case .notReached, .untestable: .faint
        }
    }
}
