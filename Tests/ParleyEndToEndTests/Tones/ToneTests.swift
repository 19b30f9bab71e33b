// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import ParleyAudio
import ParleyEvents
import Testing

@Suite("Client and server talk in tones over a socket")
struct ToneTests {
    @Test("each hears exactly what the other says", .timeLimit(.minutes(5)), arguments: ToneTalk.all)
    func conversation(talk: ToneTalk) async throws {
        try await talk.run { client in
            for said in ["4711", "zwölf 12"] {
                try await talk.say(said, to: client)
                let events = try await talk.turn(&client)
                #expect(transcript(in: events) == said)
                #expect(talk.heard(events) == ToneTalk.answer(to: said))
                let response = try #require(events.last { $0["type"] == "response.done" }?["response"])
                #expect(response["status"] == "completed")
                let content = response["output"]?.arrayValue?.first?["content"]?.arrayValue?.first
                #expect(content?["transcript"]?.stringValue == ToneTalk.answer(to: said))
            }
        }
    }

    @Test(
        "who speaks while the answer comes ends it and is understood",
        .timeLimit(.minutes(5)),
        arguments: ToneTalk.all
    )
    func bargeIn(talk: ToneTalk) async throws {
        try await talk.run { client in
            try await talk.say(ToneModel.goOn, to: client)
            // The answer is on its way and has no end.
            try await talk.listen(for: ToneTalk.answer(to: ToneModel.goOn), from: &client)
            try await talk.say("stop 815", to: client)

            let interruption = try await client.events(through: "response.done")
            let response = try #require(interruption.last?["response"])
            #expect(response["status"] == "cancelled")
            #expect(response["status_details"]?["reason"] == "turn_detected")
            #expect(interruption.contains { $0["type"] == "input_audio_buffer.speech_started" })

            let next = try await talk.turn(&client)
            #expect(transcript(in: next) == "stop 815")
            #expect(talk.heard(next) == ToneTalk.answer(to: "stop 815"))
        }
    }

    @Test("what was played is what is kept after a truncation", .timeLimit(.minutes(5)), arguments: ToneTalk.all)
    func truncation(talk: ToneTalk) async throws {
        try await talk.run { client in
            try await talk.say("4711", to: client)
            let events = try await talk.turn(&client)
            let audio = talk.audio(events)
            let words = Sound.heard(in: audio, talk.format)
            try #require(talk.text(words) == ToneTalk.answer(to: "4711"))
            // In the middle of the fourth word.
            let playedMS = Int(words[3].startMS + words[3].endMS) / 2
            let itemID = try #require(events.first(where: talk.isAudioDelta)?["item_id"])
            try await client.send([
                "type": "conversation.item.truncate", "item_id": itemID, "content_index": 0,
                "audio_end_ms": JSON(playedMS),
            ])
            try await client.send(["type": "conversation.item.retrieve", "item_id": itemID])
            let kept = try await client.events(through: "conversation.item.retrieved")
            #expect(kept.map { $0["type"] } == ["conversation.item.truncated", "conversation.item.retrieved"])
            #expect(kept.first?["audio_end_ms"]?.intValue == playedMS)
            let text = kept.last?["item"]?["content"]?.arrayValue?.first?["audio"]?.stringValue
            let rest = try #require(text.flatMap { Base64.decode($0) })
            #expect(rest == audio.getSlice(at: audio.readerIndex, length: playedMS * talk.format.bytesPerMillisecond))
            #expect(talk.text(Sound.heard(in: rest, talk.format)) == talk.text(words.prefix(3)))
        }
    }

    private func transcript(in events: [JSONObject]) -> String? {
        events.last { $0["type"] == "conversation.item.input_audio_transcription.completed" }?["transcript"]?
            .stringValue
    }
}
