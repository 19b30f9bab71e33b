// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyEvents

/// The session and its changes (protocol reference, sections 4.1, 4.2, 7.1 and 7.2).
enum SessionChecks {
    static let all = [
        Check(
            "session.created-first",
            "session.created comes first, unprompted, and alone",
            source: "7.1 Connect",
            run: createdFirst
        ),
        Check("session.members", "session.created holds the full configuration", source: "4 Data model", run: members),
        Check("session.echo", "session.updated reports what was set", source: "7.2 session.update", run: echo),
        Check(
            "session.full-after-update",
            "session.updated holds the full configuration",
            source: "7.2 session.update",
            run: fullAfterUpdate
        ),
        Check("session.merge", "Members left out stay as they are", source: "4.1 Session, merge rule", run: merge),
        Check(
            "session.early-update",
            "session.update sent before session.created is read is handled after it",
            source: "5 Client events, session.update",
            run: early
        ),
        Check(
            "session.null-turn-detection",
            "null switches turn detection off, an object on again",
            source: "3 Conventions, absent, null, value",
            run: turnDetection
        ),
        Check(
            "session.null-transcription",
            "null switches input transcription off",
            source: "3 Conventions, absent, null, value",
            run: transcription
        ),
        Check(
            "session.empty-instructions",
            "An empty string clears the instructions",
            source: "3 Conventions, absent, null, value",
            run: instructions
        ),
        Check(
            "session.tools",
            "Function tools come back whole; an empty array clears them",
            source: "4.7 Tools",
            run: tools
        ),
        Check(
            "session.tool-choice",
            "All forms of tool_choice are taken",
            source: "4.1 Session, tool_choice",
            run: toolChoice
        ),
        Check("session.formats", "All three audio formats can be set", source: "4.4 Audio formats", run: formats),
        Check(
            "session.modalities",
            "Text only and audio can be set",
            source: "4.1 Session, output_modalities",
            run: modalities
        ),
        Check(
            "session.max-tokens",
            "A number and inf limit the tokens",
            source: "10 Limits and constants",
            run: maxTokens
        ),
        Check(
            "session.vad-defaults",
            "A turn detection object takes defaults for what it leaves out",
            source: "4.5 Turn detection",
            run: detectionDefaults
        ),
        Check(
            "session.same-model",
            "Naming the model that is in use is fine",
            source: "4.1 Session, model",
            run: sameModel
        ),
        Check(
            "session.voice-lock",
            "The voice is locked once there is audio",
            source: "4.1 Session, voice",
            run: voiceLock
        ),
        Check(
            "session.temperature",
            "The beta dialect has a temperature",
            in: [.beta],
            source: "4.2 Session, beta",
            run: temperature
        ),
    ]

    static func createdFirst(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.open()
        try await dialogue.requireQuiet("nothing after session.created until the client acts")
    }

    static func members(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.open()
        try requireFull(dialogue)
    }

    static func echo(_ scene: Scene) async throws(CheckStop) {
        let values: SessionValues = [(.instructions, "Answer in one sentence."), (.turnDetection, nil)]
        let dialogue = try await scene.open(values)
        for (member, value) in values { try dialogue.requireReported(member, value) }
    }

    static func fullAfterUpdate(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.open([(.instructions, "Answer in one sentence.")])
        try requireFull(dialogue)
    }

    static func merge(_ scene: Scene) async throws(CheckStop) {
        let format = scene.vocabulary.format(.muLaw)
        let dialogue = try await scene.open([(.instructions, "Answer in one sentence."), (.inputFormat, format)])
        let voice = dialogue.reported(.voice)
        try await dialogue.update([(.turnDetection, nil)])
        try dialogue.requireReported(.instructions, "Answer in one sentence.")
        try dialogue.requireReported(.inputFormat, format)
        try dialogue.requireReported(.turnDetection, nil)
        if let voice { try dialogue.requireReported(.voice, voice) }
    }

    static func early(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.connect()
        try await dialogue.send([
            "type": "session.update", "session": .object(.session([(.instructions, "Early.")], in: scene.dialect)),
        ])
        try await dialogue.readOpening()
        _ = try await dialogue.expect("session.updated")
        try dialogue.requireReported(.instructions, "Early.")
    }

    static func turnDetection(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.open([(.turnDetection, nil)])
        try dialogue.requireReported(.turnDetection, nil)
        try await dialogue.update([(.turnDetection, ["type": "server_vad"])])
        let type = dialogue.reported(.turnDetection)?["type"]
        try scene.require(type == "server_vad", "turn_detection of type server_vad", came: type?.text ?? "none")
    }

