// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyEvents
import ParleyTestSupport

extension SampleSequence {
    /// Whether the server takes nobody in.
    var isRefused: Bool { steps.first?.type == "error" }

    /// Whether the session lasts as long as it may.
    var expires: Bool { steps.contains { $0.event["error"]?["code"] == "session_expired" } }

    var isTranscription: Bool {
        steps.first?.event["session"]?["object"] == "realtime.transcription_session"
    }

    /// What is heard of the user.
    var transcript: String {
        steps.lazy.compactMap { $0.event["transcript"]?.stringValue }
            .first { text in
                steps.contains {
                    $0.type == "conversation.item.input_audio_transcription.completed"
                        && $0.event["transcript"]?.stringValue == text
                }
            } ?? "something"
    }
}

extension SampleSequence.Step {
    /// What the recogniser says of its tokens.
    var logProbabilities: [TokenLogProbability]? {
        event["logprobs"]?.arrayValue?.compactMap { try? TokenLogProbability(received: $0, at: "logprobs") }
    }

    var isAudioDelta: Bool { ["response.output_audio.delta", "response.audio.delta"].contains(type) }

    var isTranscriptDelta: Bool {
        ["response.output_audio_transcript.delta", "response.audio_transcript.delta"].contains(type)
    }

    var isCancelled: Bool { event["response"]?["status"] == "cancelled" }

    /// Whether it can only be the answer to what the client has sent.
    var isAnswer: Bool { type == "error" || event["session"] != nil }
}
