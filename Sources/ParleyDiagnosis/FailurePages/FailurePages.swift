// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// The catalogue as Markdown: one page per cause, and a table of all.
package enum FailurePages {
    /// A file to be.
    package struct Page: Sendable {
        /// Name of the file.
        package let name: String
        package let text: String
    }

    /// Every file of the folder `docs/failures`.
    package static func pages(_ causes: [Cause] = Catalogue.causes) -> [Page] {
        [Page(name: "README.md", text: table(causes))]
            + causes.map { Page(name: "\($0.id).md", text: page($0)) }
    }

    private static func page(_ cause: Cause) -> String {
        var lines = ["# \(cause.title.en)", "", "`\(cause.id)` · [all causes](README.md) · [中文](#中文)", ""]
        lines += section(cause, .en)
        lines += ["## 中文", "", "**\(cause.title.zh)**", ""]
        lines += section(cause, .zh)
        return lines.joined(separator: "\n")
    }

    private static func section(_ cause: Cause, _ language: Language) -> [String] {
        let words = PageWords(language)
        var lines = ["\(words.causeClass): \(cause.causeClass.rawValue) \(cause.causeClass.title[language])", ""]
        if !cause.symptoms.isEmpty {
            lines += ["### \(words.symptoms)", ""] + cause.symptoms.map { "- \(code($0))" } + [""]
        }
        lines += ["### \(words.why)", "", cause.explanation[language], ""]
        lines += ["### \(words.fixes)", ""]
        for fix in cause.fixes {
            let whose = fix.software.map { "**\($0.rawValue)**\(words.colon)" } ?? ""
            lines += ["- \(whose)\(fix.text[language])"]
            if let snippet = fix.snippet {
                lines +=
                    ["", "  ```"] + snippet.split(separator: "\n", omittingEmptySubsequences: false).map { "  \($0)" }
                lines += ["  ```", ""]
            }
        }
        if lines.last != "" { lines.append("") }
        lines += ["### \(words.proof)", "", "```", cause.proof.command, "```", "", cause.proof.meaning[language], ""]
        if let decides = cause.whatWouldDecide {
            lines += ["\(words.decides)\(words.colon)\(decides[language])", ""]
        }
        lines += ["### \(words.sources)", ""] + cause.sources.map { "- \(SourceLink.markdown($0))" } + [""]
        return lines
    }

    private static func table(_ causes: [Cause]) -> String {
        var lines = [
            "# Why a WebSocket client cannot connect · WebSocket 客户端为什么连不上", "",
            "Made from the catalogue with `make docs`; do not edit by hand. `parley doctor URL` finds out which it is.",
            "", "由目录通过 `make docs` 生成，请勿手工修改。`parley doctor URL` 可找出是哪一个。", "",
        ]
        for causeClass in CauseClass.allCases {
            lines += ["## \(causeClass.rawValue) \(causeClass.title.en) · \(causeClass.title.zh)", ""]
            lines += ["| id | cause | 原因 | proved by |", "|---|---|---|---|"]
            lines += causes.filter { $0.causeClass == causeClass }
                .map { "| [\($0.id)](\($0.id).md) | \($0.title.en) | \($0.title.zh) | \($0.proof.rawValue) |" }
            lines.append("")
        }
        return lines.joined(separator: "\n")
    }

    /// In code style, whatever quotes are in it.
    private static func code(_ text: String) -> String { text.contains("`") ? "`` \(text) ``" : "`\(text)`" }
}
