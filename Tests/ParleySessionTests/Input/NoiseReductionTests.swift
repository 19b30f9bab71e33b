// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import NIOCore
import ParleyEvents
import ParleySession
import Testing

@Suite("Noise reduction")
struct NoiseReductionTests {
    /// A hum of 50 Hz, 2 s.
    private static let hum = TestAudio.encoded(
        (0..<48_000).map { Int16(8_000 * sin(2 * .pi * 50 * Double($0) / 24_000)) }
    )

    private static func harness(_ reduction: JSONObject?) -> SessionHarness {
        var session = Session.test()
        session.input.turnDetection = nil
        session.input.transcription = InputTranscription(model: "m")
        session.input.noiseReduction = reduction
        var harness = SessionHarness.opened(session: session)
        harness.append(hum)
        harness.client(["type": "input_audio_buffer.commit"])
        harness.client(["type": "response.create"])
        return harness
    }

    private static func loudest(_ recording: Recording) -> Int {
        recording.samples.suffix(24_000).map { abs(Int($0)) }.max() ?? 0
    }

    /// What transcriber and model hear.
    private static func heard(_ harness: inout SessionHarness) -> [Recording] {
        harness.takeCommands()
            .flatMap { command -> [Recording] in
                switch command {
                case .transcribe(let request): return [request.recording]
                case .respond(let request):
                    guard case .message(_, _, let parts) = request.context.first,
                        case .audio(let recording, _) = parts.first
                    else { return [] }
                    return [recording]
                case .cancel, .anticipate, .disregard: return []
                }
            }
    }

    @Test(
        "takes hum from what is heard",
        arguments: [["type": "near_field"], ["type": "far_field", "strength": 1]] as [JSONObject]
    )
    func on(reduction: JSONObject) {
        var harness = Self.harness(reduction)
        let heard = Self.heard(&harness)
        #expect(heard.count == 2)
        #expect(heard.allSatisfy { Self.loudest($0) < 1_000 })
        #expect(heard.allSatisfy { $0.durationMS == 2_000 })
    }

    @Test(
        "does nothing where it is off or has no strength",
        arguments: [nil, ["type": "near_field", "strength": 0]] as [JSONObject?]
    )
    func off(reduction: JSONObject?) {
        var harness = Self.harness(reduction)
        let heard = Self.heard(&harness)
        #expect(heard.count == 2)
        #expect(heard.allSatisfy { Self.loudest($0) > 7_900 })
    }

    @Test("leaves what is kept as it was sent")
    func retrieved() throws {
        var harness = Self.harness(["type": "near_field"])
        let itemID = try #require(harness.takeEvents().first?["item_id"])
        harness.client(["type": "conversation.item.retrieve", "item_id": itemID])
        let content = harness.takeEvent()?["item"]?["content"]?.arrayValue
        #expect(content?.first?["audio"] == .string(Self.hum.base64))
    }

    @Test("may change at any time while speech is found as before")
    func turns() {
        var harness = SessionHarness.opened()
        for reduction: JSON in [["type": "near_field"], ["strength": 0.5], nil] {
            harness.client([
                "type": "session.update",
                "session": ["type": "realtime", "audio": ["input": ["noise_reduction": reduction]]],
            ])
            #expect(harness.takeEvent()?["type"] == "session.updated")
            harness.append(TestAudio.silence(ms: 300) + TestAudio.speech(ms: 600) + TestAudio.silence(ms: 600))
            let types = harness.takeEvents().map { $0["type"] }
            #expect(types.prefix(2) == ["input_audio_buffer.speech_started", "input_audio_buffer.speech_stopped"])
            harness.client(["type": "response.cancel"])
            _ = harness.takeEvents()
        }
    }
}
