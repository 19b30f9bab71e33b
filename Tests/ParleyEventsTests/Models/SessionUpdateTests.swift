// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyEvents
import Testing

@Suite("session.update")
struct SessionUpdateTests {
    static let path = "session.audio.input"
    static let detection = "session.audio.input.turn_detection"
    static let vad = #""type":"server_vad","#

    static func input(_ members: String) -> String { #"{"type":"realtime","audio":{"input":{\#(members)}}}"# }
    static func detection(_ members: String) -> String { input(#""turn_detection":{\#(members)}"#) }
    static func output(_ members: String) -> String { #"{"type":"realtime","audio":{"output":{\#(members)}}}"# }
    static func top(_ members: String) -> String { #"{"type":"realtime",\#(members)}"# }

    private static func session(_ kind: Session.Kind = .realtime) -> Session {
        Session(kind: kind, id: "sess_1", model: "gpt-realtime", expiresAt: 1)
    }

    // MARK: What is wrong

    static let wrongAtTheTop: [Refusal] = [
        .missing("{}", "session.type"),
        .missing(#"{"type":null}"#, "session.type"),
        .type(#"{"type":1}"#, "session.type", "a string", got: "an integer"),
        .value(
            #"{"type":"other"}"#,
            "session.type",
            "Invalid value: 'other'. Supported values are: 'realtime' and 'transcription'."
        ),
        Refusal(
            #"{"type":"transcription"}"#,
            "invalid_parameter",
            at: nil,
            "Passing a transcription session update event to a realtime session is not allowed."
        ),
        .unknown(top(#""temperature":0.8"#), "session.temperature"),
        .unknown(top(#""voice":"alloy""#), "session.voice"),
        .unknown(top(#""modalities":["text"]"#), "session.modalities"),
        .type(top(#""model":1"#), "session.model", "a string", got: "an integer"),
        .value(
            top(#""model":"gpt-4o""#),
            "session.model",
            "Invalid 'session.model': the model of a session cannot be changed. "
                + "This session uses 'gpt-realtime'; open another connection for 'gpt-4o'."
        ),
        .type(top(#""instructions":["a"]"#), "session.instructions", "a string", got: "an array"),
        .type(top(#""output_modalities":"text""#), "session.output_modalities", "an array", got: "a string"),
        .type(top(#""output_modalities":[1]"#), "session.output_modalities[0]", "a string", got: "an integer"),
        .value(
            top(#""output_modalities":["video"]"#),
            "session.output_modalities[0]",
            "Invalid value: 'video'. Supported values are: 'audio' and 'text'."
        ),
        .value(
            top(#""output_modalities":["audio","text"]"#),
            "session.output_modalities",
            "Invalid modalities: ['audio', 'text']. Supported combinations are: ['text'] and ['audio']."
        ),
        .value(
            top(#""output_modalities":[]"#),
            "session.output_modalities",
            "Invalid modalities: []. Supported combinations are: ['text'] and ['audio']."
        ),
        .type(top(#""max_output_tokens":true"#), "session.max_output_tokens", "an integer", got: "a boolean"),
        .type(top(#""max_output_tokens":1.5"#), "session.max_output_tokens", "an integer", got: "a decimal"),
        .value(
            top(#""max_output_tokens":"all""#),
            "session.max_output_tokens",
            "Invalid value: 'all'. Value must be 'inf'."
        ),
        .below(top(#""max_output_tokens":0"#), "session.max_output_tokens", "integer", "1", got: "0"),
        .above(top(#""max_output_tokens":4097"#), "session.max_output_tokens", "integer", "4096", got: "4097"),
        .type(top(#""audio":[]"#), "session.audio", "an object", got: "an array"),
        .unknown(top(#""audio":{"voice":"alloy"}"#), "session.audio.voice"),
    ]

    static let wrongTools: [Refusal] = [
        .type(top(#""tools":{}"#), "session.tools", "an array", got: "an object"),
        .type(top(#""tools":["f"]"#), "session.tools[0]", "an object", got: "a string"),
        .missing(top(#""tools":[{"name":"f"}]"#), "session.tools[0].type"),
        .value(
            top(#""tools":[{"type":"code"}]"#),
            "session.tools[0].type",
            "Invalid value: 'code'. Supported values are: 'function' and 'mcp'."
        ),
        .missing(top(#""tools":[{"type":"function","function":{"name":"f"}}]"#), "session.tools[0].name"),
        .tooLong(
            top(#""tools":[{"type":"function","name":"\#(String(repeating: "n", count: 65))"}]"#),
            "session.tools[0].name",
            64,
            got: 65
        ),
        .type(
            top(#""tools":[{"type":"function","name":"f","description":1}]"#),
            "session.tools[0].description",
            "a string",
            got: "an integer"
        ),
        .type(
            top(#""tools":[{"type":"function","name":"f","parameters":"{}"}]"#),
            "session.tools[0].parameters",
            "an object",
            got: "a string"
        ),
        .missing(
            top(#""tools":[{"type":"function","name":"f"},{"type":"mcp"}]"#),
            "session.tools[1].server_label"
        ),
        .value(
            top(
                #""tools":[\#(Array(repeating: #"{"type":"function","name":"f"}"#, count: 129).joined(separator: ","))]"#
            ),
            "session.tools",
            "Invalid 'session.tools': expected at most 128 tools, but got 129."
        ),
        .value(
            top(#""tool_choice":"any""#),
            "session.tool_choice",
            "Invalid value: 'any'. Supported values are: 'auto', 'none', and 'required'."
        ),
        .type(top(#""tool_choice":1"#), "session.tool_choice", "an object", got: "an integer"),
        .missing(top(#""tool_choice":{}"#), "session.tool_choice.type"),
        .missing(top(#""tool_choice":{"type":"function"}"#), "session.tool_choice.name"),
        .missing(top(#""tool_choice":{"type":"mcp"}"#), "session.tool_choice.server_label"),
        .value(
            top(#""tool_choice":{"type":"auto"}"#),
            "session.tool_choice.type",
            "Invalid value: 'auto'. Supported values are: 'function' and 'mcp'."
        ),
    ]

    static let wrongPassedOn: [Refusal] = [
        .type(top(#""include":"x""#), "session.include", "an array", got: "a string"),
        .value(
            top(#""include":["x"]"#),
            "session.include[0]",
            "Invalid value: 'x'. Value must be 'item.input_audio_transcription.logprobs'."
        ),
        .value(
            top(#""truncation":"off""#),
            "session.truncation",
            "Invalid value: 'off'. Supported values are: 'auto' and 'disabled'."
        ),
        .type(top(#""truncation":true"#), "session.truncation", "an object", got: "a boolean"),
        .missing(top(#""truncation":{}"#), "session.truncation.type"),
        .value(
            top(#""truncation":{"type":"auto"}"#),
            "session.truncation.type",
            "Invalid value: 'auto'. Value must be 'retention_ratio'."
        ),
        .missing(top(#""truncation":{"type":"retention_ratio"}"#), "session.truncation.retention_ratio"),
        .above(
            top(#""truncation":{"type":"retention_ratio","retention_ratio":1.1}"#),
            "session.truncation.retention_ratio",
            "decimal",
            "1",
            got: "1.1"
        ),
        .below(
            top(
                #""truncation":{"type":"retention_ratio","retention_ratio":1,"token_limits":{"post_instructions":-1}}"#
            ),
            "session.truncation.token_limits.post_instructions",
            "integer",
            "0",
            got: "-1"
        ),
        .unknown(
            top(#""truncation":{"type":"retention_ratio","retention_ratio":1,"ratio":1}"#),
            "session.truncation.ratio"
        ),
        .value(top(#""tracing":"on""#), "session.tracing", "Invalid value: 'on'. Value must be 'auto'."),
        .type(top(#""tracing":1"#), "session.tracing", "an object", got: "an integer"),
        .type(
            top(#""tracing":{"workflow_name":1}"#),
            "session.tracing.workflow_name",
            "a string",
            got: "an integer"
        ),
        .type(top(#""tracing":{"metadata":"m"}"#), "session.tracing.metadata", "an object", got: "a string"),
        .unknown(top(#""tracing":{"group":"g"}"#), "session.tracing.group"),
        .missing(top(#""prompt":{}"#), "session.prompt.id"),
        .type(top(#""prompt":{"id":"p","variables":[]}"#), "session.prompt.variables", "an object", got: "an array"),
        .unknown(top(#""prompt":{"id":"p","text":""}"#), "session.prompt.text"),
        .value(
            top(#""reasoning":{"effort":"most"}"#),
            "session.reasoning.effort",
            "Invalid value: 'most'. Supported values are: 'minimal', 'low', 'medium', 'high', and 'xhigh'."
        ),
        .unknown(top(#""reasoning":{"summary":"auto"}"#), "session.reasoning.summary"),
        .type(
            top(#""parallel_tool_calls":"yes""#),
            "session.parallel_tool_calls",
            "a boolean",
            got: "a string"
        ),
    ]

    static let wrongInput: [Refusal] = [
        .unknown(input(#""voice":"alloy""#), "\(path).voice"),
        .type(input(#""format":"pcm16""#), "\(path).format", "an object", got: "a string"),
        .missing(input(#""format":{}"#), "\(path).format.type"),
        .value(
            input(#""format":{"type":"pcm16"}"#),
            "\(path).format.type",
            "Invalid value: 'pcm16'. Supported values are: 'audio/pcm', 'audio/pcmu', and 'audio/pcma'."
        ),
        .value(
            input(#""format":{"type":"audio/pcm","rate":16000}"#),
            "\(path).format.rate",
            "Invalid value: '16000'. Value must be '24000'."
        ),
        .unknown(input(#""format":{"type":"audio/pcm","channels":1}"#), "\(path).format.channels"),
        .type(input(#""transcription":"whisper-1""#), "\(path).transcription", "an object", got: "a string"),
        .type(input(#""transcription":{"model":1}"#), "\(path).transcription.model", "a string", got: "an integer"),
        .type(
            input(#""transcription":{"keywords":"a"}"#),
            "\(path).transcription.keywords",
            "an array",
            got: "a string"
        ),
        .type(
            input(#""transcription":{"languages":[1]}"#),
            "\(path).transcription.languages[0]",
            "a string",
            got: "an integer"
        ),
        .value(
            input(#""transcription":{"delay":"none"}"#),
            "\(path).transcription.delay",
            "Invalid value: 'none'. Supported values are: 'minimal', 'low', 'medium', 'high', and 'xhigh'."
        ),
        .unknown(input(#""transcription":{"temperature":0}"#), "\(path).transcription.temperature"),
        .type(input(#""noise_reduction":"near_field""#), "\(path).noise_reduction", "an object", got: "a string"),
        .missing(input(#""noise_reduction":{}"#), "\(path).noise_reduction.type"),
        .missing(input(#""noise_reduction":{"type":null}"#), "\(path).noise_reduction.type"),
        .value(
            input(#""noise_reduction":{"type":"auto"}"#),
            "\(path).noise_reduction.type",
            "Invalid value: 'auto'. Supported values are: 'near_field' and 'far_field'."
        ),
        .above(
            input(#""noise_reduction":{"type":"near_field","strength":2}"#),
            "\(path).noise_reduction.strength",
            "decimal",
            "1",
            got: "2"
        ),
        .unknown(
            input(#""noise_reduction":{"type":"near_field","level":1}"#),
            "\(path).noise_reduction.level"
        ),
    ]

    static let wrongDetection: [Refusal] = [
        .type(input(#""turn_detection":"server_vad""#), detection, "an object", got: "a string"),
        .missing(detection(""), "\(detection).type"),
        .value(
            detection(#""type":"vad""#),
            "\(detection).type",
            "Invalid value: 'vad'. Supported values are: 'server_vad' and 'semantic_vad'."
        ),
        .type(detection(vad + #""threshold":"high""#), "\(detection).threshold", "a decimal", got: "a string"),
        .below(detection(vad + #""threshold":-0.1"#), "\(detection).threshold", "decimal", "0", got: "-0.1"),
        .above(detection(vad + #""threshold":1.01"#), "\(detection).threshold", "decimal", "1", got: "1.01"),
        .below(
            detection(vad + #""prefix_padding_ms":-1"#),
            "\(detection).prefix_padding_ms",
            "integer",
            "0",
            got: "-1"
        ),
        .type(
            detection(vad + #""silence_duration_ms":200.5"#),
            "\(detection).silence_duration_ms",
            "an integer",
            got: "a decimal"
        ),
        .below(
            detection(vad + #""idle_timeout_ms":4999"#),
            "\(detection).idle_timeout_ms",
            "integer",
            "5000",
            got: "4999"
        ),
        .above(
            detection(vad + #""idle_timeout_ms":30001"#),
            "\(detection).idle_timeout_ms",
            "integer",
            "30000",
            got: "30001"
        ),
        .type(
            detection(vad + #""create_response":"yes""#),
            "\(detection).create_response",
            "a boolean",
            got: "a string"
        ),
        .type(
            detection(vad + #""interrupt_response":1"#),
            "\(detection).interrupt_response",
            "a boolean",
            got: "an integer"
        ),
        .unknown(detection(vad + #""eagerness":"low""#), "\(detection).eagerness"),
        .unknown(detection(#""type":"semantic_vad","threshold":0.5"#), "\(detection).threshold"),
        .value(
            detection(#""type":"semantic_vad","eagerness":"eager""#),
            "\(detection).eagerness",
            "Invalid value: 'eager'. Supported values are: 'low', 'medium', 'high', and 'auto'."
        ),
    ]

    static let wrongOutput: [Refusal] = [
        .unknown(output(#""rate":1"#), "session.audio.output.rate"),
        .value(
            output(#""format":{"type":"audio/mp3"}"#),
            "session.audio.output.format.type",
            "Invalid value: 'audio/mp3'. Supported values are: 'audio/pcm', 'audio/pcmu', and 'audio/pcma'."
        ),
        .type(output(#""voice":1"#), "session.audio.output.voice", "an object", got: "an integer"),
        .missing(output(#""voice":{}"#), "session.audio.output.voice.id"),
        .type(output(#""speed":"fast""#), "session.audio.output.speed", "a decimal", got: "a string"),
        .below(output(#""speed":0.2"#), "session.audio.output.speed", "decimal", "0.25", got: "0.2"),
        .above(output(#""speed":2.0"#), "session.audio.output.speed", "decimal", "1.5", got: "2.0"),
    ]

    static let wrong = [wrongAtTheTop, wrongTools, wrongPassedOn, wrongInput, wrongDetection, wrongOutput]
        .flatMap { $0 }

    @Test("a wrong member is named, and nothing changes", arguments: wrong)
    func refused(refusal: Refusal) throws {
        var session = Self.session()
        session.instructions = "before"
        var update = try object(refusal.input)
        // What comes before the wrong member must not hold either.
        if update["type"] != nil, update["instructions"] == nil { update["instructions"] = "after" }
        let before = session
        #expect(throws: refusal.error) { try session.apply(update, audioWasProduced: false) }
        #expect(session == before)
    }
}
