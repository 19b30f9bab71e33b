// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyEvents

/// What `response.create` sets for one response only (protocol reference, section 5).
enum OverrideChecks {
    private static let source = "5 Client events, response.create"

    static let all = [
        Check("overrides.modalities", "Modalities hold for one response only", source: source, run: modalities),
        Check(
            "overrides.session-untouched",
            "Overrides leave the session as it was",
            source: source,
            run: sessionUntouched
        ),
        Check("overrides.metadata", "Metadata come back in the response", source: "4.10 Response", run: metadata),
        Check(
            "overrides.metadata-limit",
            "More than 16 pairs of metadata are refused",
            source: "10 Limits and constants",
            run: metadataLimit
        ),
        Check(
            "overrides.unknown-member",
            "An unknown member is refused",
            source: "3 Conventions, unknown members",
            run: unknownMember
        ),
        Check(
            "overrides.tokens-range",
            "A token limit out of range is refused",
            source: "10 Limits and constants",
            run: tokensRange
        ),
        Check(
            "overrides.conversation-word",
            "Another word for conversation is refused",
            source: "8 Errors, invalid_value",
            run: conversationWord
        ),
        Check(
            "overrides.max-tokens",
            "A response cut by its limit is incomplete",
            source: "4.10 Response",
            run: maxTokens
        ),
    ]

    static func modalities(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.open([(.turnDetection, nil), (.modalities, scene.vocabulary.audible)])
        try await dialogue.create(dialogue.userText("Please say hello."))
        let written = try await dialogue.respond(dialogue.asText)
        try TextChecks.requireText(written, dialogue)
        let spoken = try await dialogue.respond()
        try dialogue.requireCompleted(spoken)
        try scene.require(!spoken.audioBytes.isEmpty, "audio again", came: Abbreviation.text(of: spoken.done))
    }

    static func sessionUntouched(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.openForText()
        let before = dialogue.reported(.instructions)
        let response = try await dialogue.respond([
            "instructions": "Answer in French.", scene.vocabulary.maxTokens: 500,
        ])
        try scene.require(response.status != "failed", "a response", came: Abbreviation.text(of: response.done))
        try await dialogue.update([])
        if let before { try dialogue.requireReported(.instructions, before) }
        try dialogue.requireReported(.maxTokens, "inf")
    }

    static func metadata(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.openForText()
        try await dialogue.create(dialogue.userText("Name a prime number."))
        let metadata: JSON = ["request": "42", "purpose": "conformance"]
        let response = try await dialogue.respond(["metadata": metadata])
        for object in [response.created, response.done] {
            try scene.require(
                object["metadata"] == metadata,
                "metadata \(metadata.text)",
                came: Abbreviation.text(of: object)
            )
        }
    }

    static func metadataLimit(_ scene: Scene) async throws(CheckStop) {
        let pairs = JSONObject((1...17).map { ("key\($0)", JSON.string("value")) })
        try await refuse(scene, ["metadata": .object(pairs)])
    }

    static func unknownMember(_ scene: Scene) async throws(CheckStop) {
        try await refuse(scene, ["nonsense": true], codes: ["unknown_parameter"], parameter: "response.nonsense")
    }

    static func tokensRange(_ scene: Scene) async throws(CheckStop) {
        let name = scene.vocabulary.maxTokens
        try await refuse(scene, [name: 5000], codes: ["integer_above_max_value"], parameter: "response.\(name)")
    }

    static func conversationWord(_ scene: Scene) async throws(CheckStop) {
        try await refuse(
            scene,
            ["conversation": "sideways"],
            codes: ["invalid_value"],
            parameter: "response.conversation"
        )
    }

    static func maxTokens(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.openForText()
        try await dialogue.create(dialogue.userText("Please count from one to one hundred, every number in words."))
        let response = try await dialogue.respond([scene.vocabulary.maxTokens: 2])
        guard response.status != "completed" else { throw .skipped("the answer was short enough for the limit") }
        try scene.require(
            response.status == "incomplete" && response.reason == "max_output_tokens",
            "response.done incomplete, reason max_output_tokens",
            came: Abbreviation.text(of: response.done)
        )
    }

    private static func refuse(
        _ scene: Scene,
        _ response: JSONObject,
        codes: [String] = [],
        parameter: String? = nil
    ) async throws(CheckStop) {
        let dialogue = try await scene.openForText()
        try await dialogue.refused(
            ["type": "response.create", "response": .object(response)],
            codes: codes,
            parameter: parameter
        )
        try await dialogue.requireQuiet("no response after the error")
    }
}
