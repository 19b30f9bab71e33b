// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyClient

/// The smallest chat: a question on the command line, the answer as it comes.
@main
struct TextChat {
    static func main() async throws {
        var settings = SessionSettings()
        settings.outputModality = .text
        let client = RealtimeClient(ClientConfiguration(url: "ws://127.0.0.1:8080"), settings: settings)
        let updates = await client.updates()
        try await client.connect()
        try await client.sendMessage(CommandLine.arguments.dropFirst().joined(separator: " "))
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
