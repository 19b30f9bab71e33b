// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import ParleyClient
import ParleyEvents

/// The code of the tutorial, which has to compile; `TutorialTests` compares it.
enum Tutorial {
    static func connectAndAsk() async throws {
        let client = RealtimeClient(ClientConfiguration(url: "ws://127.0.0.1:8080"))
        try await client.connect()
        let answer = try await client.sendMessage("What time is it?")
        _ = try await answer.value(within: .seconds(30))
        print(await client.conversation.last?.summary ?? "")
        await client.disconnect()
    }

    static func hostedService(_ key: String) -> ClientConfiguration {
        var configuration = ClientConfiguration(
            url: "wss://voice.example.com",
            model: "gpt-realtime",
            credential: .key(key)
        )
        configuration.dialect = .beta
        return configuration
    }

    static func follow(_ client: RealtimeClient) async throws {
        func play(_ sound: ByteBuffer, of id: String) {}
        func stopPlaying() {}
        for try await update in await client.updates() {
            switch update {
            case .change(.updated(_, .transcript(let words))): print(words, terminator: "")
            case .change(.updated(let id, .audio(let sound))): play(sound, of: id)
            case .change(.interrupted): stopPlaying()
            default: break
            }
        }
    }

    static func speak(_ client: RealtimeClient, _ microphone: AsyncStream<[Int16]>) async throws {
        let answer = await client.expectResponse()
        try await client.sendAudio(from: microphone)  // an AsyncSequence of [Int16], 24,000 Hz
        _ = try await answer.value()
    }

    static func interrupt(_ client: RealtimeClient, _ playback: inout Playback) async throws {
        try await client.interrupt(playback.stop())
    }

    static func giveFunctions(_ client: RealtimeClient) async throws {
        struct City: Decodable { let name: String }

        try await client.addTool(
            ClientTool(
                "get_weather",
                description: "The weather in a city.",
                parameters: ["type": "object", "properties": ["name": ["type": "string"]], "required": ["name"]]
            ) { (city: City) in
                "21 degrees in \(city.name)"
            }
        )
        _ = try await client.sendMessage("How is the weather in Paris?").answer(within: .seconds(30))
    }
}
