// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyEvents
import Testing

@testable import ParleyConformance

@Suite("What is shown of messages")
struct AbbreviationTests {
    @Test("Audio is told by its length, wherever it stands")
    func audio() {
        let audio = AudioEncoding.pcm.silence(milliseconds: 20)
        let append: JSONObject = ["type": "input_audio_buffer.append", "audio": .string(audio)]
        #expect(
            Abbreviation.text(of: append) == #"{"type":"input_audio_buffer.append","audio":"<960 bytes of audio>"}"#
        )
        let item: JSONObject = ["item": ["content": [["type": "input_audio", "audio": .string(audio)]]]]
        #expect(Abbreviation.text(of: item).contains("<960 bytes of audio>"))
        #expect(Abbreviation.text(of: ["delta": .string(audio)]) == #"{"delta":"<960 bytes of audio>"}"#)
    }

    @Test("Words that might be base64 stay words")
    func words() {
        #expect(Abbreviation.text(of: ["delta": "Seven"]) == #"{"delta":"Seven"}"#)
        #expect(Abbreviation.text(of: ["delta": "a sentence of more than thirty-two bytes"]).contains("sentence"))
        let text = AudioEncoding.pcm.silence(milliseconds: 2)
        #expect(Abbreviation.text(of: ["text": .string(text)]).contains(text))
    }

    @Test("Long texts are cut")
    func longTexts() {
        let text = String(repeating: "x", count: 200)
        #expect(Abbreviation.shortened(text) == String(repeating: "x", count: 160) + "… (200 bytes)")
        #expect(Abbreviation.text(of: text).hasSuffix("… (200 bytes)"))
        #expect(Abbreviation.shortened("short") == "short")
    }

    @Test("Client secrets are masked")
    func clientSecrets() {
        #expect(Abbreviation.text(of: #"{"value":"ek_0123"}"#) == #"{"value":"ek_***"}"#)
    }

    @Test("Keys are masked everywhere, longer ones first")
    func masking() {
        let masking = Masking(secrets: ["sk-1", "sk-12", "abc"])
        #expect(masking.masked("Bearer sk-12, sk-1; sk-1") == "Bearer ***, ***; ***")
        #expect(masking.masked("abc") == "abc")
        #expect(masking.masked("") == "")
    }
}
