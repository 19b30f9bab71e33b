// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import ParleyEvents
import ParleyTestSupport
import Testing

/// Client events can be sent as well as read.
@Suite("Typed client events")
struct TypedClientEventTests {
    static let gaSamples = Result { try EventSamples.client(.ga) }
    static let betaSamples = Result { try EventSamples.client(.beta) }

    @Test("the samples have every event of the reference", arguments: [(Dialect.ga, 11), (.beta, 12)])
    func complete(dialect: Dialect, count: Int) throws {
        let types = try #require(EventSamples.clientSchemas.get()[dialect]).types
        #expect(types.count == count)
        #expect(Set(types) == Set(try EventSamples.client(dialect).compactMap { $0.event["type"]?.stringValue }))
    }

    @Test("every sample reads back from what it is written as", arguments: try TypedClientEventTests.gaSamples.get())
    func roundTrip(sample: EventSamples.Sample) throws {
        let event = try ClientEvent(sample.event, inputFormat: .pcm)
        let written = event.object(eventID: sample.event["event_id"]?.stringValue)
        #expect(event.type == sample.event["type"]?.stringValue)
        #expect(try ClientEvent(written, inputFormat: .pcm) == event)
        #expect(try #require(EventSamples.clientSchemas.get()[.ga]).problems(written) == [])
        // What is left out is what the server takes for granted.
        var expected = sample.event
        if case .object(var item)? = expected["item"], item["status"] == "completed" {
            item["status"] = nil
            expected["item"] = .object(item)
        }
        if case .object(var response)? = expected["response"], response["conversation"] == "auto" {
            response["conversation"] = nil
            expected["response"] = .object(response)
        }
        #expect(written == expected, "\(written.text)")
    }

    @Test("a message is what the object is", arguments: try TypedClientEventTests.gaSamples.get())
    func writing(sample: EventSamples.Sample) throws {
        let event = try ClientEvent(sample.event, inputFormat: .pcm)
        for eventID in [nil, "e", #"with "quotes""#] {
            var written = ByteBuffer()
            event.write(eventID: eventID, into: &written)
            #expect(String(buffer: written) == event.object(eventID: eventID).text)
        }
    }

    @Test("every beta sample is typed", arguments: try TypedClientEventTests.betaSamples.get())
    func beta(sample: EventSamples.Sample) throws {
        let sent = SentEvent(sample.event, dialect: .beta)
        #expect(sent.event != nil, "\(sent.problem?.message ?? "")")
        #expect(sent.problem == nil)
        #expect(sent.eventID == sample.event["event_id"]?.stringValue)
    }

    @Test("the envelope writes the bytes that were sent", arguments: Dialect.allCases)
    func bytes(dialect: Dialect) throws {
        for sample in try EventSamples.client(dialect) {
            let bytes = message(sample.event.text)
            var written = ByteBuffer()
            try SentEvent(parsing: bytes, dialect: dialect).write(into: &written)
            #expect(written == bytes, "\(sample.name)")
        }
    }

    @Test("what a server would refuse is kept with the reason")
    func refused() throws {
        let object = try object(#"{"type":"conversation.item.delete","event_id":"e","n":1.0}"#)
        let sent = SentEvent(object, dialect: .ga)
        #expect(sent.event == nil)
        #expect(sent.problem?.param == "item_id")
        #expect(sent.object.text == object.text)
        let unsupported = SentEvent(["type": "session.update", "session": ["type": "x"]], dialect: .beta)
        #expect(unsupported.event == nil)
        #expect(unsupported.problem != nil)
        #expect(throws: RealtimeError.self) { try SentEvent(parsing: message("[]"), dialect: .ga) }
        #expect(throws: RealtimeError.self) { try SentEvent(parsing: message("{"), dialect: .ga) }
    }

    @Test("everything that a response can override is written")
    func overrides() throws {
        var overrides = ResponseOverrides()
        overrides.isOutOfBand = true
        overrides.input = [
            .reference(id: "item_1"),
            .item(Item(id: "i", kind: .message(role: .user, content: [.inputText("a")]))),
        ]
        overrides.instructions = ""
        overrides.tools = [.function(name: "f", description: nil, parameters: ["type": "object"])]
        overrides.toolChoice = .mcp(serverLabel: "s", name: nil)
        overrides.outputModality = .text
        overrides.voice = "v"
        overrides.format = .pcma
        overrides.maxOutputTokens = .tokens(12)
        overrides.metadata = ["k": "v"]
        overrides.extra = ["reasoning": ["effort": "low"], "parallel_tool_calls": false, "prompt": ["id": "p"]]
        #expect(
            overrides.object.text
                == #"{"conversation":"none","output_modalities":["text"],"instructions":"","audio":{"output":{"voice":"v","format":{"type":"audio/pcma"}}},"tools":[{"type":"function","name":"f","parameters":{"type":"object"}}],"tool_choice":{"type":"mcp","server_label":"s"},"max_output_tokens":12,"metadata":{"k":"v"},"input":[{"type":"item_reference","id":"item_1"},{"id":"i","type":"message","role":"user","content":[{"type":"input_text","text":"a"}]}],"reasoning":{"effort":"low"},"parallel_tool_calls":false,"prompt":{"id":"p"}}"#
        )
        #expect(try readsBack(overrides))
    }

    @Test("items are written without what is the server's to say")
    func items() throws {
        let call = ClientEvent.conversationItemCreate(
            Item(status: .incomplete, kind: .functionCall(name: "f", callID: "", arguments: "{}")),
            previousItemID: "root"
        )
        #expect(
            call.object(eventID: "e").text
                == #"{"type":"conversation.item.create","event_id":"e","previous_item_id":"root","item":{"type":"function_call","status":"incomplete","name":"f","arguments":"{}"}}"#
        )
        let audio = ClientEvent.conversationItemCreate(
            Item(
                kind: .message(role: .user, content: [.inputAudio(audio: ByteBuffer(bytes: [0, 1]), transcript: nil)])
            ),
            previousItemID: nil
        )
        #expect(
            audio.object(eventID: nil).text
                == #"{"type":"conversation.item.create","item":{"type":"message","role":"user","content":[{"type":"input_audio","audio":"AAE="}]}}"#
        )
    }

    @Test("an empty recording is written as one")
    func emptyRecording() throws {
        let content = ContentPart.inputAudio(audio: ByteBuffer(), transcript: nil)
        let event = ClientEvent.conversationItemCreate(
            Item(kind: .message(role: .user, content: [content])),
            previousItemID: nil
        )
        #expect(try readsBack(event))
    }

    @Test(
        "an update of what only the beta has is one of nothing, but for a temperature",
        arguments: [
            (#"{"type":"session.update","session":{"temperature":0.7}}"#, "realtime", 0.7),
            (#"{"type":"transcription_session.update","session":{}}"#, "transcription", nil),
        ] as [(String, String, Double?)]
    )
    func emptyUpdate(text: String, type: String, temperature: Double?) throws {
        let sent = SentEvent(try object(text), dialect: .beta)
        #expect(sent.event == .sessionUpdate(["type": .string(type)], temperature: temperature))
        #expect(sent.problem == nil)
    }
}
