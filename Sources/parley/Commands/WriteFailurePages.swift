// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import FoundationEssentials
internal import ParleyDiagnosis

/// Writes `docs/failures`, for who changed the catalogue of causes.
struct WriteFailurePages: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "failure-pages",
        abstract: "Writes the catalogue of causes as Markdown.",
        shouldDisplay: false
    )

    @Argument(help: "The folder to write into; it must exist.")
    var folder: String

    func run() throws {
        for page in FailurePages.pages() {
            let file = URL(filePath: folder).appending(path: page.name).path()
            do {
                try page.text.write(toFile: file, atomically: true, encoding: .utf8)
            } catch {
                throw ValidationError("DIR: cannot write '\(file)'. Name a folder that exists.")
            }
        }
    }
}
