// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import ParleyServer

/// The command `parley script`.
struct ScriptCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "script",
        abstract: "Check the script of a mock.",
        subcommands: [Check.self]
    )

    /// The command `parley script check`.
    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check a script as parley serve --script would.",
            discussion: "Errors name file, line and field. Exit code: 0 usable, 2 not."
        )

        @Argument(help: "The script, YAML or JSON.")
        var file: String

        func run() throws {
            do {
                Console().ready(try ScriptedSettings(file: file).check())
            } catch let error as ServerConfigurationError {
                throw ValidationError(error.description)
            }
        }
    }
}
