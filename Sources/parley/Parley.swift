// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import ParleyServer

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

@main
struct Parley: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "parley",
        abstract: "A Realtime voice server that every client connects to.",
        discussion: """
            Serves the OpenAI Realtime protocol over WebSocket, in its beta and its GA dialect, with speech and a \
            scripted conversation partner out of the box, tries whether any other server does, and says why a client \
            cannot connect.

            Start with:  parley serve
            Or find out: parley doctor ws://127.0.0.1:8080
            """,
        version: "parley \(RealtimeServer.version)",
        subcommands: [
            Serve.self, Talk.self, Doctor.self, Tap.self, Mirror.self, Conform.self, Bench.self, Replay.self,
            Config.self, ScriptCommand.self, Kernels.self, WriteFailurePages.self, RunSuiteClient.self,
        ]
    )

    /// Exit code of wrong usage, for every command.
    private static let usage: Int32 = 2

    /// The command line; that of `serve` with what a file and the environment add.
    private static func arguments() throws -> [String] {
        let given = Array(CommandLine.arguments.dropFirst())
        let isAsking = given.contains { ["--help", "-h", "--version"].contains($0) || $0.hasPrefix("--experimental") }
        guard given.first == "serve", !isAsking else { return given }
        return ["serve"] + (try ServeSettings.checked(Array(given.dropFirst()))).arguments
    }

    static func main() async {
        do {
            var command = try parseAsRoot(try arguments())
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            let code = exitCode(for: error)
            let console = Console()
            let message = fullMessage(for: error)
            if !message.isEmpty {
                if code.isSuccess { console.ready(message) } else { console.note(message) }
            }
            endProcess(code == .validationFailure ? usage : code.rawValue)
        }
    }
}

/// Ends the process at once.
func endProcess(_ code: Int32) -> Never { exit(code) }
