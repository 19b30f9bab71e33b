// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import ParleyEvents
import Testing

@Suite("Finding the type of an event without reading it")
struct EventTypeScannerTests {
    private static func type(_ text: String) -> String? {
        let message = ByteBuffer(string: text)
        return EventTypeScanner.type(in: message)
            .map {
                String(decoding: message.readableBytesView.dropFirst($0.lowerBound).prefix($0.count), as: UTF8.self)
            }
    }

    @Test(
        "wherever it stands",
        arguments: [
            #"{"type":"x.y"}"#, #"{"event_id":"e","type":"x.y"}"#, #"{"a":{"type":"no"},"type":"x.y"}"#,
            #"{"a":[{"type":"no"},"}"],"type":"x.y"}"#, #" { "a" : "q\"}" , "b":1.5e3,"c":null, "type" : "x.y" }"#,
            #"{"a":"\\","type":"x.y"}"#, #"{"a\"type":"no","type":"x.y"}"#, #"{"a":"\\\"","type":"x.y","z":"#,
        ]
    )
    func found(text: String) { #expect(Self.type(text) == "x.y") }

    @Test(
        "or not at all",
        arguments: [
            "", "{", "{}", "[]", #"["type","x"]"#, #"{"type":1}"#, #"{"type":"x\u002Ey"}"#, #"{"type":"x"#,
            #"{"a":{"type":"no"}}"#, #"{"a":"type","b":"x"}"#, #"{"a":[}"#, "{type:1}", #"{"type":{"type":"no"}}"#,
        ]
    )
    func notFound(text: String) { #expect(Self.type(text) == nil) }

    @Test("as the JSON parser finds it, in all samples and all their beginnings")
    func likeTheParser() {
        let text = #"{"item":{"type":"message","a":["\"",{"b":[]}]},"event_id":"\\","type":"response.done","n":-1}"#
        #expect(Self.type(text) == (try? JSON(parsing: text))?["type"]?.stringValue)
        for end in text.indices {
            let beginning = Self.type(String(text[..<end]))
            #expect(beginning == nil || beginning == "response.done")
        }
    }

    @Test("takes only an append that nobody can read as something else for a plain one")
    func plainAppend() {
        func isPlain(_ text: String) -> Bool { EventTypeScanner.isPlainAppend(ByteBuffer(string: text)) }
        #expect(isPlain(#"{"type":"input_audio_buffer.append","audio":"AAAA"}"#))
        #expect(!isPlain(#"{"type":"input_audio_buffer.append","audio":"AAAA","type":"session.update"}"#))
        #expect(!isPlain(#"{"type":"session.update"}"#))
    }
}
