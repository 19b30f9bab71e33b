// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Logging
import ParleyClient

/// A bot in a server: one connection for many questions, opened again when it is lost.
actor ServerBot {
    private let client: RealtimeClient

    init(url: String, key: String?, logger: Logger) {
        var settings = SessionSettings()
        settings.outputModality = .text
        settings.instructions = "Answer in one sentence."
        var behaviour = RealtimeClient.Behaviour()
        behaviour.reconnect.attempts = 100
        client = RealtimeClient(
            ClientConfiguration(url: url, credential: key.map { .key($0) }),
            settings: settings,
            behaviour: behaviour,
            logger: logger
        )
    }

    /// Connects where it has not, asks, and waits for the answer.
    func answer(_ question: String) async throws -> String {
        try await client.connect()
        let response = try await client.sendMessage(question).value(within: .seconds(60))
        let entries = await client.conversation.entries
        return entries.last { $0.responseID == response.id }?.summary ?? ""
    }

    func stop() async { await client.disconnect(reason: "the bot stops") }
}

@main
struct Main {
    static func main() async throws {
        let url = CommandLine.arguments.dropFirst().first ?? "ws://127.0.0.1:8080"
        let bot = ServerBot(url: url, key: nil, logger: Logger(label: "bot"))
        for question in ["Hello", "What time is it?"] { print(try await bot.answer(question)) }
        await bot.stop()
    }
}
