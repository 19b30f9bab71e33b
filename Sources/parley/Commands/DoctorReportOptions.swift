// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import FoundationEssentials
internal import ParleyDiagnosis

/// Where the report goes and how it looks.
struct DoctorReportOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Write the report as JSON; - is standard output.", valueName: "file"))
    var json: String?

    @Option(help: ArgumentHelp("Write the report as one HTML file; - is standard output.", valueName: "file"))
    var html: String?

    @Option(help: "Language of the report (default: that of the environment).")
    var lang: Language?

    @Flag(help: "Show every connection line by line, not only those that matter.")
    var allEvidence = false

    func validate() throws {
        guard json != "-" || html != "-" else { throw ValidationError("Only one report can go to standard output.") }
    }

    /// Writes the text to standard output, unless another form goes there, and the files that were asked for.
    func write(_ report: Report, to console: Console) throws {
        writeText(report, to: console)
        if let json { try Self.write(JSONReport(report, language: language).text + "\n", to: json, console) }
        if let html { try Self.write(HTMLReport(report, language: language).text, to: html, console) }
    }

    /// Writes the text to standard output, unless another form goes there.
    func writeText(_ report: Report, to console: Console) {
        guard json != "-", html != "-" else { return }
        var style = TextReport.Style()
        style.language = language
        style.width = console.columns
        style.hasColours = console.hasColours
        style.showsAllEvidence = allEvidence
        console.output(TextReport(report, style: style).text)
    }

    private var language: Language { lang ?? Self.language(ProcessInfo.processInfo.environment) }

    /// Chinese when the environment asks for it, else English.
    static func language(_ environment: [String: String]) -> Language {
        let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
        return locale?.hasPrefix("zh") == true ? .zh : .en
    }

    private static func write(_ text: String, to file: String, _ console: Console) throws {
        guard file != "-" else { return console.output(text) }
        do {
            try text.write(toFile: file, atomically: true, encoding: .utf8)
        } catch {
            throw ValidationError("cannot write '\(file)': \(error)")
        }
    }
}
