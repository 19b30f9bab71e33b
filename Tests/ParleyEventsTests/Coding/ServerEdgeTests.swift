// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import ParleyEvents
import Testing

@Suite("The server's edge")
struct ServerEdgeTests {
    private static func received(_ text: String, _ dialect: Dialect, _ format: AudioFormat = .pcm)
        -> ServerEdge.Incoming
    {
        var edge = ServerEdge(dialect: dialect)
        return edge.received(ByteBuffer(string: text), inputFormat: format)
    }

    // MARK: What clients send

    @Test("reads an event and its id", arguments: Dialect.allCases)
    func event(dialect: Dialect) {
        #expect(
            Self.received(#"{"type":"response.cancel","event_id":"e"}"#, dialect)
                == .event(.responseCancel(responseID: nil), eventID: "e")
        )
        #expect(
            Self.received(#"{"type":"input_audio_buffer.commit"}"#, dialect)
                == .event(.inputAudioBufferCommit, eventID: nil)
        )
    }

    @Test(
        "refuses what is no event",
        arguments: Dialect.allCases,
        [
            ("[]", "invalid_event", "Expected a JSON object with a 'type', but got an array."),
            ("\"type\"", "invalid_event", "Expected a JSON object with a 'type', but got a string."),
            ("{}", "invalid_event", "The 'type' field is missing."),
            (#"{"type":[]}"#, "invalid_type", "Invalid type for 'type': expected a string, but got an array instead."),
        ]
    )
    func noEvent(dialect: Dialect, refused: (text: String, code: String, message: String)) {
        guard case .invalid(let error) = Self.received(refused.text, dialect) else {
            Issue.record("not refused: \(refused.text)")
            return
        }
        #expect(error.code == refused.code)
        #expect(error.message == refused.message)
    }

    @Test(
        "refuses what is no JSON, and says where",
        arguments: Dialect.allCases,
        ["", "{", "{\"type\":}", "nul", "{}{}"]
    )
    func noJSON(dialect: Dialect, text: String) {
        guard case .invalid(let error) = Self.received(text, dialect) else {
            Issue.record("not refused: \(text)")
            return
        }
        #expect(error.code == "invalid_event")
        #expect(error.message.hasPrefix("The message is "))
        #expect(error.param == nil)
    }

    @Test("tells the client which of its events was wrong", arguments: Dialect.allCases)
    func eventIDOfErrors(dialect: Dialect) {
        let text = #"{"type":"input_audio_buffer.append","audio":"%","event_id":"mine"}"#
        guard case .invalid(let error) = Self.received(text, dialect, .pcma) else {
            Issue.record("not refused")
            return
        }
        #expect(error.eventID == "mine")
        #expect(error.message.contains("mono G.711 A-law at 8kHz"))
    }

    @Test("reads beta events as the same events", arguments: try EventSamples.client(.beta))
    func betaSamples(sample: EventSamples.Sample) throws {
        var edge = ServerEdge(dialect: .beta)
        let incoming = edge.received(ByteBuffer(string: sample.event.text), inputFormat: .pcm)
        guard case .event(let event, let eventID) = incoming else {
            Issue.record("not read: \(incoming)")
            return
        }
        #expect(eventID == sample.event["event_id"]?.stringValue)
        switch (sample.event["type"]?.stringValue, event) {
        case ("session.update", .sessionUpdate(let update, _)): #expect(update["type"] == "realtime")
        case ("transcription_session.update", .sessionUpdate(let update, _)):
            #expect(update["type"] == "transcription")
        case ("input_audio_buffer.append", .inputAudioBufferAppend),
            ("input_audio_buffer.commit", .inputAudioBufferCommit),
            ("input_audio_buffer.clear", .inputAudioBufferClear),
            ("conversation.item.create", .conversationItemCreate),
            ("conversation.item.retrieve", .conversationItemRetrieve),
            ("conversation.item.truncate", .conversationItemTruncate),
            ("conversation.item.delete", .conversationItemDelete), ("response.create", .responseCreate),
            ("response.cancel", .responseCancel), ("output_audio_buffer.clear", .outputAudioBufferClear):
            break
        default: Issue.record("read as another event: \(event)")
        }
    }

    @Test("hands a beta client's temperature to the session, and no GA client's")
    func temperature() {
        let update = #"{"type":"session.update","session":{"temperature":0.7}}"#
        #expect(
            Self.received(update, .beta) == .event(.sessionUpdate(["type": "realtime"], temperature: 0.7), eventID: nil)
        )
        #expect(
            Self.received(#"{"type":"session.update","session":{"type":"realtime","temperature":0.7}}"#, .ga)
                == .event(.sessionUpdate(["type": "realtime", "temperature": 0.7]), eventID: nil)
        )
        var expected = ResponseOverrides()
        expected.temperature = 1.1
        #expect(
            Self.received(#"{"type":"response.create","response":{"temperature":1.1}}"#, .beta)
                == .event(.responseCreate(expected), eventID: nil)
        )
    }

    /// The forms in which beta clients say the same.
    @Test(
        "takes the limit of a beta response by both of its names",
        arguments: [
            "max_response_output_tokens", "max_output_tokens",
        ]
    )
    func betaTokenLimit(name: String) {
        var expected = ResponseOverrides()
        expected.maxOutputTokens = .tokens(7)
        #expect(
            Self.received(#"{"type":"response.create","response":{"\#(name)":7}}"#, .beta)
                == .event(.responseCreate(expected), eventID: nil)
        )
    }

