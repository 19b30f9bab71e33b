// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyEvents
import Testing

@Suite("Errors")
struct RealtimeErrorTests {
    @Test("always have all five members")
    func members() {
        #expect(
            RealtimeError(code: nil, message: "m").object == [
                "type": "invalid_request_error", "code": nil, "message": "m", "param": nil, "event_id": nil,
            ]
        )
        #expect(
            RealtimeError(type: "server_error", code: "c", message: "m", param: "p", eventID: "e").object == [
                "type": "server_error", "code": "c", "message": "m", "param": "p", "event_id": "e",
            ]
        )
    }

    /// How many values are listed, and the text.
    struct Listing: Sendable {
        let supported: [String]
        let message: String
    }

    static let listings = [
        Listing(supported: [], message: "Invalid value: 'x'."),
        Listing(supported: ["A"], message: "Invalid value: 'x'. Value must be 'A'."),
        Listing(supported: ["A", "B"], message: "Invalid value: 'x'. Supported values are: 'A' and 'B'."),
        Listing(supported: ["A", "B", "C"], message: "Invalid value: 'x'. Supported values are: 'A', 'B', and 'C'."),
    ]

    @Test("list what would have been right", arguments: listings)
    func supported(listing: Listing) {
        let error = RealtimeError.invalidValue("p", "x", supported: listing.supported)
        #expect(error == RealtimeError(code: "invalid_value", message: listing.message, param: "p"))
    }

    @Test(
        "name the sound that was expected",
        arguments: [
            (AudioFormat.pcm, "mono PCM16 at 24kHz"), (.pcmu, "mono G.711 µ-law at 8kHz"),
            (.pcma, "mono G.711 A-law at 8kHz"),
        ]
    )
    func audio(format: AudioFormat, name: String) {
        #expect(
            RealtimeError.invalidAudio("audio", format: format).message
                == "Invalid 'audio'. Expected base64-encoded audio bytes (\(name)) but got an invalid value."
        )
    }

    @Test("say on which side of a range a number lies")
    func ranges() {
        #expect(
            RealtimeError.outOfRange("audio_end_ms", kind: "integer", value: "-11", minimum: "0", maximum: nil)
                == RealtimeError(
                    code: "integer_below_min_value",
                    message: "Invalid 'audio_end_ms': integer below minimum value. Expected a value >= 0, "
                        + "but got -11 instead.",
                    param: "audio_end_ms"
                )
        )
        #expect(
            RealtimeError.outOfRange("s", kind: "decimal", value: "2.0", minimum: nil, maximum: "1.5").message
                == "Invalid 's': decimal above maximum value. Expected a value <= 1.5, but got 2.0 instead."
        )
    }
}

@Suite("Usage")
struct UsageTests {
    @Test("adds up")
    func sums() {
        var usage = Usage()
        usage.inputText = 108
        usage.inputAudio = 18
        usage.cached = 64
        usage.outputText = 22
        usage.outputAudio = 66
        #expect(
            usage.json == [
                "total_tokens": 214, "input_tokens": 126, "output_tokens": 88,
                "input_token_details": [
                    "text_tokens": 108, "audio_tokens": 18, "image_tokens": 0, "cached_tokens": 64,
                    "cached_tokens_details": ["text_tokens": 64, "audio_tokens": 0, "image_tokens": 0],
                ],
                "output_token_details": ["text_tokens": 22, "audio_tokens": 66],
            ]
        )
    }
}