    static func transcription(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.open([(.transcription, ["model": "whisper-1"])])
        let model = dialogue.reported(.transcription)?["model"]
        try scene.require(
            model == "whisper-1",
            "transcription with the model that was set",
            came: model?.text ?? "none"
        )
        try await dialogue.update([(.transcription, nil)])
        try dialogue.requireReported(.transcription, nil)
    }

    static func instructions(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.open([(.instructions, "Something.")])
        try await dialogue.update([(.instructions, "")])
        try dialogue.requireReported(.instructions, "")
    }

    static func tools(_ scene: Scene) async throws(CheckStop) {
        let tool = FunctionChecks.tool
        let dialogue = try await scene.open([(.tools, [tool])])
        try dialogue.requireReported(.tools, [tool])
        try await dialogue.update([(.tools, [])])
        try dialogue.requireReported(.tools, [])
    }

    static func toolChoice(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.open([(.tools, [FunctionChecks.tool])])
        let choices: [JSON] = ["none", "required", ["type": "function", "name": "get_weather"], "auto"]
        for choice in choices {
            try await dialogue.update([(.toolChoice, choice)])
            try dialogue.requireReported(.toolChoice, choice)
        }
    }

    static func formats(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.open()
        for encoding in [AudioEncoding.muLaw, .aLaw, .pcm] {
            let format = scene.vocabulary.format(encoding)
            try await dialogue.update([(.inputFormat, format), (.outputFormat, format)])
            try dialogue.requireReported(.inputFormat, format)
            try dialogue.requireReported(.outputFormat, format)
        }
    }

    static func modalities(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.open([(.modalities, scene.vocabulary.textOnly)])
        try dialogue.requireReported(.modalities, scene.vocabulary.textOnly)
        try await dialogue.update([(.modalities, scene.vocabulary.audible)])
        // Captures of the beta show both orders.
        let reported = Set(dialogue.reported(.modalities)?.arrayValue?.compactMap(\.stringValue) ?? [])
        let wanted: Set<String> = scene.dialect == .ga ? ["audio"] : ["audio", "text"]
        try scene.require(reported == wanted, "modalities \(wanted.sorted())", came: "\(reported.sorted())")
    }

    static func maxTokens(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.open()
        for limit: JSON in [4096, 1, "inf"] {
            try await dialogue.update([(.maxTokens, limit)])
            try dialogue.requireReported(.maxTokens, limit)
        }
    }

    static func detectionDefaults(_ scene: Scene) async throws(CheckStop) {
        let detection: JSON = ["type": "server_vad", "threshold": 0.9]
        let dialogue = try await scene.open([(.turnDetection, detection)])
        let reported = dialogue.reported(.turnDetection)
        let isRight =
            reported?["threshold"]?.doubleValue == 0.9 && reported?["prefix_padding_ms"]?.intValue != nil
            && reported?["silence_duration_ms"]?.intValue != nil
            && reported?["create_response"]?.boolValue == true
        try scene.require(
            isRight,
            "threshold as set, the other members with their defaults",
            came: reported?.text ?? "none"
        )
    }

    static func sameModel(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.open()
        guard let model = dialogue.reported(.model) else { throw scene.failed("session.model", "none") }
        try await dialogue.update([(.model, model)])
        try dialogue.requireReported(.model, model)
    }

    static func voiceLock(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.open([(.turnDetection, nil)])
        try await dialogue.create(dialogue.userText("Please say hello."))
        let response = try await dialogue.respond(dialogue.asAudio)
        guard response.status == "completed", !response.audioBytes.isEmpty else {
            throw .skipped("the response brought no audio (\(response.status))")
        }
        let other = dialogue.reported(.voice) == "verse" ? "ash" : "verse"
        try await dialogue.refused(
            ["type": "session.update", "session": .object(.session([(.voice, .string(other))], in: scene.dialect))],
            codes: ["cannot_update_voice"],
            message: "Cannot update a conversation's voice if assistant audio is present."
        )
    }

    static func temperature(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.open()
        try await dialogue.update(["temperature": 0.7])
        let temperature = dialogue.session["temperature"]?.doubleValue
        try scene.require(temperature == 0.7, "session.temperature 0.7", came: "\(temperature ?? -1)")
    }

    private static func requireFull(_ dialogue: Dialogue) throws(CheckStop) {
        let rules = ShapeRules(dialect: dialogue.dialect)
        if let violation = rules.violation(inSession: dialogue.session) { throw .failed(Finding(violation)) }
    }
}