    @Test(
        "takes both forms of a forced function from beta clients",
        arguments: [
            #"{"type":"function","name":"f"}"#, #"{"type":"function","function":{"name":"f"}}"#,
        ]
    )
    func betaToolChoice(choice: String) {
        var expected = ResponseOverrides()
        expected.toolChoice = .function(name: "f")
        #expect(
            Self.received(#"{"type":"response.create","response":{"tool_choice":\#(choice)}}"#, .beta)
                == .event(.responseCreate(expected), eventID: nil)
        )
    }

    @Test(
        "settles what only the beta side can see",
        arguments: [
            (
                #"{"type":"session.update","event_id":"m","session":{"modalities":["audio"]}}"#, "session.modalities",
                "Invalid modalities: ['audio']. Supported combinations are: ['text'] and ['audio', 'text']."
            ),
            (
                #"{"type":"session.update","event_id":"m","session":{"temperature":1.3}}"#, "session.temperature",
                "Invalid 'session.temperature': decimal above maximum value. Expected a value <= 1.2, "
                    + "but got 1.3 instead."
            ),
            (
                #"{"type":"response.create","event_id":"m","response":{"temperature":0.5}}"#, "response.temperature",
                "Invalid 'response.temperature': decimal below minimum value. Expected a value >= 0.6, "
                    + "but got 0.5 instead."
            ),
            (
                #"{"type":"session.update","event_id":"m","session":{"input_audio_format":"mp3"}}"#,
                "session.input_audio_format",
                "Invalid value: 'mp3'. Supported values are: 'pcm16', 'g711_ulaw', and 'g711_alaw'."
            ),
        ]
    )
    func betaErrors(text: String, param: String, message: String) throws {
        guard case .answered(let objects) = Self.received(text, .beta) else {
            Issue.record("not answered: \(text)")
            return
        }
        let error = try #require(objects.first?["error"])
        #expect(objects.count == 1)
        #expect(objects[0]["type"] == "error")
        #expect(error["param"] == .string(param))
        #expect(error["message"] == .string(message))
        #expect(error["event_id"] == "m")
    }

    // MARK: What the server sends

    static let audioEvents: [ServerEvent] = [0, 1, 2, 3, 48, 9_600, 9_601]
        .map { count in
            .audioDelta(
                ServerEvent.PartAddress(responseID: "resp_1", itemID: "item_1", outputIndex: 12, contentIndex: 0),
                ByteBuffer(bytes: (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37) })
            )
        }

    @Test("writes audio by hand as it would write it otherwise", arguments: Dialect.allCases, audioEvents)
    func audioDeltas(dialect: Dialect, event: ServerEvent) throws {
        var edge = ServerEdge(dialect: dialect)
        var translator = DialectTranslator(client: dialect, server: .ga)
        let general = translator.serverEvent(event.object(eventID: "event_7"))
        #expect(try edge.objects(event, eventID: "event_7") == general)
        #expect(general.first?["type"] == (dialect == .ga ? "response.output_audio.delta" : "response.audio.delta"))
    }

    @Test("writes audio of one part after the other, each with its own address", arguments: Dialect.allCases)
    func audioOfParts(dialect: Dialect) throws {
        var edge = ServerEdge(dialect: dialect)
        var translator = DialectTranslator(client: dialect, server: .ga)
        for (response, item, index) in [("resp_1", "item_1", 0), ("resp_1", "item_1", 1), ("resp_1", "item_22", 1)] {
            let address = ServerEvent.PartAddress(
                responseID: response,
                itemID: item,
                outputIndex: index,
                contentIndex: 3 - index
            )
            for id in ["event_1", "event_12"] {
                let event = ServerEvent.audioDelta(address, ByteBuffer(bytes: [1, 2, 3, UInt8(index)]))
                let general = translator.serverEvent(event.object(eventID: id))
                #expect(try edge.objects(event, eventID: EventID(id)) == general)
            }
        }
    }

    @Test("writes every other event as its object, translated for beta", arguments: Dialect.allCases)
    func otherEvents(dialect: Dialect) throws {
        var edge = ServerEdge(dialect: dialect)
        var translator = DialectTranslator(client: dialect, server: .ga)
        for (event, _) in ServerEventObjectTests.events {
            #expect(try edge.objects(event) == translator.serverEvent(event.object(eventID: "event_1")))
        }
    }

    @Test("keeps the slashes of base64 unescaped, which save bytes")
    func compactness() {
        var edge = ServerEdge(dialect: .ga)
        let address = ServerEvent.PartAddress(responseID: "r", itemID: "i", outputIndex: 0, contentIndex: 0)
        edge.send(.audioDelta(address, ByteBuffer(bytes: [0xFF, 0xFF, 0xFF])), eventID: "e") { write in
            var buffer = ByteBuffer()
            write(&buffer)
            #expect(
                String(buffer: buffer)
                    == #"{"type":"response.output_audio.delta","event_id":"e","response_id":"r","item_id":"i","#
                    + #""output_index":0,"content_index":0,"delta":"////"}"#
            )
        }
    }
}
