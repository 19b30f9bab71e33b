// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

// The members of the translation table, sections 4 and 6. Error paths (section 8) follow from them.

extension ObjectShape {
    private static let identity = [MemberPlace("id"), MemberPlace("object"), MemberPlace("expires_at")]

    private static func audioInput(_ turnDetection: MemberPlace.Value) -> [MemberPlace] {
        [
            MemberPlace("input_audio_format", at: "audio", "input", "format", as: .audioFormat),
            MemberPlace("input_audio_transcription", at: "audio", "input", "transcription", as: .transcription),
            MemberPlace("input_audio_noise_reduction", at: "audio", "input", "noise_reduction", as: .noiseReduction),
            MemberPlace("turn_detection", at: "audio", "input", "turn_detection", as: turnDetection),
            MemberPlace("include"),
        ]
    }

    private static let output = [
        MemberPlace("modalities", at: "output_modalities", as: .modalities),
        MemberPlace("voice", at: "audio", "output", "voice", as: .voice),
        MemberPlace("output_audio_format", at: "audio", "output", "format", as: .audioFormat),
    ]

    private static let generation = [
        MemberPlace("instructions"),
        MemberPlace("tools", as: .tools),
        MemberPlace("tool_choice", as: .toolChoice),
    ]

    /// A session that talks.
    ///
    /// Late beta clients may send `prompt` and `truncation`, without effect.
    static let realtimeSession = ObjectShape(
        root: "session",
        places: identity + audioInput(.turnDetection) + output + generation + [
            MemberPlace("model"),
            MemberPlace("speed", at: "audio", "output", "speed"),
            MemberPlace("max_response_output_tokens", at: "max_output_tokens"),
            MemberPlace("tracing"),
        ],
        betaOnly: ["temperature", "client_secret", "prompt", "truncation"],
        gaOnly: ["type", "reasoning", "parallel_tool_calls"]
    )

    /// What an update for a beta server may hold: the model is settled by the address, and `include` came too late in
    /// the beta to rely on, where an unknown member makes the whole update fail.
    static let realtimeUpdateForBeta = realtimeSession.without(["model", "include"])

    /// A session that only transcribes.
    static let transcriptionSession = ObjectShape(
        root: "session",
        places: identity + audioInput(.transcriptionTurnDetection),
        betaOnly: ["modalities", "client_secret"],
        gaOnly: ["type"]
    )

    /// The body of `response.create`.
    static let responseRequest = ObjectShape(
        root: "response",
        places: output + generation + [
            MemberPlace("max_response_output_tokens", alias: "max_output_tokens", at: "max_output_tokens"),
            MemberPlace("conversation"),
            MemberPlace("metadata"),
            MemberPlace("input", as: .items),
        ],
        betaOnly: ["temperature"],
        gaOnly: ["prompt", "reasoning", "parallel_tool_calls"]
    )

    /// The response that `response.created` and `response.done` show.
    static let response = ObjectShape(
        root: "response",
        places: output + [
            MemberPlace("object"),
            MemberPlace("id"),
            MemberPlace("status"),
            MemberPlace("status_details"),
            MemberPlace("output", as: .items),
            MemberPlace("conversation_id"),
            MemberPlace("max_output_tokens"),
            MemberPlace("usage", as: .usage),
            MemberPlace("metadata"),
        ],
        betaOnly: ["temperature"]
    )
}
