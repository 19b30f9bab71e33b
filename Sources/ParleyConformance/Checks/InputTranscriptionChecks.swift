// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyEvents

/// What the user said, beside the conversation (protocol reference, sections 4.6 and 7.4).
enum InputTranscriptionChecks {
    private static let source = "7.4 Audio turn, manual commit"

    static let all = [
        Check("input-transcription.ends", "Transcription ends with completed or failed", source: source, run: ends),
        Check(
            "input-transcription.off",
            "Without transcription there are no such events",
            source: "4.6 Input transcription",
            run: off
        ),
        Check(
            "input-transcription.beside",
            "It does not hold up the response",
            source: "4.6 Input transcription",
            run: beside
        ),
    ]

    static func ends(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await openTranscribing(scene)
        let item = try await dialogue.commit([AudioEncoding.pcm.speech(milliseconds: 1000)])
        _ = try await requireEnd(dialogue, item)
    }

    static func off(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.open([(.turnDetection, nil), (.transcription, nil)])
        _ = try await dialogue.commit([AudioEncoding.pcm.speech(milliseconds: 1000)])
        let response = try await dialogue.respond(dialogue.asText)
        try dialogue.requireCompleted(response)
        try scene.require(
            dialogue.transcriptions.isEmpty,
            "no transcription events",
            came: dialogue.transcriptions.first.map(Abbreviation.text) ?? ""
        )
    }

    static func beside(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await openTranscribing(scene)
        let item = try await dialogue.commit([AudioEncoding.pcm.speech(milliseconds: 1000)])
        let response = try await dialogue.respond(dialogue.asText)
        try dialogue.requireCompleted(response)
        _ = try await requireEnd(dialogue, item)
    }

    /// The end of a transcription, of either kind; a skip if the server has no transcriber.
    static func requireEnd(_ dialogue: Dialogue, _ item: String) async throws(CheckStop) -> JSONObject {
        let end = try await dialogue.transcriptionEnd(of: item)
        if end.type.hasSuffix(".failed"), let message = end["error"]?["message"]?.stringValue {
            throw .skipped("the server cannot transcribe: \(message)")
        }
        return end
    }

    private static func openTranscribing(_ scene: Scene) async throws(CheckStop) -> Dialogue {
        try await scene.open([(.turnDetection, nil), (.transcription, ["model": "whisper-1"])])
    }
}
