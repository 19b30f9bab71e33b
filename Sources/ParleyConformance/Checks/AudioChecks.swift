// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyEvents

/// Audio that the client commits by hand (protocol reference, section 7.4).
enum AudioChecks {
    private static let turnSource = "7.4 Audio turn, manual commit"

    static let all = [
        Check("audio.pcm", "An audio turn in PCM", source: turnSource) { scene async throws(CheckStop) in
            try await turn(scene, .pcm)
        },
        Check("audio.ulaw", "An audio turn in G.711 µ-law", source: "4.4 Audio formats") {
            scene async throws(CheckStop) in
            try await turn(scene, .muLaw)
        },
        Check("audio.alaw", "An audio turn in G.711 A-law", source: "4.4 Audio formats") {
            scene async throws(CheckStop) in
            try await turn(scene, .aLaw)
        },
        Check(
            "audio.append-silent",
            "append has no answer",
            source: "5 Client events, input_audio_buffer.append",
            run: appendIsSilent
        ),
        Check(
            "audio.commit-only",
            "commit starts no response",
            source: "5 Client events, input_audio_buffer.commit",
            run: commitOnly
        ),
        Check(
            "audio.clear",
            "clear empties the buffer",
            source: "5 Client events, input_audio_buffer.clear",
            run: clear
        ),
        Check(
            "audio.commit-short",
            "Less than 100 ms cannot be committed",
            source: "8 Errors, input_audio_buffer_commit_empty",
            run: commitShort
        ),
        Check("audio.commit-enough", "100 ms can be committed", source: "10 Limits and constants", run: commitEnough),
        Check(
            "audio.commit-empties",
            "commit empties the buffer",
            source: "5 Client events, input_audio_buffer.commit",
            run: commitEmpties
        ),
        Check(
            "audio.chain",
            "committed tells the item before",
            source: "6 Server events, Input audio buffer",
            run: chain
        ),
        Check(
            "audio.retrieve-user",
            "A user's audio can be retrieved whole",
            source: "7.8 Truncate, delete, retrieve",
            run: retrieveUser
        ),
        Check(
            "audio.retrieve-answer",
            "The answer is retrieved with audio",
            source: "5 Client events, conversation.item.retrieve",
            run: retrieveAnswer
        ),
        Check(
            "audio.no-vad",
            "With turn_detection null, speech leads to nothing by itself",
            source: "4.5 Turn detection",
            run: noDetection
        ),
    ]

    static func turn(_ scene: Scene, _ encoding: AudioEncoding) async throws(CheckStop) {
        let format = scene.vocabulary.format(encoding)
        let dialogue = try await scene.open([(.turnDetection, nil), (.inputFormat, format), (.outputFormat, format)])
        _ = try await dialogue.commit([encoding.speech(milliseconds: 600), encoding.silence(milliseconds: 200)])
        let response = try await dialogue.respond(dialogue.asAudio)
        try dialogue.requireCompleted(response)
        let part = response.message?["content"]?.arrayValue?.first
        try scene.require(
            part?["type"]?.stringValue == scene.vocabulary.assistantAudio,
            "a message with a part of type \(scene.vocabulary.assistantAudio)",
            came: Abbreviation.text(of: response.done),
            source: "4.9 Content parts"
        )
        try scene.require(
            part?["transcript"]?.stringValue == response.text,
            "the transcript that the deltas make up: '\(response.text)'",
            came: part?.text ?? "none"
        )
        let bytes = response.audioBytes.reduce(0, +)
        try scene.require(
            bytes >= 100 * encoding.bytesPerMillisecond && bytes % encoding.bytesPerSample == 0,
            "at least 100 ms of whole samples",
            came: "\(bytes) bytes of audio"
        )
    }

    static func appendIsSilent(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.open([(.turnDetection, nil)])
        for _ in 0..<10 { try await dialogue.append(AudioEncoding.pcm.silence(milliseconds: 20)) }
        try await dialogue.requireQuiet("no answer to input_audio_buffer.append")
    }

