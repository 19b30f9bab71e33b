// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import ParleyEvents
package import ParleySession

/// Listens by a server of transcriptions (`POST /v1/audio/transcriptions`).
package struct HTTPTranscriber: Transcriber {
    package let name: String
    package let hint = "It understands whatever its model does."
    package let anticipates: Bool
    private let address: BackendAddress
    private let settings: BackendSettings
    private let url: String
    private let client: BackendClient

    /// A transcriber at `address`; the parameters are those of ``HTTPLanguageModel``.
    package init(_ address: BackendAddress, _ settings: BackendSettings, name: String? = nil) {
        self.address = address
        self.settings = settings
        url = address.endpoint("audio/transcriptions", at: settings.path)
        anticipates = settings.anticipates ?? address.isLoopback
        self.name = name ?? settings.model ?? "transcriber"
        client = BackendClient(.transcriber, settings)
    }

    package func prepare() async { await client.prepare(for: address) }

    package func transcribe(_ recording: Recording, language: String?, prompt: String?) async throws -> String? {
        try await transcribe(recording, language: language, prompt: prompt) { _ in }
    }

    package func transcribe(
        _ recording: Recording,
        language: String?,
        prompt: String?,
        partial: (_ text: String) async throws -> Void
    ) async throws -> String? {
        let form = try TranscriptionQuestion(recording, fields: fields(language: language, prompt: prompt))
        let boundary = Self.boundary()
        let question = BackendClient.Question(
            url: url,
            contentType: TranscriptionQuestion.contentType(boundary: boundary),
            accepts: settings.streamsTranscripts
                ? "text/event-stream, application/json" : "application/json, text/plain",
            body: ByteBuffer(bytes: form.body(boundary: boundary))
        )
        var reader = TranscriptionReader()
        var events = EventStreamParser()
        var whole: (body: ByteBuffer, isText: Bool)?
        try await client.ask(question) { piece in
            guard piece.contentType == "text/event-stream" else {
                var body = whole?.body ?? ByteBuffer()
                body.writeImmutableBuffer(piece.bytes)
                guard body.readableBytes <= EventStreamParser.longestEvent else {
                    throw AnswerError.unreadable("it is longer than \(EventStreamParser.longestEvent) bytes")
                }
                whole = (body, piece.contentType == "text/plain")
                return true
            }
            for event in try events.push(piece.bytes.readableBytesView) {
                let text = try reader.push(event.data)
                if !text.isEmpty { try await partial(text) }
            }
            return true
        }
        return try client.reading(url) { () throws(AnswerError) in
            if let whole {
                return try TranscriptionReader.transcript(whole.body.readableBytesView, isText: whole.isText)
            }
            for event in events.finish() { _ = try reader.push(event.data) }
            return try reader.finish()
        }
    }

    private func fields(language: String?, prompt: String?) -> [(name: String, value: String)] {
        var fields: JSONObject = [:]
        fields["model"] = settings.model.map { .string($0) }
        fields["language"] = language.map { .string($0) }
        fields["prompt"] = prompt.map { .string($0) }
        fields["response_format"] = "json"
        if settings.streamsTranscripts { fields["stream"] = "true" }
        for (name, value) in settings.extra.members { fields[name] = value.isNull ? .none : .some(value) }
        return fields.members.map { ($0.name, $0.value.stringValue ?? $0.value.text) }
    }

    /// What separates the parts of a form: random, so that no recording can hold it.
    private static func boundary() -> String {
        "parley-" + String(UInt64.random(in: .min ... .max), radix: 36)
            + String(UInt64.random(in: .min ... .max), radix: 36)
    }
}
