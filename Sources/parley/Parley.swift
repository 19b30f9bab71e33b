// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import ParleyServer

@main
struct Parley: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "parley",
        abstract: "A Realtime voice server that every client connects to.",
        discussion: """
            Serves the OpenAI Realtime protocol over WebSocket, in its beta and its GA dialect, with speech and a \
            scripted conversation partner out of the box.

            Start with:  parley serve
            """,
        version: "parley \(RealtimeServer.version)",
        subcommands: [Serve.self]
    )
}
