// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyClient

/// The smallest chat: the server's URL and a question on the command line, the answer as it comes.
@main
struct TextChat {
    static func main() async throws {
        guard CommandLine.arguments.count > 2 else { return print("usage: TextChat ws://127.0.0.1:8080 QUESTION") }
        var settings = SessionSettings()
        settings.outputModality = .text
        let client = RealtimeClient(ClientConfiguration(url: CommandLine.arguments[1]), settings: settings)
        let updates = await client.updates()
        try await client.connect()
        try await client.sendMessage(CommandLine.arguments.dropFirst(2).joined(separator: " "))
        for try await update in updates {
            switch update {
            case .change(.updated(_, .text(let words))): print(words, terminator: "")
            case .event(let received):
                guard case .responseDone = received.event else { continue }
                print()
                await client.disconnect()
            default: break
            }
        }
    }
}
