// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyEvents

/// The words in which the dialects differ (protocol reference, sections 4.4, 4.9 and 6).
///
/// Checks are written with the names of GA; this gives those of the dialect spoken.
struct Vocabulary: Sendable {
    let dialect: Dialect

    private static let betaPrefixes = [
        ("response.output_text.", "response.text."),
        ("response.output_audio.", "response.audio."),
        ("response.output_audio_transcript.", "response.audio_transcript."),
    ]

    /// Event names of one dialect that the other must not use, beside the three families above.
    private static let exclusive: [Dialect: Set<String>] = [
        .ga: ["conversation.item.added", "conversation.item.done", "input_audio_buffer.timeout_triggered"],
        .beta: ["conversation.item.created", "transcription_session.created", "transcription_session.updated"],
    ]

    /// The dialect's name for a server event of GA.
    func name(_ gaName: String) -> String {
        guard dialect == .beta else { return gaName }
        if gaName == "conversation.item.added" { return "conversation.item.created" }
        for (ga, beta) in Self.betaPrefixes where gaName.hasPrefix(ga) { return beta + gaName.dropFirst(ga.count) }
        return gaName
    }

    /// GA's name for a server event of this dialect; `nil` if the event belongs to the other dialect.
    func gaName(of name: String) -> String? {
        if isForeign(name) { return nil }
        guard dialect == .beta else { return name }
        if name == "conversation.item.created" { return "conversation.item.added" }
        for (ga, beta) in Self.betaPrefixes where name.hasPrefix(beta) { return ga + name.dropFirst(beta.count) }
        return name
    }

    private func isForeign(_ name: String) -> Bool {
        let prefixes = Self.betaPrefixes.map { dialect == .ga ? $0.1 : $0.0 }
        let names = Self.exclusive[dialect == .ga ? .beta : .ga] ?? []
        let isMCP = dialect == .beta && (name.hasPrefix("mcp_list_tools.") || name.hasPrefix("response.mcp_call"))
        return names.contains(name) || isMCP || prefixes.contains { name.hasPrefix($0) }
    }

    /// Type of an assistant's text part in an item.
    var assistantText: String { dialect == .ga ? "output_text" : "text" }
    /// Type of an assistant's audio part in an item.
    var assistantAudio: String { dialect == .ga ? "output_audio" : "audio" }

    /// Text only.
    var textOnly: JSON { ["text"] }
    /// Audio with its transcript.
    var audible: JSON { dialect == .ga ? ["audio"] : ["audio", "text"] }

    /// An audio format as the session names it.
    func format(_ encoding: AudioEncoding) -> JSON {
        switch (encoding, dialect) {
        case (.pcm, .ga): ["type": "audio/pcm", "rate": 24000]
        case (.pcm, .beta): "pcm16"
        case (.muLaw, .ga): ["type": "audio/pcmu"]
        case (.muLaw, .beta): "g711_ulaw"
        case (.aLaw, .ga): ["type": "audio/pcma"]
        case (.aLaw, .beta): "g711_alaw"
        }
    }

    /// The member of the session or of `response.create` that names the modalities.
    var modalities: String { dialect == .ga ? "output_modalities" : "modalities" }
    /// The member of `response.create` that limits tokens.
    var maxTokens: String { dialect == .ga ? "max_output_tokens" : "max_response_output_tokens" }
}
