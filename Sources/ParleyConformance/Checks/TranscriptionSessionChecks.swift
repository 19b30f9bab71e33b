// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyEvents

/// Sessions that only transcribe (protocol reference, sections 4.3 and 7.10).
enum TranscriptionSessionChecks {
    private static let source = "7.10 Transcription session"

    static let all = [
        Check(
            "transcription-session.created",
            "intent=transcription opens such a session",
            source: source,
            run: created
        ),
        Check("transcription-session.update", "It is changed by the dialect's event", source: source, run: update),
        Check("transcription-session.turn", "A turn is transcribed and not answered", source: source, run: turn),
        Check(
            "transcription-session.wrong-update",
            "The other kind of update is refused",
            source: "8 Errors, invalid_parameter",
            run: wrongUpdate
        ),
    ]

    static func created(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await open(scene)
        switch scene.dialect {
        case .ga:
            try scene.require(
                dialogue.session["type"] == "transcription",
                "session.type transcription",
                came: Abbreviation.text(of: dialogue.session)
            )
            try scene.require(
                dialogue.session["audio"]?["output"] == nil,
                "no output side",
                came: "audio.output",
                source: "4.3 Transcription session"
            )
        case .beta:
            try scene.require(
                dialogue.session["input_audio_format"] != nil,
                "session.input_audio_format",
                came: Abbreviation.text(of: dialogue.session),
                source: "4.3 Transcription session"
            )
        }
    }

    static func update(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await open(scene)
        try await configure(dialogue, turnDetection: nil)
        try dialogue.requireReported(.turnDetection, nil)
        let model = dialogue.reported(.transcription)?["model"]
        try scene.require(model == "whisper-1", "transcription.model whisper-1", came: model?.text ?? "none")
    }

    static func turn(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await open(scene)
        try await configure(dialogue, turnDetection: ["type": "server_vad"])
        try await VoiceActivityChecks.speak(dialogue)
        let started = try await dialogue.expect("input_audio_buffer.speech_started")
        _ = try await VoiceActivityChecks.endOfTurn(dialogue, started)
        try await dialogue.requireQuiet("no response in a transcription session")
        _ = try await InputTranscriptionChecks.requireEnd(dialogue, started.string("item_id") ?? "")
    }

    static func wrongUpdate(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await open(scene)
        try await dialogue.refused(
            ["type": "session.update", "session": .object(.session([(.instructions, "Hello.")], in: scene.dialect))],
            codes: ["invalid_parameter"]
        )
    }

    private static func open(_ scene: Scene) async throws(CheckStop) -> Dialogue {
        let dialogue = try await scene.connect(scene.transcriptionRequest)
        _ = try await dialogue.expect(scene.dialect == .ga ? "session.created" : "transcription_session.created")
        return dialogue
    }

    private static func configure(_ dialogue: Dialogue, turnDetection: JSON) async throws(CheckStop) {
        var session = JSONObject.session(
            [(.transcription, ["model": "whisper-1"]), (.turnDetection, turnDetection)],
            in: dialogue.dialect
        )
        let isGA = dialogue.dialect == .ga
        if isGA { session["type"] = "transcription" }
        let name = isGA ? "session.update" : "transcription_session.update"
        try await dialogue.send(["type": .string(name), "session": .object(session)])
        _ = try await dialogue.expect(isGA ? "session.updated" : "transcription_session.updated")
    }
}
