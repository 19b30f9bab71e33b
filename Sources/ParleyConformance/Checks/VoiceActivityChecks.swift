// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyEvents

/// Turns that the server finds (protocol reference, sections 4.5 and 7.5).
enum VoiceActivityChecks {
    private static let turnSource = "7.5 Audio turn, server VAD"

    static let all = [
        Check("vad.turn", "Speech and silence make a turn and its answer", source: turnSource, run: turn),
        Check("vad.offsets", "Start and end lie where the speech was", source: "3 Conventions, time", run: offsets),
        Check("vad.silence", "Silence alone leads to nothing", source: turnSource, run: silence),
        Check(
            "vad.no-auto-response",
            "create_response false: the turn ends with its item",
            source: "4.5 Turn detection",
            run: noAutoResponse
        ),
        Check(
            "vad.commit-by-hand",
            "commit during speech ends the segment by hand",
            source: "5 Client events, input_audio_buffer.commit",
            run: commitByHand
        ),
        Check(
            "vad.late-commit",
            "commit after the server's commit finds an empty buffer",
            source: "5 Client events, input_audio_buffer.commit",
            run: lateCommit
        ),
        Check("vad.two-turns", "Two turns follow each other", source: turnSource, run: twoTurns),
    ]

    private static let leadMS = 500
    private static let speechMS = 1200
    private static let trailMS = 1500

    static func turn(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.open([(.turnDetection, ["type": "server_vad"])])
        try await speak(dialogue)
        _ = try await heardTurn(dialogue)
        let response = try await dialogue.response()
        try dialogue.requireCompleted(response)
    }

    static func offsets(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.open([(.turnDetection, manual)])
        try await speak(dialogue)
        let (startMS, endMS) = try await heardTurn(dialogue)
        // The prefix padding of 300 ms comes before the speech; the end lies within or at the silence asked for.
        let starts = leadMS - 700...leadMS + 400
        let ends = leadMS + speechMS - 400...leadMS + speechMS + 900
        try scene.require(
            starts.contains(startMS),
            "audio_start_ms from \(starts.lowerBound) to \(starts.upperBound)",
            came: "\(startMS)"
        )
        try scene.require(
            ends.contains(endMS),
            "audio_end_ms from \(ends.lowerBound) to \(ends.upperBound)",
            came: "\(endMS)"
        )
    }

    static func silence(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.open([(.turnDetection, ["type": "server_vad"])])
        try await dialogue.append(AudioEncoding.pcm.silence(milliseconds: 3000))
        try await dialogue.requireQuiet("no event for silence")
    }

    static func noAutoResponse(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.open([(.turnDetection, manual)])
        try await speak(dialogue)
        _ = try await heardTurn(dialogue)
        try await dialogue.requireQuiet("no response with create_response false")
    }

    static func commitByHand(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.open([(.turnDetection, manual)])
        try await dialogue.append(AudioEncoding.pcm.silence(milliseconds: leadMS))
        try await dialogue.append(AudioEncoding.pcm.speech(milliseconds: speechMS))
        let started = try await dialogue.expect("input_audio_buffer.speech_started")
        try await dialogue.send(["type": "input_audio_buffer.commit"])
        let committed = try await dialogue.expect("input_audio_buffer.committed")
        let event = try await dialogue.announced()
        try scene.require(
            event["item"]?["id"]?.stringValue == committed.string("item_id"),
            "the item that committed told",
            came: Abbreviation.text(of: event)
        )
        try scene.require(
            committed.string("item_id") == started.string("item_id"),
            "committed with the item_id of speech_started",
            came: Abbreviation.text(of: committed)
        )
    }

    static func lateCommit(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.open([(.turnDetection, manual)])
        try await dialogue.append(AudioEncoding.pcm.silence(milliseconds: leadMS))
        try await dialogue.append(AudioEncoding.pcm.speech(milliseconds: speechMS))
        // Just past the end of the turn, so that less than 100 ms remain whatever the server keeps.
        try await dialogue.append(AudioEncoding.pcm.silence(milliseconds: trailMS))
        _ = try await heardTurn(dialogue)
        try await dialogue.send(["type": "input_audio_buffer.clear"])
        _ = try await dialogue.expect("input_audio_buffer.cleared")
        try await dialogue.refused(["type": "input_audio_buffer.commit"], codes: ["input_audio_buffer_commit_empty"])
    }

    static func twoTurns(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.open([(.turnDetection, manual)])
        try await speak(dialogue)
        let first = try await heardTurn(dialogue)
        try await speak(dialogue)
        let second = try await heardTurn(dialogue)
        try scene.require(
            second.startMS > first.startMS + 1000,
            "offsets that count on over the session",
            came: "\(second.startMS) ms",
            source: "3 Conventions, time"
        )
    }

    /// Turn detection without answers.
    static let manual: JSON = ["type": "server_vad", "create_response": false, "interrupt_response": false]

    /// Half a second of silence, 1.2 s of speech, 1.5 s of silence, in pieces of 100 ms.
    static func speak(_ dialogue: Dialogue) async throws(CheckStop) {
        try await dialogue.append(AudioEncoding.pcm.silence(milliseconds: leadMS))
        try await dialogue.append(AudioEncoding.pcm.speech(milliseconds: speechMS))
        for _ in 0..<trailMS / 100 { try await dialogue.append(AudioEncoding.pcm.silence(milliseconds: 100)) }
    }

    /// The events of a turn up to its item.
    ///
    /// - Returns: Offsets in milliseconds of audio appended in the session.
    static func heardTurn(_ dialogue: Dialogue) async throws(CheckStop) -> (startMS: Int, endMS: Int) {
        let started = try await dialogue.expect("input_audio_buffer.speech_started", source: turnSource)
        return try await endOfTurn(dialogue, started)
    }

    /// The events of a turn whose start has come.
    static func endOfTurn(_ dialogue: Dialogue, _ started: JSONObject) async throws(CheckStop) -> (
        startMS: Int, endMS: Int
    ) {
        let stopped = try await dialogue.expect("input_audio_buffer.speech_stopped", source: turnSource)
        _ = try await dialogue.expect("input_audio_buffer.committed", source: turnSource)
        try dialogue.requireUserAudio(try await dialogue.announced(source: turnSource))
        return (started["audio_start_ms"]?.intValue ?? 0, stopped["audio_end_ms"]?.intValue ?? 0)
    }
}
