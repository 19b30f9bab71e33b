// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import ParleyConformance

/// Our client for `make conformance-websocket`.
struct RunSuiteClient: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "websocket-suite-client",
        abstract: "Echoes what a WebSocket test suite that plays the server sends.",
        shouldDisplay: false
    )

    @Argument(help: ArgumentHelp("ws://HOST:PORT of Autobahn's fuzzing server.", valueName: "url"))
    var server: String

    @Option(help: "The name in the report.")
    var agent = "parley"

    @Flag(help: "Offer compression.")
    var compression = false

    @Flag(help: "Compress each message for itself.")
    var noContextTakeover = false

    @OptionGroup(title: "Logs") var logs: LogOptions

    func run() async throws {
        let client = SuiteClient(
            server: server,
            agent: agent,
            compresses: compression,
            forgetsContext: noContextTakeover,
            logger: logs.logger()
        )
        Console().ready("\(try await client.run()) cases")
    }
}
