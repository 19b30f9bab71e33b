// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyEvents
import Testing

@Suite("Hot events and events that pass")
struct PassThroughTests {
    @Test("the names of the hot events")
    func hotNames() {
        let beta = Dialect.beta.hotEventNames
        #expect(beta == .beta)
        #expect(beta.textDelta == "response.text.delta")
        #expect(beta.textDone == "response.text.done")
        #expect(beta.audioDelta == "response.audio.delta")
        #expect(beta.audioDone == "response.audio.done")
        #expect(beta.audioTranscriptDelta == "response.audio_transcript.delta")
        #expect(beta.audioTranscriptDone == "response.audio_transcript.done")
        let ga = Dialect.ga.hotEventNames
        #expect(ga == .ga)
        #expect(ga.textDelta == "response.output_text.delta")
        #expect(ga.textDone == "response.output_text.done")
        #expect(ga.audioDelta == "response.output_audio.delta")
        #expect(ga.audioDone == "response.output_audio.done")
        #expect(ga.audioTranscriptDelta == "response.output_audio_transcript.delta")
        #expect(ga.audioTranscriptDone == "response.output_audio_transcript.done")
    }

    static let hot: [@Sendable (HotEventNames) -> String] = [
        { $0.textDelta }, { $0.textDone }, { $0.audioDelta }, { $0.audioDone }, { $0.audioTranscriptDelta },
        { $0.audioTranscriptDone },
    ]

    @Test("a hot event changes its name and nothing else, and keeps its members in order", arguments: hot.indices)
    func renamesHotEvents(index: Int) throws {
        func text(_ dialect: Dialect) -> String {
            let type = Self.hot[index](dialect.hotEventNames)
            return #"{"event_id":"event_1","type":"\#(type)","delta":"AAA/+w==","content_index":0,"colour":1.0}"#
        }
        for (client, server) in [(Dialect.beta, Dialect.ga), (.ga, .beta)] {
            var translator = DialectTranslator(client: client, server: server)
            #expect(translator.serverEvent(try object(text(server))).map(\.text) == [text(client)])
        }
    }

    @Test("between equal dialects everything passes as it is", arguments: Dialect.allCases)
    func passesThrough(dialect: Dialect) throws {
        var translator = DialectTranslator(client: dialect, server: dialect)
        for event in try Fixtures.allEvents() {
            #expect(translator.clientEvent(event).forwarded?.text == event.text)
            #expect(translator.serverEvent(event).map(\.text) == [event.text])
            #expect(translator.dropped.isEmpty)
        }
    }

    static let unchangedClientEvents = [
        "input_audio_buffer.append", "input_audio_buffer.commit", "input_audio_buffer.clear",
        "conversation.item.retrieve", "conversation.item.truncate", "conversation.item.delete", "response.cancel",
        "output_audio_buffer.clear", "response.create", "conversation.item.create", "session.update", "not.an.event",
    ]

    @Test(
        "client events without a body, and unknown ones, go to the server as they are",
        arguments: unchangedClientEvents
    )
    func forwardsUnchanged(type: String) {
        let event: JSONObject = ["type": .string(type), "event_id": "evt_1", "colour": "red"]
        for (client, server) in [(Dialect.beta, Dialect.ga), (.ga, .beta)] {
            var translator = DialectTranslator(client: client, server: server)
            #expect(translator.clientEvent(event) == .forward(event))
        }
    }

    @Test("what is no event goes to the server, which knows what to say")
    func forwardsWhatIsNoEvent() {
        for event: JSONObject in [[:], ["type": nil], ["type": 5], ["session": ["voice": "x"]]] {
            for (client, server) in [(Dialect.beta, Dialect.ga), (.ga, .beta)] {
                var translator = DialectTranslator(client: client, server: server)
                #expect(translator.clientEvent(event) == .forward(event))
            }
        }
    }
}
