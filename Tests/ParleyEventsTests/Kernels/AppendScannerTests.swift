// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Testing

@testable import ParleyEvents

@Suite("The short way of appended audio")
struct AppendScannerTests {
    private static let audio = Base64.encode(ByteBuffer(bytes: (0..<960).map { UInt8($0 % 256) }))

    /// What the general way makes of a message.
    private static func generally(_ text: String) -> ServerEdge.Incoming {
        do {
            let object = try #require(try JSON(parsing: ByteBuffer(string: text)).objectValue)
            return .event(try ClientEvent(object, inputFormat: .pcm), eventID: object["event_id"]?.stringValue)
        } catch let error as RealtimeError {
            return .invalid(error)
        } catch {
            return .invalid(.invalidEvent("\(error)"))
        }
    }

    private static func isShort(_ text: String) -> Bool {
        Array(text.utf8).withUnsafeBytes { AppendScanner($0) != nil }
    }

    @Test(
        "is taken for every flat spelling of the event, with the same result",
        arguments: [
            #"{"type":"input_audio_buffer.append","audio":"AUDIO"}"#,
            #"{"audio":"AUDIO","type":"input_audio_buffer.append"}"#,
            #"{"event_id":"e1","type":"input_audio_buffer.append","audio":"AUDIO"}"#,
            #"{"type":"input_audio_buffer.append","event_id":"","audio":"AUDIO"}"#,
            #"{"type":"input_audio_buffer.append","audio":"AUDIO","event_id":"é"}"#,
            " \t\r\n{ \"type\" : \"input_audio_buffer.append\" ,\n \"audio\" : \"AUDIO\" } \n",
            #"{"type":"input_audio_buffer.append","audio":""}"#,
        ]
    )
    func taken(pattern: String) {
        let text = pattern.replacing("AUDIO", with: Self.audio)
        #expect(Self.isShort(text))
        var edge = ServerEdge(dialect: .ga)
        #expect(edge.received(ByteBuffer(string: text), inputFormat: .pcm) == Self.generally(text))
    }

    @Test(
        "is left to the parser whenever anything is unusual",
        arguments: [
            "", "{", "{}", "[]", "null", #"{"type":"input_audio_buffer.append"}"#, #"{"audio":"AAAA"}"#,
            #"{"type":"input_audio_buffer.appended","audio":"AAAA"}"#,
            #"{"type":"input_audio_buffer.append","audio":"AAAA","more":1}"#,
            #"{"type":"input_audio_buffer.append","audio":"AAAA","audio":"AAAA"}"#,
            #"{"type":"input_audio_buffer.append","type":"input_audio_buffer.append","audio":"AAAA"}"#,
            #"{"type":"input_audio_buffer.append","audio":"AAAA",}"#,
            #"{"type":"input_audio_buffer.append","audio":"AAAA"} x"#,
            #"{"type":"input_audio_buffer.append","audio":"AAAA""#,
            #"{"type":"input_audio_buffer.append","audio":AAAA}"#,
            #"{"type":"input_audio_buffer.append","audio":"AAAA","event_id":7}"#,
            #"{"type":"input_audio_buffer.append","audio":"AAAA","event_id":"a\"b"}"#,
            #"{"type":"input_audio_buffer.append","audio":"AAAA","event_id":"a\u0041"}"#,
            #"{"type":"input_audio_buffer.append","audio":{"a":"AAAA"}}"#,
            #"{"\u0074ype":"input_audio_buffer.append","audio":"AAAA"}"#,
            "{\"type\":\"input_audio_buffer.append\",\"audio\":\"AAAA\",\"event_id\":\"a\u{1}\"}",
        ]
    )
    func left(text: String) {
        #expect(!Self.isShort(text))
    }

    @Test("gives audio that the parser alone can read to the parser")
    func escapes() {
        // Foundation writes "/" as "\/", System.Text.Json writes "+" as "\u002B".
        let text = #"{"type":"input_audio_buffer.append","audio":"\/\u002B8A"}"#
        var edge = ServerEdge(dialect: .ga)
        #expect(
            edge.received(ByteBuffer(string: text), inputFormat: .pcmu)
                == .event(.inputAudioBufferAppend(ByteBuffer(bytes: [0xFF, 0xEF, 0x00])), eventID: nil)
        )
    }

    @Test("agrees with the parser on whatever becomes of a message when bytes of it change")
    func mutations() {
        var random = SplitMix(state: 7)
        let text = #"{"type":"input_audio_buffer.append","event_id":"e","audio":"\#(Self.audio.prefix(64))"}"#
        let alphabet = Array(#"{}[]":,\/ae1=+-_ \u"#.utf8) + [0x00, 0x0A, 0x7F]
        for _ in 0..<20_000 {
            var bytes = Array(text.utf8)
            for _ in 0...(random.next() % 3) {
                let place = Int(random.next() % UInt64(bytes.count))
                switch random.next() % 3 {
                case 0: bytes[place] = alphabet[Int(random.next() % UInt64(alphabet.count))]
                case 1: bytes.remove(at: place)
                default: bytes.insert(alphabet[Int(random.next() % UInt64(alphabet.count))], at: place)
                }
            }
            let mutated = String(decoding: bytes, as: UTF8.self)
            var edge = ServerEdge(dialect: .ga)
            let message = ByteBuffer(string: mutated)
            var scratch = ByteBuffer()
            guard let short = edge.receivedAppend(message, inputFormat: .pcmu, scratch: &scratch) else { continue }
            #expect(short == edge.receivedGenerally(message, inputFormat: .pcmu), "\(mutated)")
        }
    }
}

private struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
