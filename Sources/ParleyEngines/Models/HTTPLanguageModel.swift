// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import ParleyEvents
package import ParleySession

/// Answers by a server of chat completions (`POST /v1/chat/completions`).
package struct HTTPLanguageModel: LanguageModel {
    package let name: String
    private let address: BackendAddress
    private let settings: BackendSettings
    private let url: String
    private let client: BackendClient

    /// A model at `address`.
    ///
    /// - Parameters:
    ///   - address: Where the server is.
    ///   - settings: How it is asked; its `model` is the server's name of the model, whatever the client asks for.
    ///   - name: For the start-up table; `nil` = the model's name.
    package init(_ address: BackendAddress, _ settings: BackendSettings, name: String? = nil) {
        self.address = address
        self.settings = settings
        url = address.endpoint("chat/completions", at: settings.path)
        self.name = name ?? settings.model ?? "language model"
        client = BackendClient(.model, settings)
    }

    package func prepare() async { await client.prepare(for: address) }

    package func respond(to request: ResponseRequest, emit: (_ event: ModelEvent) async throws -> Void) async throws {
        switch request.lastWords {
        case .understood: break
        case .noWords: return try await emit(.finished(.completed, usage: nil))
        case .notTranscribed:
            throw EngineFailure(
                type: "invalid_request_error",
                code: "transcription_unavailable",
                message: "Nothing here turns speech into text for the language model. Start the server with --stt URL, "
                    + "or send text."
            )
        }
        let streams = settings.streamsTools || request.tools.isEmpty
        let body = ChatQuestion.body(
            for: request,
            model: settings.model,
            streams: streams,
            extra: settings.extra
        )
        let question = BackendClient.Question(
            url: url,
            accepts: streams ? "text/event-stream, application/json" : "application/json",
            body: ByteBuffer(string: body.text)
        )
        var answer = Answer()
        try await client.ask(question) { piece in
            for event in try answer.push(piece) { try await emit(event) }
            return true
        }
        for event in try client.reading(url, { () throws(AnswerError) in try answer.finish() }) {
            try await emit(event)
        }
    }

    /// An answer, whether the server streams it as it was asked or not.
    private struct Answer {
        private var reader = ChatAnswerReader()
        private var events = EventStreamParser()
        /// The answer in one piece, if it is not a stream.
        private var whole: ByteBuffer?
        private var hasBegun = false

        mutating func push(_ piece: BackendClient.Piece) throws(AnswerError) -> [ModelEvent] {
            if !hasBegun {
                hasBegun = true
                if piece.contentType == "application/json" { whole = ByteBuffer() }
            }
            guard whole == nil else {
                whole?.writeImmutableBuffer(piece.bytes)
                if let whole, whole.readableBytes > EventStreamParser.longestEvent {
                    throw .unreadable("it is longer than \(EventStreamParser.longestEvent) bytes")
                }
                return []
            }
            return try read(try events.push(piece.bytes.readableBytesView))
        }

        mutating func finish() throws(AnswerError) -> [ModelEvent] {
            if let whole {
                guard whole.readableBytes > 0 else { throw .cutShort }
                return try reader.push(String(buffer: whole)) + reader.finish()
            }
            return try read(events.finish()) + reader.finish()
        }

        private mutating func read(_ events: [EventStreamParser.Event]) throws(AnswerError) -> [ModelEvent] {
            var made: [ModelEvent] = []
            for event in events { made += try reader.push(event.data) }
            return made
        }
    }
}