    static func commitOnly(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.open([(.turnDetection, nil)])
        _ = try await dialogue.commit([AudioEncoding.pcm.speech(milliseconds: 300)])
        try await dialogue.requireQuiet("no response after input_audio_buffer.commit")
    }

    static func clear(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.open([(.turnDetection, nil)])
        try await dialogue.append(AudioEncoding.pcm.speech(milliseconds: 300))
        try await dialogue.send(["type": "input_audio_buffer.clear"])
        _ = try await dialogue.expect("input_audio_buffer.cleared")
        try await dialogue.refused(["type": "input_audio_buffer.commit"], codes: ["input_audio_buffer_commit_empty"])
    }

    static func commitShort(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.open([(.turnDetection, nil)])
        try await dialogue.append(AudioEncoding.pcm.speech(milliseconds: 60))
        try await dialogue.refused(
            ["type": "input_audio_buffer.commit"],
            codes: ["input_audio_buffer_commit_empty"],
            message: "Error committing input audio buffer: buffer too small. Expected at least 100ms of audio"
        )
    }

    static func commitEnough(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.open([(.turnDetection, nil)])
        _ = try await dialogue.commit([AudioEncoding.pcm.speech(milliseconds: 100)])
    }

    static func commitEmpties(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.open([(.turnDetection, nil)])
        _ = try await dialogue.commit([AudioEncoding.pcm.speech(milliseconds: 300)])
        try await dialogue.refused(["type": "input_audio_buffer.commit"], codes: ["input_audio_buffer_commit_empty"])
    }

    static func chain(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.open([(.turnDetection, nil)])
        try await dialogue.create(dialogue.userText("Hello.", id: "item_a"))
        try await dialogue.append(AudioEncoding.pcm.speech(milliseconds: 300))
        try await dialogue.send(["type": "input_audio_buffer.commit"])
        let committed = try await dialogue.expect("input_audio_buffer.committed")
        try scene.require(
            committed["previous_item_id"] == "item_a",
            "previous_item_id item_a",
            came: Abbreviation.text(of: committed)
        )
        _ = try await dialogue.announced()
    }

    static func retrieveUser(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.open([(.turnDetection, nil)])
        let id = try await dialogue.commit([AudioEncoding.pcm.speech(milliseconds: 300)])
        let item = try await dialogue.retrieve(id)
        try requireAudio(of: item, milliseconds: 300...300, scene)
    }

    static func retrieveAnswer(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.open([(.turnDetection, nil)])
        try await dialogue.create(dialogue.userText("Please say hello."))
        let response = try await dialogue.respond(dialogue.asAudio)
        try dialogue.requireCompleted(response)
        let item = try await dialogue.retrieve(response.message?.string("id") ?? "")
        let milliseconds = response.audioBytes.reduce(0, +) / AudioEncoding.pcm.bytesPerMillisecond
        try requireAudio(of: item, milliseconds: milliseconds - 1...milliseconds + 1, scene)
    }

    static func noDetection(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.open([(.turnDetection, nil)])
        try await dialogue.append(AudioEncoding.pcm.speech(milliseconds: 1200))
        try await dialogue.append(AudioEncoding.pcm.silence(milliseconds: 1500))
        try await dialogue.requireQuiet("no event of turn detection")
    }

    /// Fails unless the item's first part carries PCM of about that length.
    static func requireAudio(of item: JSONObject, milliseconds: ClosedRange<Int>, _ scene: Scene) throws(CheckStop) {
        let audio = item["content"]?.arrayValue?.first?["audio"]?.stringValue.flatMap(AudioEncoding.byteCount)
        let found = audio.map { $0 / AudioEncoding.pcm.bytesPerMillisecond }
        try scene.require(
            found.map(milliseconds.contains) ?? false,
            "audio of \(milliseconds.lowerBound) to \(milliseconds.upperBound) ms in the item's first part",
            came: found.map { "\($0) ms" } ?? Abbreviation.text(of: item),
            source: "7.8 Truncate, delete, retrieve"
        )
    }
}
