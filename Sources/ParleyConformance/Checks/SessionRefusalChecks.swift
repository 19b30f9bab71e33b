// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyEvents

/// Changes of the session that are refused as a whole (protocol reference, sections 3, 7.2 and 8).
enum SessionRefusalChecks {
    static let all = [
        Check(
            "session.unknown-member",
            "An unknown member is refused and nothing changes",
            source: "3 Conventions, unknown members",
            run: unknownMember
        ),
        Check(
            "session.foreign-member",
            "A member of the other dialect is unknown",
            source: "3 Conventions, unknown members",
            run: foreignMember
        ),
        Check(
            "session.wrong-type",
            "A value of the wrong JSON type is refused with its path",
            source: "8 Errors, invalid_type",
            run: wrongType
        ),
        Check(
            "session.wrong-word",
            "A value outside the enumeration is refused with its path",
            source: "8 Errors, invalid_value",
            run: wrongWord
        ),
        Check(
            "session.speed-above",
            "A speed above 1.5 is refused with its path",
            source: "8 Errors, decimal_above_max_value",
            run: speedAbove
        ),
        Check(
            "session.speed-below",
            "A speed below 0.25 is refused with its path",
            source: "8 Errors, decimal_below_min_value",
            run: speedBelow
        ),
        Check(
            "session.tokens-above",
            "More than 4096 tokens are refused with the path",
            source: "8 Errors, integer_above_max_value",
            run: tokensAbove
        ),
        Check(
            "session.tokens-below",
            "Less than one token is refused with the path",
            source: "8 Errors, integer_below_min_value",
            run: tokensBelow
        ),
        Check(
            "session.threshold",
            "A threshold above 1 is refused with its path",
            source: "10 Limits and constants",
            run: threshold
        ),
        Check(
            "session.missing-session",
            "session.update without session is refused",
            source: "5 Client events, session.update",
            run: missingSession
        ),
        Check(
            "session.modality-mix",
            "Modalities that cannot go together are refused",
            source: "4.1 and 4.2 Session, modalities",
            run: modalityMix
        ),
        Check("session.model-lock", "The model cannot be changed", source: "4.1 Session, model", run: modelLock),
        Check(
            "session.transcription-update",
            "transcription_session.update is refused in this session",
            source: "5 Client events, transcription_session.update",
            run: transcriptionUpdate
        ),
        Check(
            "session.missing-type",
            "session.type is required",
            in: [.ga],
            source: "4.1 Session, type",
            run: missingType
        ),
        Check(
            "session.type-lock",
            "session.type cannot be switched",
            in: [.ga],
            source: "4.1 Session, type",
            run: typeLock
        ),
        Check(
            "session.beta-format",
            "A format in the words of the beta is refused",
            in: [.ga],
            source: "4.4 Audio formats",
            run: betaFormat
        ),
        Check(
            "session.pcm-rate",
            "PCM at another rate is refused",
            in: [.ga],
            source: "4.4 Audio formats",
            run: pcmRate
        ),
        Check(
            "session.temperature-range",
            "A temperature outside 0.6 to 1.2 is refused",
            in: [.beta],
            source: "4.2 Session, beta",
            run: temperature
        ),
    ]

    static func unknownMember(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.open([(.instructions, "Before.")])
        let body = JSONObject.session([(.instructions, "After.")], in: scene.dialect).adding(["nonsense": 1])
        try await refuse(dialogue, body, codes: ["unknown_parameter"], parameter: "session.nonsense")
        try await dialogue.update([])
        try dialogue.requireReported(.instructions, "Before.", source: "7.2 session.update")
    }

    static func foreignMember(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.open()
        let member = scene.dialect == .ga ? "temperature" : "output_modalities"
        let value: JSON = scene.dialect == .ga ? 0.8 : ["text"]
        try await refuse(
            dialogue,
            JSONObject.session([], in: scene.dialect).adding([member: value]),
            codes: ["unknown_parameter"],
            parameter: "session.\(member)",
            message: "Unknown parameter: 'session.\(member)'."
        )
    }

    static func wrongType(_ scene: Scene) async throws(CheckStop) {
        try await refuse(scene, .instructions, 7, codes: ["invalid_type", "invalid_value"])
        try await refuse(scene, .tools, "none", codes: ["invalid_type", "invalid_value"])
    }

