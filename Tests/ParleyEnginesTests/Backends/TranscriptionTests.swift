// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyAudio
import ParleyEngines
import ParleySession
import Testing

@Suite("Transcriptions")
struct TranscriptionTests {
    @Test("The form has the options and a WAV file of 16 kHz with its true length")
    func form() throws {
        let recording = Recording(samples: Array(repeating: 100, count: 24_000), sampleRate: 24_000)
        let question = try TranscriptionQuestion(recording, fields: [("model", "whisper"), ("language", "de")])
        let body = question.body(boundary: "B")
        let text = String(decoding: body, as: UTF8.self)
        #expect(text.hasPrefix("--B\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nwhisper\r\n--B\r\n"))
        #expect(text.contains("name=\"file\"; filename=\"speech.wav\"\r\nContent-Type: audio/wav\r\n\r\nRIFF"))
        #expect(text.hasSuffix("\r\n--B--\r\n"))
        let start = try #require(body.indices.first { body[$0...].starts(with: "RIFF".utf8) })
        let header = try body[start...].withUnsafeBytes { try WAVHeader.parse($0) }
        #expect(header?.format.sampleRate == 16_000)
        let length = try #require(header?.dataLength)
        #expect(abs(length - 32_000) <= 4)
        #expect(body.count == start + 44 + length + "\r\n--B--\r\n".utf8.count)
    }

    @Test(
        "The text is found in every form",
        arguments: [
            (#"{"text":" Hello there. ","usage":{"type":"duration","seconds":2}}"#, false),
            (
                #"{"task":"transcribe","language":"english","duration":1,"text":"Hello there.","segments":[{"no_speech_prob":0.1}]}"#,
                false
            ),
            ("Hello there.\n", true), (#"{"text":"Hello there."}"#, true),
        ] as [(String, Bool)]
    )
    func forms(body: String, isText: Bool) throws {
        #expect(try TranscriptionReader.transcript(body.utf8, isText: isText) == "Hello there.")
    }

    @Test("What the model takes for silence was not said")
    func silence() throws {
        let body = #"{"text":"Thank you.","segments":[{"no_speech_prob":0.93},{"no_speech_prob":0.85}]}"#
        #expect(try TranscriptionReader.transcript(body.utf8, isText: false) == "")
    }

    @Test("A stream grows, and its end has the last word")
    func stream() throws {
        var reader = TranscriptionReader()
        #expect(try reader.push(#"{"type":"transcript.text.delta","delta":"Hallo"}"#) == "Hallo")
        #expect(try reader.push(#"{"type":"transcript.text.delta","delta":" da"}"#) == " da")
        #expect(try reader.push(#"{"type":"transcript.text.done","text":"Hello there."}"#) == "")
        #expect(try reader.finish() == "Hello there.")
    }

    @Test("Errors and answers without text are errors")
    func errors() throws {
        #expect(throws: AnswerError.reported(BackendMessage("busy"))) {
            try TranscriptionReader.transcript(#"{"error":"busy"}"#.utf8, isText: false)
        }
        #expect(throws: AnswerError.self) { try TranscriptionReader.transcript("{}".utf8, isText: false) }
        #expect(throws: AnswerError.cutShort) { try TranscriptionReader().finish() }
    }
}
