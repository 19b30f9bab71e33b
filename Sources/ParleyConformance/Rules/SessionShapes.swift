// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyEvents

/// Session objects as compact data (protocol reference, sections 4.1 to 4.7).
struct SessionShapes: Sendable {
    let dialect: Dialect

    /// Section that lists the members.
    var source: String { dialect == .ga ? "4.1 Session, GA" : "4.2 Session, beta" }

    private static let betaOnly: Set = [
        "modalities", "voice", "input_audio_format", "output_audio_format", "input_audio_transcription",
        "input_audio_noise_reduction", "turn_detection", "temperature", "max_response_output_tokens", "speed",
    ]
    private static let gaOnly: Set = ["audio", "output_modalities", "max_output_tokens", "reasoning"]

    private var forbidden: Set<String> { dialect == .ga ? Self.betaOnly : Self.gaOnly }

    static let tokenLimit = Shape.either([.integer, .word(["inf"])])

    /// An audio format as the dialect names it.
    static func format(in dialect: Dialect) -> Shape {
        switch dialect {
        case .ga: .record(["type": .string], optional: ["rate": .nullable(.integer)])
        case .beta: .word(["pcm16", "g711_ulaw", "g711_alaw"])
        }
    }

    private static let turnDetection = Shape.record(
        ["type": .word(["server_vad", "semantic_vad"])],
        optional: [
            "threshold": .nullable(.number), "prefix_padding_ms": .nullable(.integer),
            "silence_duration_ms": .nullable(.integer), "create_response": .nullable(.boolean),
            "interrupt_response": .nullable(.boolean), "idle_timeout_ms": .nullable(.integer),
            "eagerness": .nullable(.word(["low", "medium", "high", "auto"])),
        ]
    )

    private static let transcription = Shape.record(
        [:],
        optional: ["model": .nullable(.string), "language": .nullable(.string), "prompt": .nullable(.string)]
    )

    private static let noiseReduction = Shape.record(["type": .word(["near_field", "far_field"])])

    /// Flat, not nested under `function` as in chat completions.
    private static let tool = Shape.tagged(["function": .record(["name": .string], forbidden: ["function"])])

    private static let toolChoice = Shape.either([.word(["auto", "none", "required"]), .object])

    /// A session of either type as any event may show it: what is there has the right type.
    var lenient: Shape {
        let words: [String: Shape] = [
            "object": .word(["realtime.session", "realtime.transcription_session"]),
            "type": .word(["realtime", "transcription"]),
        ]
        let members = shared.merging(audible(isComplete: false)) { first, _ in first }
        return .record([:], optional: words.merging(members) { first, _ in first }, forbidden: forbidden)
    }

    /// A speech-to-speech session that holds everything a client may rely on.
    var complete: Shape {
        var members = shared.merging(audible(isComplete: true)) { first, _ in first }
        members["object"] = .word(["realtime.session"])
        if dialect == .ga { members["type"] = .word(["realtime"]) }
        for name in Self.mayBeMissing { members[name] = nil }
        return .record(members, forbidden: forbidden)
    }

    /// Members that later versions of a dialect brought, or that a server without a limit leaves out.
    private static let mayBeMissing = ["expires_at", "speed", "input_audio_noise_reduction"]

    private var shared: [String: Shape] {
        [
            "id": .string, "model": .string, "instructions": .string, "tools": .array(Self.tool),
            "tool_choice": Self.toolChoice, "expires_at": .nullable(.integer),
        ]
    }

    private func audible(isComplete: Bool) -> [String: Shape] {
        let modalities = Shape.array(.word(["audio", "text"]))
        let format = Self.format(in: dialect)
        switch dialect {
        case .ga:
            let input: [String: Shape] = [
                "format": format, "transcription": .nullable(Self.transcription),
                "noise_reduction": .nullable(Self.noiseReduction), "turn_detection": .nullable(Self.turnDetection),
            ]
            let output: [String: Shape] = ["format": format, "voice": .string]
            let audio: Shape =
                isComplete
                ? .record(["input": .record(input), "output": .record(output, optional: ["speed": .number])])
                : .record(
                    [:],
                    optional: ["input": .record([:], optional: input), "output": .record([:], optional: output)]
                )
            return ["output_modalities": modalities, "max_output_tokens": Self.tokenLimit, "audio": audio]
        case .beta:
            return [
                "modalities": modalities, "voice": .string, "input_audio_format": format,
                "output_audio_format": format, "input_audio_transcription": .nullable(Self.transcription),
                "input_audio_noise_reduction": .nullable(Self.noiseReduction),
                "turn_detection": .nullable(Self.turnDetection), "temperature": .number, "speed": .nullable(.number),
                "max_response_output_tokens": Self.tokenLimit,
            ]
        }
    }
}