    static func wrongWord(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.open()
        let detection: JSON = ["type": "psychic_vad"]
        try await refuse(
            dialogue,
            .session([(.turnDetection, detection)], in: scene.dialect),
            codes: ["invalid_value"],
            parameter: SessionMember.turnDetection.parameter(in: scene.dialect) + ".type",
            message: "Invalid value: 'psychic_vad'."
        )
    }

    static func speedAbove(_ scene: Scene) async throws(CheckStop) {
        try await refuse(scene, .speed, 2.5, codes: ["decimal_above_max_value"])
    }

    static func speedBelow(_ scene: Scene) async throws(CheckStop) {
        try await refuse(scene, .speed, 0.1, codes: ["decimal_below_min_value"])
    }

    static func tokensAbove(_ scene: Scene) async throws(CheckStop) {
        try await refuse(scene, .maxTokens, 5000, codes: ["integer_above_max_value"])
    }

    static func tokensBelow(_ scene: Scene) async throws(CheckStop) {
        try await refuse(scene, .maxTokens, 0, codes: ["integer_below_min_value"])
    }

    static func threshold(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.open()
        let detection: JSON = ["type": "server_vad", "threshold": 1.5]
        try await refuse(
            dialogue,
            .session([(.turnDetection, detection)], in: scene.dialect),
            codes: ["decimal_above_max_value"],
            parameter: SessionMember.turnDetection.parameter(in: scene.dialect) + ".threshold"
        )
    }

    static func missingSession(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.open()
        try await dialogue.refused(
            ["type": "session.update"],
            codes: ["missing_required_parameter"],
            parameter: "session"
        )
    }

    static func modalityMix(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.open()
        let mix: JSON = scene.dialect == .ga ? ["text", "audio"] : ["audio"]
        let message = scene.dialect == .ga ? nil : "Invalid modalities: ['audio']."
        try await refuse(dialogue, .session([(.modalities, mix)], in: scene.dialect), codes: [], message: message)
    }

    static func modelLock(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.open()
        let model = dialogue.reported(.model)
        try await refuse(dialogue, .session([(.model, "another-model")], in: scene.dialect), codes: [])
        try await dialogue.update([])
        if let model { try dialogue.requireReported(.model, model) }
    }

    static func transcriptionUpdate(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.open()
        let event: JSONObject = ["type": "transcription_session.update", "session": [:]]
        switch scene.dialect {
        case .ga:
            try await dialogue.refused(
                event,
                codes: ["invalid_value"],
                parameter: "type",
                message: "Invalid value: 'transcription_session.update'"
            )
        case .beta: try await dialogue.refused(event, codes: ["invalid_parameter"])
        }
    }

    static func missingType(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.open()
        try await refuse(
            dialogue,
            ["instructions": "After."],
            codes: ["missing_required_parameter"],
            parameter: "session.type",
            message: "Missing required parameter: 'session.type'."
        )
    }

    static func typeLock(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.open()
        try await refuse(dialogue, ["type": "transcription"], codes: ["invalid_parameter"])
    }

    static func betaFormat(_ scene: Scene) async throws(CheckStop) {
        try await refuse(scene, .inputFormat, "pcm16", codes: [])
    }

    static func pcmRate(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.open()
        let format: JSON = ["type": "audio/pcm", "rate": 11_025]
        try await refuse(dialogue, .session([(.inputFormat, format)], in: scene.dialect), codes: [])
    }

    static func temperature(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.open()
        try await refuse(
            dialogue,
            ["temperature": 1.5],
            codes: ["decimal_above_max_value"],
            parameter: "session.temperature"
        )
        try await refuse(
            dialogue,
            ["temperature": 0.1],
            codes: ["decimal_below_min_value"],
            parameter: "session.temperature"
        )
    }

    private static func refuse(_ scene: Scene, _ member: SessionMember, _ value: JSON, codes: [String])
        async throws(CheckStop)
    {
        let dialogue = try await scene.open()
        let before = dialogue.reported(member)
        try await refuse(
            dialogue,
            .session([(member, value)], in: scene.dialect),
            codes: codes,
            parameter: member.parameter(in: scene.dialect)
        )
        try await dialogue.update([])
        if let before { try dialogue.requireReported(member, before, source: "7.2 session.update") }
    }

    private static func refuse(
        _ dialogue: Dialogue,
        _ session: JSONObject,
        codes: [String],
        parameter: String? = nil,
        message: String? = nil
    ) async throws(CheckStop) {
        try await dialogue.refused(
            ["type": "session.update", "session": .object(session)],
            codes: codes,
            parameter: parameter,
            message: message
        )
    }
}
