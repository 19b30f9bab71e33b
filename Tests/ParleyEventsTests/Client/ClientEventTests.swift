// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import ParleyEvents
import ParleyTestSupport
import Testing

@Suite("Client events")
struct ClientEventTests {
    private static func event(_ text: String, _ format: AudioFormat = .pcm) throws -> ClientEvent {
        try ClientEvent(try object(text), inputFormat: format)
    }

    static let silence = ByteBuffer(repeating: 0, count: 48)

    /// What each sample is read as.
    static let expected: [String: ClientEvent] = {
        func message(_ role: Item.Role, _ parts: ContentPart..., id: String? = nil) -> Item {
            Item(id: id, kind: .message(role: role, content: parts))
        }
        var full = ResponseOverrides()
        full.outputModality = .audio
        full.instructions = "Be brief."
        full.voice = "cedar"
        full.format = .pcm
        full.toolChoice = .required
        full.input = []
        full.tools = [
            .function(
                name: "get_weather",
                description: "Current weather for a city.",
                parameters: [
                    "type": "object", "properties": ["city": ["type": "string"]], "required": ["city"],
                ]
            )
        ]
        full.maxOutputTokens = .infinite
        full.metadata = ["client_event_id": "rc-7"]
        var textOnly = ResponseOverrides()
        textOnly.outputModality = .text
        return [
            "conversation.item.create": .conversationItemCreate(
                message(.user, .inputText("Name a prime number.")),
                previousItemID: nil
            ),
            "conversation.item.create.assistant_text": .conversationItemCreate(
                message(.assistant, .outputText("Hello, how can I help?"), id: "hist_1"),
                previousItemID: "root"
            ),
            "conversation.item.create.function_call": .conversationItemCreate(
                Item(
                    kind: .functionCall(
                        name: "get_weather",
                        callID: "call_Bn3FjPENNaPUs8oz",
                        arguments: #"{"city":"Oslo"}"#
                    )
                ),
                previousItemID: nil
            ),
            "conversation.item.create.function_call_output": .conversationItemCreate(
                Item(kind: .functionCallOutput(callID: "call_Bn3FjPENNaPUs8oz", output: #"{"temp_c":4}"#)),
                previousItemID: nil
            ),
            "conversation.item.create.mcp_approval_response": .conversationItemCreate(
                Item(
                    kind: .other(
                        type: "mcp_approval_response",
                        ["approval_request_id": "item_ySxW2pjUvBJpwapTXN8Bn", "approve": false, "reason": "not now"]
                    )
                ),
                previousItemID: nil
            ),
            "conversation.item.delete": .conversationItemDelete(itemID: "note_1"),
            "conversation.item.retrieve": .conversationItemRetrieve(itemID: "item_wjuJF0Nu9aea5sEcPUe39"),
            "conversation.item.truncate": .conversationItemTruncate(
                itemID: "item_j6v2cmhMzH2e0Jz7WXBr0",
                contentIndex: 0,
                audioEndMS: 640
            ),
            "input_audio_buffer.append": .inputAudioBufferAppend(silence),
            "input_audio_buffer.clear": .inputAudioBufferClear,
            "input_audio_buffer.commit": .inputAudioBufferCommit,
            "output_audio_buffer.clear": .outputAudioBufferClear,
            "response.cancel": .responseCancel(responseID: nil),
            "response.cancel.by_id": .responseCancel(responseID: "resp_sBakQtI3iV7fs6zupMrLE"),
            "response.create": .responseCreate(textOnly),
            "response.create.empty": .responseCreate(ResponseOverrides()),
            "response.create.full": .responseCreate(full),
        ]
    }()

    @Test("are read as what the samples mean", arguments: try EventSamples.client(.ga))
    func samples(sample: EventSamples.Sample) throws {
        let event = try ClientEvent(sample.event, inputFormat: .pcm)
        if sample.name.hasPrefix("session.update") {
            #expect(event == .sessionUpdate(try #require(sample.event["session"]?.objectValue)))
        } else if let expected = Self.expected[sample.name] {
            #expect(event == expected)
        } else {
            try checkOther(sample, event)
        }
    }

    private func checkOther(_ sample: EventSamples.Sample, _ event: ClientEvent) throws {
        switch (sample.name, event) {
        case ("conversation.item.create.user_audio", .conversationItemCreate(let item, nil)):
            guard case .message(.user, let content) = item.kind else { break }
            #expect(content.contains { if case .inputAudio(Self.silence, _) = $0 { true } else { false } })
            return
        case ("conversation.item.create.user_image", .conversationItemCreate(let item, _)):
            guard case .message(.user, let content) = item.kind else { break }
            #expect(content.first == .inputImage(url: "data:image/png;base64,iVBORw0KGgo=", detail: "low"))
            return
        case ("response.create.out_of_band", .responseCreate(let overrides)):
            #expect(overrides.isOutOfBand)
            #expect(overrides.metadata == ["purpose": "classify"])
            #expect(overrides.input?.first == .reference(id: "item_gVU2ESU9KNr9ujiMwgNZn"))
            return
        default: break
        }
        Issue.record("no expectation for \(sample.name): \(event)")
    }

    @Test("of both dialects are as their schemas say", arguments: Dialect.allCases)
    func samplesAreValid(dialect: Dialect) throws {
        let schema = try #require(EventSamples.clientSchemas.get()[dialect])
        let samples = try EventSamples.client(dialect)
        for sample in samples { #expect(schema.problems(sample.event).isEmpty, "\(sample.name)") }
        #expect(Set(samples.compactMap { $0.event["type"]?.stringValue }) == Set(schema.types))
    }

    // MARK: What is wrong

    static let wrong: [Refusal] = [
        Refusal("{}", "invalid_event", at: nil, "The 'type' field is missing."),
        Refusal(#"{"type":null}"#, "invalid_event", at: nil, "The 'type' field is missing."),
        .type(#"{"type":7}"#, "type", "a string", got: "an integer"),
        .value(#"{"type":"not.an.event"}"#, "type", "Invalid value: 'not.an.event'."),
        .value(
            #"{"type":"transcription_session.update","session":{}}"#,
            "type",
            "Invalid value: 'transcription_session.update'."
        ),
        .type(#"{"type":"response.cancel","event_id":1}"#, "event_id", "a string", got: "an integer"),
        .tooLong(
            #"{"type":"response.cancel","event_id":"\#(String(repeating: "e", count: 513))"}"#,
            "event_id",
            512,
            got: 513
        ),
        .missing(#"{"type":"session.update"}"#, "session"),
        .type(#"{"type":"session.update","session":[]}"#, "session", "an object", got: "an array"),
        .missing(#"{"type":"input_audio_buffer.append"}"#, "audio"),
        .type(#"{"type":"input_audio_buffer.append","audio":1}"#, "audio", "a string", got: "an integer"),
        .missing(#"{"type":"conversation.item.create"}"#, "item"),
        .type(#"{"type":"conversation.item.create","item":"i"}"#, "item", "an object", got: "a string"),
        .type(
            #"{"type":"conversation.item.create","previous_item_id":1,"item":{}}"#,
            "previous_item_id",
            "a string",
            got: "an integer"
        ),
        .missing(#"{"type":"conversation.item.retrieve"}"#, "item_id"),
        .missing(#"{"type":"conversation.item.delete","item_id":null}"#, "item_id"),
        .type(#"{"type":"conversation.item.delete","item_id":1}"#, "item_id", "a string", got: "an integer"),
        .missing(#"{"type":"conversation.item.truncate","content_index":0,"audio_end_ms":1}"#, "item_id"),
        .missing(#"{"type":"conversation.item.truncate","item_id":"i","audio_end_ms":1}"#, "content_index"),
        .missing(#"{"type":"conversation.item.truncate","item_id":"i","content_index":0}"#, "audio_end_ms"),
        .below(
            #"{"type":"conversation.item.truncate","item_id":"i","content_index":0,"audio_end_ms":-11}"#,
            "audio_end_ms",
            "integer",
            "0",
            got: "-11"
        ),
        .below(
            #"{"type":"conversation.item.truncate","item_id":"i","content_index":-1,"audio_end_ms":0}"#,
            "content_index",
            "integer",
            "0",
            got: "-1"
        ),
        .type(
            #"{"type":"conversation.item.truncate","item_id":"i","content_index":0,"audio_end_ms":0.5}"#,
            "audio_end_ms",
            "an integer",
            got: "a decimal"
        ),
        .type(
            #"{"type":"conversation.item.truncate","item_id":"i","content_index":0,"audio_end_ms":1e300}"#,
            "audio_end_ms",
            "an integer",
            got: "a decimal"
        ),
        .type(#"{"type":"response.create","response":"r"}"#, "response", "an object", got: "a string"),
        .type(#"{"type":"response.cancel","response_id":1}"#, "response_id", "a string", got: "an integer"),
    ]

    @Test("are refused by the name of what is wrong", arguments: wrong)
    func refused(refusal: Refusal) throws {
        var event = try object(refusal.input)
        var expected = refusal.error
        if event["event_id"] == nil {
            event["event_id"] = "mine"
            expected.eventID = "mine"
        } else {
            expected.eventID = event["event_id"]?.stringValue
        }
        #expect(throws: expected) { try ClientEvent(event, inputFormat: .pcm) }
    }

    @Test("may have 512 characters in their id")
    func longestEventID() throws {
        let id = String(repeating: "😀", count: 512)
        #expect(try Self.event(#"{"type":"response.cancel","event_id":"\#(id)"}"#) == .responseCancel(responseID: nil))
    }

    // MARK: Audio

    /// Texts that are no audio, and for which formats.
    static let badAudio: [(String, AudioFormat)] = [
        ("%%%", .pcm), ("AAA", .pcm), ("AAAA=", .pcm), ("AA-A", .pcm), ("AA_A", .pcm), ("AA A", .pcm), ("AAA\\n", .pcm),
        ("A===", .pcm), ("====", .pcm), ("AA=A", .pcm), ("=AAA", .pcm), ("AAA=AAAA", .pcm), ("ÄAA", .pcm),
        // One byte, and three: no whole samples of 16 bits.
        ("AA==", .pcm), ("AAAA", .pcm), ("%%%%", .pcmu), ("A", .pcma),
    ]

    @Test("with audio that is none are refused", arguments: badAudio)
    func refusedAudio(text: String, format: AudioFormat) {
        #expect(throws: RealtimeError.invalidAudio("audio", format: format)) {
            try Self.event(#"{"type":"input_audio_buffer.append","audio":"\#(text)"}"#, format)
        }
    }

    @Test(
        "with audio carry its bytes",
        arguments: [
            ("", AudioFormat.pcm, [UInt8]()), ("AQI=", .pcm, [1, 2]), ("AQ==", .pcmu, [1]),
            ("/+8=", .pcm, [0xFF, 0xEF]),
            ("\\/\\u002B8=", .pcm, [0xFF, 0xEF]),
        ]
    )
    func acceptedAudio(text: String, format: AudioFormat, bytes: [UInt8]) throws {
        #expect(
            try Self.event(#"{"type":"input_audio_buffer.append","audio":"\#(text)"}"#, format)
                == .inputAudioBufferAppend(ByteBuffer(bytes: bytes))
        )
    }

    @Test("carry at most 15 MiB of base64")
    func longestAppend() throws {
        let maximum = ClientEvent.maximumAppendLength
        let longest = String(repeating: "AAAAAAAA", count: maximum / 8)
        let event = try ClientEvent(
            ["type": "input_audio_buffer.append", "audio": .string(longest)],
            inputFormat: .pcm
        )
        #expect(event == .inputAudioBufferAppend(ByteBuffer(repeating: 0, count: maximum / 4 * 3)))
        #expect(
            throws: RealtimeError(
                code: "invalid_value",
                message: "Invalid 'audio': expected at most 15 MiB of base64, but got \(maximum + 8) bytes. "
                    + "Send it in several events.",
                param: "audio"
            )
        ) {
            try ClientEvent(
                ["type": "input_audio_buffer.append", "audio": .string(longest + "AAAAAAAA")],
                inputFormat: .pcm
            )
        }
    }
}
