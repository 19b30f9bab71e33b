// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyClient

/// A voice agent with a tool: asks a question, answers the model's call, and shows what is spoken.
///
/// It has no loudspeaker, but keeps account of the sound as one that has tells the server what was heard.
@main
struct VoiceAgent {
    private struct City: Decodable { let name: String }
    private struct Weather: Encodable { let celsius: Int }

    static func main() async throws {
        let weather = ClientTool(
            "get_weather",
            description: "The weather in a city.",
            parameters: [
                "type": "object", "properties": ["name": ["type": "string"]], "required": ["name"],
            ]
        ) { (city: City) in
            print("asked for \(city.name)")
            return Weather(celsius: 21)
        }
        var settings = SessionSettings()
        settings.turnTaking = .manual
        let url = CommandLine.arguments.dropFirst().first ?? "ws://127.0.0.1:8080"
        let client = RealtimeClient(
            ClientConfiguration(url: url),
            settings: settings,
            tools: [weather]
        )
        let updates = await client.updates()
        try await client.connect()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await show(updates, client) }
            // The first response calls the function, the second, which is the answer, says what it gave.
            _ = try await client.sendMessage("What is the weather in Paris?").answer(within: .seconds(30))
            await client.disconnect()
            try await group.waitForAll()
        }
    }

    private static func show(_ updates: RealtimeUpdates, _ client: RealtimeClient) async throws {
        var playback = Playback()
        for try await update in updates {
            switch update {
            case .change(.updated(let id, .audio(let sound))):
                playback.enqueue(itemID: id, samples: sound.readableBytes / 2)
            case .change(.updated(_, .transcript(let words))): print(words, terminator: "")
            case .change(.completed): print()
            case .change(.interrupted): try await client.interrupt(playback.stop())
            default: break
            }
        }
    }
}
