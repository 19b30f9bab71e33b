// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Logging
import NIOCore
import ParleyAudio
import ParleyEngines
import ParleyEvents
import ParleySession
import Testing

/// A connection on which client and server talk in tones, in one dialect and one audio format.
struct ToneTalk: Sendable, CustomTestStringConvertible {
    let dialect: Dialect
    let format: AudioFormat

    /// All there are.
    static let all = Dialect.allCases.flatMap { dialect in
        AudioFormat.allCases.map { ToneTalk(dialect: dialect, format: $0) }
    }

    var testDescription: String { "\(dialect.rawValue), \(format.name)" }

    /// What the model answers to what it hears.
    static func answer(to heard: String) -> String { "I heard \(heard) and wait." }

    /// Runs `body` with a client that has agreed on the format.
    func run(_ body: @Sendable (inout RealtimeClient) async throws -> Void) async throws {
        var settings = PipelineEngine.Settings()
        // A finished sentence is spoken at once when the model pauses.
        settings.pause = .zero
        let engine = PipelineEngine(
            transcriber: ToneTranscriber(),
            model: ToneModel(),
            synthesizer: ToneSynthesizer(),
            settings: settings,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        try await RunningServer.serving(engine) { port in
            var client = try await RealtimeClient(dialect, port: port)
            try await client.send(["type": "session.update", "session": .object(session)])
            _ = try await client.events(through: "session.updated")
            try await body(&client)
            try await client.finish()
        }
    }

    private var session: JSONObject {
        let transcription: JSON = ["model": "tones"]
        switch dialect {
        case .ga:
            let format: JSON = ["type": .string(format.name)]
            return [
                "type": "realtime",
                "audio": ["input": ["format": format, "transcription": transcription], "output": ["format": format]],
            ]
        case .beta:
            let names: [AudioFormat: JSON] = [.pcm: "pcm16", .pcmu: "g711_ulaw", .pcma: "g711_alaw"]
            return [
                "input_audio_format": names[format] ?? .null, "output_audio_format": names[format] ?? .null,
                "input_audio_transcription": transcription,
            ]
        }
    }

    /// Says something and falls silent.
    func say(_ text: String, to client: RealtimeClient) async throws {
        try await client.append(Sound.silence(ms: 200, format), format)
        try await client.append(Sound.words(text, format), format)
        try await client.append(Sound.silence(ms: 600, format), format)
    }

    func isAudioDelta(_ event: JSONObject) -> Bool {
        event["type"] == (dialect == .ga ? "response.output_audio.delta" : "response.audio.delta")
    }

    /// The sound of the audio deltas among these events.
    func audio(_ events: [JSONObject]) -> ByteBuffer {
        events.filter(isAudioDelta).compactMap { $0["delta"]?.stringValue.flatMap { Base64.decode($0) } }
            .reduce(into: ByteBuffer()) { $0 += $1 }
    }

    /// Reads events until that was heard in their sound.
    func listen(for text: String, from client: inout RealtimeClient) async throws {
        var decoder = ToneCode.Decoder(sampleRate: format.sampleRate)
        var words: [ToneCode.Word] = []
        while self.text(words) != text {
            let audio = audio([try await client.next()])
            decoder.process(Recording(audio, format: format).samples.span, into: &words)
        }
    }

    /// The words that are in the sound of these events.
    func heard(_ events: [JSONObject]) -> String { text(Sound.heard(in: audio(events), format)) }

    func text(_ words: some Sequence<ToneCode.Word>) -> String { words.map(\.text).joined(separator: " ") }

    /// The events of a turn that begins now, until it is both answered and transcribed, in whichever order.
    func turn(_ client: inout RealtimeClient) async throws -> [JSONObject] {
        let ends = ["response.done", "conversation.item.input_audio_transcription.completed"]
        let first = try await client.events(through: ends[0], ends[1])
        return first
            + (try await client.events(through: first.last?["type"]?.stringValue == ends[0] ? ends[1] : ends[0]))
    }
}

/// A model that says what it has heard; when it was told to go on, it stays in its response until it is stopped.
struct ToneModel: LanguageModel {
    static let goOn = "go on"
    let name = "tone model"

    func respond(to request: ResponseRequest, emit: (ModelEvent) async throws -> Void) async throws {
        let heard = request.lastTranscript ?? "nothing"
        try await emit(.text(ToneTalk.answer(to: heard)))
        guard heard.hasPrefix(Self.goOn) else { return }
        let (silence, end) = AsyncStream.makeStream(of: Never.self)
        for await _ in silence {}
        end.finish()
        try Task.checkCancellation()
    }
}

extension ResponseRequest {
    /// What was understood of the user's last recording.
    fileprivate var lastTranscript: String? {
        for case .message(_, .user, let parts) in context.reversed() {
            for case .audio(_, let transcript) in parts { return transcript }
        }
        return nil
    }
}
