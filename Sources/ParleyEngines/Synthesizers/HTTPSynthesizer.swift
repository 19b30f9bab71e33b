// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import ParleyEvents
internal import ParleySession

/// Speaks by a server of speech (`POST /v1/audio/speech`).
package struct HTTPSynthesizer: SpeechSynthesizer {
    package let name: String
    private let address: BackendAddress
    private let settings: BackendSettings
    private let voices: [String]
    private let url: String
    private let client: BackendClient

    /// A voice at `address`, named and asked as ``HTTPLanguageModel`` is.
    ///
    /// A voice that the client names and that is none of `voices` becomes the first of them; without any, as far as is
    /// known, the server is asked for what the client names.
    package init(_ address: BackendAddress, _ settings: BackendSettings, voices: [String] = [], name: String? = nil) {
        self.address = address
        self.settings = settings
        self.voices = voices
        url = address.endpoint("audio/speech", at: settings.path)
        self.name = name ?? settings.model ?? "voice"
        client = BackendClient(.voice, settings)
    }

    package func prepare() async { await client.prepare(for: address) }

    package func speak(_ utterance: Utterance, emit: (_ samples: [Int16]) async throws -> Void) async throws {
        let question = BackendClient.Question(
            url: url,
            accepts: "audio/*, application/octet-stream",
            body: ByteBuffer(string: body(utterance).text)
        )
        var reader = SpeechReader(rawRate: settings.sampleRate)
        var events: EventStreamParser?
        var isFirst = true
        try await client.ask(question) { piece in
            if isFirst {
                isFirst = false
                try Self.check(piece)
                if piece.contentType == "text/event-stream" { events = EventStreamParser() }
                if let rate = piece.rate { reader = SpeechReader(rawRate: rate) }
            }
            let samples: [Int16]
            if events != nil {
                var bytes: [UInt8] = []
                for event in try events?.push(piece.bytes.readableBytesView) ?? [] {
                    bytes += try SpeechEvent.audio(event.data)
                }
                samples = try reader.push(bytes)
            } else {
                samples = try reader.push(piece.bytes.readableBytesView)
            }
            if !samples.isEmpty { try await emit(samples) }
            return true
        }
        let rest = try client.reading(url) { () throws(AnswerError) in
            var rest: [Int16] = []
            for event in events?.finish() ?? [] { rest += try reader.push(try SpeechEvent.audio(event.data)) }
            return rest + (try reader.finish())
        }
        if !rest.isEmpty { try await emit(rest) }
    }

    /// What is no sound must not be played.
    private static func check(_ piece: BackendClient.Piece) throws(AnswerError) {
        switch piece.contentType {
        case "application/json", "text/html", "text/plain":
            let body = BackendMessage(body: piece.bytes.readableBytesView)
            throw .unreadable("it sent \(piece.contentType) instead of sound\(body.shown)")
        case "audio/mpeg", "audio/mp3", "audio/ogg", "audio/opus", "audio/aac", "audio/flac", "audio/webm":
            throw .unreadable("it sent \(piece.contentType), which was not asked for; it must know pcm or wav")
        default: break
        }
    }

    /// The server's name of a voice.
    private func voice(for asked: String) -> String {
        if let chosen = settings.voices[asked] ?? settings.voice { return chosen }
        return voices.isEmpty || voices.contains(asked) ? asked : voices[0]
    }

    private func body(_ utterance: Utterance) -> JSONObject {
        var body: JSONObject = [:]
        body["model"] = settings.model.map { .string($0) }
        body["input"] = .string(utterance.text)
        body["voice"] = .string(voice(for: utterance.voice))
        body["response_format"] = .string(settings.format.rawValue)
        if utterance.speed != 1 { body["speed"] = JSON(utterance.speed) }
        for (name, value) in settings.extra.members { body[name] = value.isNull ? .none : .some(value) }
        return body
    }
}
