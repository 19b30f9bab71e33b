// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyEvents
import Testing

/// Something that is accepted, and what the session then shows.
struct Acceptance: Sendable, CustomTestStringConvertible {
    let update: String
    let path: [String]
    let shown: JSON

    var testDescription: String { update }

    init(_ update: String, _ path: String, _ shown: JSON) {
        self.update = update
        self.path = path.split(separator: ".").map(String.init)
        self.shown = shown
    }
}

@Suite("A session takes over")
struct SessionMergeTests {
    private typealias Text = SessionUpdateTests

    private static func session(_ kind: Session.Kind = .realtime) -> Session {
        Session(kind: kind, id: "sess_1", model: "gpt-realtime", expiresAt: 1)
    }

    private static func shown(_ session: Session, _ path: [String]) -> JSON? {
        path.reduce(.object(session.object)) { $0?[$1] }
    }

    static let good: [Acceptance] = [
        Acceptance(Text.top(#""model":"gpt-realtime""#), "model", "gpt-realtime"),
        Acceptance(Text.top(#""id":"x","object":"y","expires_at":9"#), "id", "sess_1"),
        Acceptance(Text.top(#""instructions":"Be brief.""#), "instructions", "Be brief."),
        Acceptance(Text.top(#""output_modalities":["text"]"#), "output_modalities", ["text"]),
        Acceptance(Text.top(#""max_output_tokens":1"#), "max_output_tokens", 1),
        Acceptance(Text.top(#""max_output_tokens":4096"#), "max_output_tokens", 4096),
        Acceptance(Text.top(#""max_output_tokens":"inf""#), "max_output_tokens", "inf"),
        Acceptance(Text.top(#""tool_choice":"required""#), "tool_choice", "required"),
        Acceptance(
            Text.top(#""tool_choice":{"type":"function","name":"f"}"#),
            "tool_choice",
            ["type": "function", "name": "f"]
        ),
        Acceptance(
            Text.top(#""tool_choice":{"type":"mcp","server_label":"s","name":"f"}"#),
            "tool_choice",
            ["type": "mcp", "server_label": "s", "name": "f"]
        ),
        Acceptance(
            Text.top(#""tools":[{"type":"function","name":"f","description":"d","parameters":{"x-own":[1]}}]"#),
            "tools",
            [["type": "function", "name": "f", "description": "d", "parameters": ["x-own": [1]]]]
        ),
        Acceptance(
            Text.top(#""tools":[{"type":"function","name":"f","parameters":null}]"#),
            "tools",
            [["type": "function", "name": "f"]]
        ),
        Acceptance(
            Text.top(#""include":["item.input_audio_transcription.logprobs"]"#),
            "include",
            ["item.input_audio_transcription.logprobs"]
        ),
        Acceptance(Text.top(#""truncation":"disabled""#), "truncation", "disabled"),
        Acceptance(
            Text.top(#""truncation":{"type":"retention_ratio","retention_ratio":0.8}"#),
            "truncation",
            ["type": "retention_ratio", "retention_ratio": 0.8]
        ),
        Acceptance(Text.top(#""tracing":"auto""#), "tracing", "auto"),
        Acceptance(Text.top(#""tracing":{"group_id":"g"}"#), "tracing", ["group_id": "g"]),
        Acceptance(Text.top(#""prompt":{"id":"p","version":"2"}"#), "prompt", ["id": "p", "version": "2"]),
        Acceptance(Text.top(#""reasoning":{"effort":"low"}"#), "reasoning", ["effort": "low"]),
        Acceptance(Text.top(#""parallel_tool_calls":false"#), "parallel_tool_calls", false),
        Acceptance(
            Text.input(#""format":{"type":"audio/pcm"}"#),
            "audio.input.format",
            ["type": "audio/pcm", "rate": 24000]
        ),
        Acceptance(Text.input(#""format":{"type":"audio/pcmu"}"#), "audio.input.format", ["type": "audio/pcmu"]),
        Acceptance(
            Text.input(#""format":{"type":"audio/pcma","rate":8000}"#),
            "audio.input.format",
            ["type": "audio/pcma"]
        ),
        Acceptance(
            Text.input(#""transcription":{"model":"gpt-transcribe","keywords":["Oslo"],"delay":"low"}"#),
            "audio.input.transcription",
            ["model": "gpt-transcribe", "language": nil, "prompt": nil, "keywords": ["Oslo"], "delay": "low"]
        ),
        Acceptance(
            Text.input(#""noise_reduction":{"type":"far_field","strength":0.5}"#),
            "audio.input.noise_reduction",
            ["type": "far_field", "strength": 0.5]
        ),
        Acceptance(Text.input(#""turn_detection":null"#), "audio.input.turn_detection", nil),
        Acceptance(
            Text.detection(#""type":"semantic_vad","eagerness":"low","create_response":false"#),
            "audio.input.turn_detection",
            ["type": "semantic_vad", "eagerness": "low", "create_response": false, "interrupt_response": true]
        ),
        Acceptance(
            Text.detection(#""type":"server_vad","threshold":1,"prefix_padding_ms":0,"idle_timeout_ms":5000"#),
            "audio.input.turn_detection",
            [
                "type": "server_vad", "threshold": 1, "prefix_padding_ms": 0, "silence_duration_ms": 200,
                "idle_timeout_ms": 5000, "create_response": true, "interrupt_response": true,
            ]
        ),
        Acceptance(Text.output(#""voice":"cedar""#), "audio.output.voice", "cedar"),
        Acceptance(Text.output(#""voice":{"id":"voice_1"}"#), "audio.output.voice", "voice_1"),
        Acceptance(Text.output(#""speed":0.25"#), "audio.output.speed", 0.25),
        Acceptance(Text.output(#""speed":1.5"#), "audio.output.speed", 1.5),
        Acceptance(Text.output(#""format":{"type":"audio/pcma"}"#), "audio.output.format", ["type": "audio/pcma"]),
    ]

    @Test("every member that is right", arguments: good)
    func accepted(acceptance: Acceptance) throws {
        var session = Self.session()
        try session.apply(try object(acceptance.update), audioWasProduced: false)
        #expect(Self.shown(session, acceptance.path) == acceptance.shown)
    }

    /// What a second update leaves of the first.
    struct Merge: Sendable, CustomTestStringConvertible {
        let first: String
        let second: String
        let path: [String]
        let shown: JSON

        var testDescription: String { "\(first) then \(second)" }

        init(_ first: String, then second: String, _ path: String, _ shown: JSON) {
            self.first = first
            self.second = second
            self.path = path.split(separator: ".").map(String.init)
            self.shown = shown
        }
    }

    static let merges: [Merge] = [
        Merge(Text.top(#""instructions":"a""#), then: Text.top(#""tools":[]"#), "instructions", "a"),
        Merge(Text.top(#""instructions":"a""#), then: Text.top(#""instructions":"""#), "instructions", ""),
        Merge(
            Text.top(#""tools":[{"type":"function","name":"f"}]"#),
            then: Text.top(#""tools":[{"type":"function","name":"g"}]"#),
            "tools",
            [["type": "function", "name": "g"]]
        ),
        Merge(Text.top(#""tools":[{"type":"function","name":"f"}]"#), then: Text.top(#""tools":[]"#), "tools", []),
        Merge(Text.output(#""voice":"sage""#), then: Text.output(#""speed":1.2"#), "audio.output.voice", "sage"),
        Merge(
            Text.output(#""voice":"sage""#),
            then: Text.input(#""turn_detection":null"#),
            "audio.output.voice",
            "sage"
        ),
        Merge(
            Text.input(#""transcription":{"model":"m","language":"de"}"#),
            then: Text.input(#""transcription":{"model":"n"}"#),
            "audio.input.transcription",
            ["model": "n", "language": nil, "prompt": nil]
        ),
        Merge(
            Text.input(#""transcription":{"model":"m"}"#),
            then: Text.input(#""transcription":null"#),
            "audio.input.transcription",
            nil
        ),
        Merge(
            Text.detection(#""type":"server_vad","threshold":0.9"#),
            then: Text.detection(#""type":"server_vad""#),
            "audio.input.turn_detection.threshold",
            0.5
        ),
        Merge(
            Text.input(#""noise_reduction":{"type":"near_field","strength":0.3}"#),
            then: Text.input(#""noise_reduction":{"type":"far_field"}"#),
            "audio.input.noise_reduction",
            ["type": "far_field", "strength": 0.3]
        ),
        Merge(
            Text.input(#""noise_reduction":{"type":"near_field"}"#),
            then: Text.input(#""noise_reduction":{"strength":0.3}"#),
            "audio.input.noise_reduction",
            ["type": "near_field", "strength": 0.3]
        ),
        Merge(
            Text.input(#""noise_reduction":{"type":"near_field"}"#),
            then: Text.input(#""noise_reduction":null"#),
            "audio.input.noise_reduction",
            nil
        ),
        Merge(
            Text.top(#""truncation":{"type":"retention_ratio","retention_ratio":0.8}"#),
            then: Text.top(#""truncation":"auto""#),
            "truncation",
            "auto"
        ),
        Merge(
            Text.top(#""prompt":{"id":"p","version":"1"}"#),
            then: Text.top(#""prompt":{"id":"q"}"#),
            "prompt",
            ["id": "q"]
        ),
    ]

    @Test("member by member, or whole where the reference says so", arguments: merges)
    func merged(merge: Merge) throws {
        var session = Self.session()
        try session.apply(try object(merge.first), audioWasProduced: false)
        try session.apply(try object(merge.second), audioWasProduced: false)
        #expect(Self.shown(session, merge.path) == merge.shown)
    }

    @Test("an update without members, which changes nothing", arguments: Session.Kind.allCases)
    func empty(kind: Session.Kind) throws {
        var session = Self.session(kind)
        try session.apply(["type": .string(kind.rawValue)], audioWasProduced: true, isResponding: true)
        #expect(session == Self.session(kind))
    }

    @Test("tracing once, and then no other")
    func tracingIsLocked() throws {
        var session = Self.session()
        try session.apply(try object(Text.top(#""tracing":"auto""#)), audioWasProduced: false)
        try session.apply(try object(Text.top(#""tracing":"auto""#)), audioWasProduced: false)
        for change in [#""tracing":null"#, #""tracing":{"group_id":"g"}"#] {
            #expect(
                throws: RealtimeError(
                    code: "invalid_value",
                    message: "Invalid 'session.tracing': tracing cannot be changed once it is on.",
                    param: "session.tracing"
                )
            ) {
                try session.apply(try object(Text.top(change)), audioWasProduced: false)
            }
        }
    }

    @Test("a voice that it has, but no other one once it has spoken")
    func voiceIsLocked() throws {
        var session = Self.session()
        try session.apply(try object(Text.output(#""voice":"alloy""#)), audioWasProduced: true)
        #expect(
            throws: RealtimeError(
                code: "cannot_update_voice",
                message: "Cannot update a conversation's voice if assistant audio is present."
            )
        ) {
            try session.apply(try object(Text.output(#""voice":"sage""#)), audioWasProduced: true)
        }
    }

    @Test("a speed that it has, but no other one while it speaks")
    func speedIsLocked() throws {
        var session = Self.session()
        try session.apply(try object(Text.output(#""speed":1"#)), audioWasProduced: true, isResponding: true)
        #expect(
            throws: RealtimeError(
                code: "invalid_value",
                message: "Invalid 'session.audio.output.speed': the speed cannot change during a response. "
                    + "Wait for response.done.",
                param: "session.audio.output.speed"
            )
        ) {
            try session.apply(try object(Text.output(#""speed":1.1"#)), audioWasProduced: true, isResponding: true)
        }
    }
}

@Suite("A transcription session")
struct TranscriptionSessionTests {
    private static func session() -> Session {
        Session(kind: .transcription, id: "sess_1", model: "m", expiresAt: 1)
    }

    static let wrong: [Refusal] = [
        Refusal(
            #"{"type":"realtime"}"#,
            "invalid_parameter",
            at: nil,
            "Passing a realtime session update event to a transcription session is not allowed."
        ),
        .unknown(#"{"type":"transcription","model":"m"}"#, "session.model"),
        .unknown(#"{"type":"transcription","instructions":""}"#, "session.instructions"),
        .unknown(#"{"type":"transcription","audio":{"output":{}}}"#, "session.audio.output"),
        .value(
            #"{"type":"transcription","include":["x"]}"#,
            "session.include[0]",
            "Invalid value: 'x'. Value must be 'item.input_audio_transcription.logprobs'."
        ),
    ]

    @Test("refuses what it does not have", arguments: wrong)
    func refused(refusal: Refusal) throws {
        var session = Self.session()
        #expect(throws: refusal.error) {
            try session.apply(try object(refusal.input), audioWasProduced: false)
        }
        #expect(session == Self.session())
    }

    @Test("shows its input and nothing of responses")
    func shown() throws {
        var session = Self.session()
        try session.apply(
            try object(
                """
                {"type":"transcription","id":"sess_1","audio":{"input":{"transcription":{"model":"m"},
                "turn_detection":{"type":"server_vad","create_response":true}}},
                "include":["item.input_audio_transcription.logprobs"]}
                """
            ),
            audioWasProduced: false
        )
        #expect(
            session.object == [
                "type": "transcription", "object": "realtime.transcription_session", "id": "sess_1", "expires_at": 1,
                "audio": [
                    "input": [
                        "format": ["type": "audio/pcm", "rate": 24000],
                        "transcription": ["model": "m", "language": nil, "prompt": nil], "noise_reduction": nil,
                        "turn_detection": [
                            "type": "server_vad", "threshold": 0.5, "prefix_padding_ms": 300,
                            "silence_duration_ms": 200, "idle_timeout_ms": nil,
                        ],
                    ]
                ],
                "include": ["item.input_audio_transcription.logprobs"],
            ]
        )
    }
}
