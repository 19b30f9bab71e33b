// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyEvents

/// Speech while a response runs (protocol reference, section 7.5).
enum BargeInChecks {
    private static let source = "7.5 Audio turn, server VAD, barge-in"

    static let all = [
        Check("barge-in.cancels", "Speech ends the running response with turn_detected", source: source, run: cancels),
        Check("barge-in.off", "interrupt_response false: the response runs on", source: "4.5 Turn detection", run: off),
    ]

    static func cancels(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.open([
            (.turnDetection, ["type": "server_vad", "create_response": false, "interrupt_response": true])
        ])
        let (response, others) = try await speakOver(dialogue)
        guard response.status != "completed" else {
            throw .skipped("the response was complete before the speech was heard")
        }
        try scene.require(
            others.contains { $0.type == "input_audio_buffer.speech_started" },
            "speech_started before the end of the response",
            came: Abbreviation.text(of: response.done)
        )
        try scene.require(
            response.status == "cancelled" && response.reason == "turn_detected",
            "response.done cancelled, reason turn_detected",
            came: Abbreviation.text(of: response.done)
        )
        for item in response.output {
            try scene.require(
                item.string("status") == "incomplete",
                "output items with status incomplete",
                came: Abbreviation.text(of: item),
                source: "7.7 response.cancel"
            )
        }
    }

    static func off(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.open([(.turnDetection, VoiceActivityChecks.manual)])
        let (response, _) = try await speakOver(dialogue)
        try scene.require(
            response.status == "completed",
            "a completed response",
            came: Abbreviation.text(of: response.done)
        )
    }

    /// Starts a long answer and speaks at once; gives back the response and what else came meanwhile.
    private static func speakOver(_ dialogue: Dialogue) async throws(CheckStop) -> (ResponseRecord, [JSONObject]) {
        let created = try await dialogue.startLongAudio()
        try await dialogue.append(AudioEncoding.pcm.silence(milliseconds: 300))
        try await dialogue.append(AudioEncoding.pcm.speech(milliseconds: 1200))
        var others: [JSONObject] = []
        let response = try await dialogue.response(created: created) { others.append($0) }
        return (response, others)
    }
}
