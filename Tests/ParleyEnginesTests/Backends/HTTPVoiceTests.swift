// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import ParleyAudio
import ParleyEngines
import ParleyEvents
import ParleySession
import Testing

@Suite("Transcribers and voices of the HTTP API")
struct HTTPVoiceTests {
    private static let samples = (0..<3_000).map { Int16(truncatingIfNeeded: $0 * 7) }
    private static let bytes = PCM16.bytes(littleEndian: samples.span)

    private func speak(
        _ steps: [HTTPDouble.Step],
        _ utterance: Utterance = Utterance(text: "Hello."),
        voices: [String] = [],
        _ change: (inout BackendSettings) -> Void = { _ in }
    ) async throws -> (samples: [Int16], body: JSON?) {
        try await HTTPDouble.serving({ _ in steps }) { double in
            let address = try double.address()
            var settings = BackendSettings(.at(address), limits: .voice)
            change(&settings)
            var samples: [Int16] = []
            try await HTTPSynthesizer(address, settings, voices: voices).speak(utterance) { samples += $0 }
            return (samples, try await double.log.requests.first.map { try JSON(parsing: $0.body) })
        }
    }

    @Test("Raw samples come in chunks of an odd number of bytes")
    func oddChunks() async throws {
        var steps = [HTTPDouble.Step].head("application/octet-stream")
        var rest = Self.bytes[...]
        while !rest.isEmpty {
            steps += .chunk(Array(rest.prefix(1_001)))
            rest = rest.dropFirst(1_001)
        }
        let spoken = try await speak(steps + [HTTPDouble.Step].end)
        #expect(spoken.samples == Self.samples)
        #expect(
            spoken.body == [
                "model": "test-model", "input": "Hello.", "voice": "alloy", "response_format": "pcm",
            ]
        )
    }

    @Test("A WAV file, a stated rate and a stream of events are heard as what they are")
    func forms() async throws {
        let header = WAVFormat(encoding: .pcm, sampleRate: 24_000, channels: 1, bitsPerSample: 16)
            .header(dataLength: Self.bytes.count)
        #expect(try await speak(.answer(header + Self.bytes, type: "audio/wav")).samples == Self.samples)
        let slow = try await speak(.answer(Self.bytes, type: "audio/L16; rate=48000; channels=1"))
        #expect(abs(slow.samples.count - 1_500) <= 1)
        let halves = [Self.bytes[..<2_001], Self.bytes[2_001...]]
        let events = halves.map { half in
            #"{"type":"speech.audio.delta","audio":"\#(Base64.encode(.init(bytes: half)))"}"#
        }
        let spoken = try await speak(.events(events + [#"{"type":"speech.audio.done"}"#]) + [HTTPDouble.Step].end)
        #expect(spoken.samples == Self.samples)
    }

    @Test("Voice, rate and members are the settings', and unknown voices become the server's first")
    func settings() async throws {
        let answer = [HTTPDouble.Step].answer(Self.bytes, type: "audio/pcm")
        var body = try await speak(answer, Utterance(text: "Hi", voice: "verse", speed: 1.25), voices: ["a", "b"]).body
        #expect(body?["voice"] == "a")
        #expect(body?["speed"] == 1.25)
        body = try await speak(answer, voices: ["a", "alloy"]).body
        #expect(body?["voice"] == "alloy")
        body =
            try await speak(answer, voices: ["a"]) {
                $0.voice = "mine"
                $0.format = .wav
                $0.extra = ["sample_rate": 24_000]
            }
            .body
        #expect(body?["voice"] == "mine")
        #expect(body?["response_format"] == "wav")
        #expect(body?["sample_rate"] == 24_000)
        body =
            try await speak(answer, Utterance(text: "Hi", voice: "verse"), voices: ["a"]) {
                $0.voice = "mine"
                $0.voices = ["verse": "b"]
            }
            .body
        #expect(body?["voice"] == "b")
    }

    @Test(
        "What is no sound is never played",
        arguments: [
            ("application/json", #"{"detail":"no voice"}"#), ("text/html", "<h1>Hello</h1>"), ("audio/mpeg", "ID3"),
            ("audio/pcm", ""),
        ] as [(String, String)]
    )
    func noSound(type: String, body: String) async throws {
        let failure = await #expect(throws: BackendFailure.self) { try await speak(.answer(body, type: type)) }
        #expect(failure?.slot == .voice)
        #expect(failure?.engineFailure.code == "backend_answer_invalid")
    }

    @Test("A recording goes out as a form, and its text comes back")
    func transcription() async throws {
        try await HTTPDouble.serving({ _ in .answer(#"{"text":" Hello. "}"#) }) { double in
            let address = try double.address()
            let transcriber = HTTPTranscriber(address, BackendSettings(.at(address), limits: .transcriber))
            let recording = Recording(samples: Self.samples, sampleRate: 24_000)
            #expect(try await transcriber.transcribe(recording, language: "de", prompt: nil) == "Hello.")
            let request = try #require(await double.log.requests.first)
            #expect(request.target == "/v1/audio/transcriptions")
            #expect(request.headers["content-type"]?.hasPrefix("multipart/form-data; boundary=parley-") == true)
            for field in ["name=\"model\"\r\n\r\ntest-model", "name=\"language\"\r\n\r\nde", "RIFF"] {
                #expect(request.text.contains(field))
            }
            #expect(transcriber.anticipates)
        }
    }

    @Test("A transcript that streams is told as it grows")
    func streamedTranscript() async throws {
        let events = [
            #"{"type":"transcript.text.delta","delta":"Hel"}"#, #"{"type":"transcript.text.delta","delta":"lo."}"#,
            #"{"type":"transcript.text.done","text":"Hello."}"#,
        ]
        try await HTTPDouble.serving({ _ in .events(events) + [HTTPDouble.Step].end }) { double in
            let address = try double.address()
            var settings = BackendSettings(.at(address), limits: .transcriber)
            settings.streamsTranscripts = true
            var partial: [String] = []
            let text = try await HTTPTranscriber(address, settings)
                .transcribe(Recording(samples: [0, 0], sampleRate: 16_000), language: nil, prompt: nil) {
                    partial.append($0)
                }
            #expect(text == "Hello.")
            #expect(partial == ["Hel", "lo."])
        }
    }

    @Test("A transcriber that refuses says so in its own words")
    func refused() async throws {
        let body = #"{"error":{"code":501,"message":"no audio input","type":"not_supported_error"}}"#
        try await HTTPDouble.serving({ _ in .answer(body, status: "501 Not Implemented") }) { double in
            let address = try double.address()
            let transcriber = HTTPTranscriber(address, BackendSettings(.at(address)))
            let failure = await #expect(throws: BackendFailure.self) {
                try await transcriber.transcribe(
                    Recording(samples: [0], sampleRate: 16_000),
                    language: nil,
                    prompt: nil
                )
            }
            #expect(failure?.message == "The transcriber answered 501 (not_supported_error): no audio input")
        }
    }
}
