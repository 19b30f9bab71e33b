// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyEngines
import ParleySession
import Testing

@Suite("Responses are written")
struct WrittenResponseTests {
    private func progress(of model: FakeModel) async throws -> [ResponseProgress] {
        let never = FakeSynthesizer { _, _ in Issue.record("a written response was spoken") }
        return try await PipelineEngine.fake(model: model, synthesizer: never)
            .serving(SessionProbe()) { probe in
                probe.command(.respond(request(audio: false)))
                return await probe.response("resp_1")
            }
    }

    @Test("text is passed on piece by piece, reasoning is not")
    func textIsPassedOn() async throws {
        let progress = try await progress(of: .saying("<thi", "nk>hm</think>", "Hello **you**", " 🎉", " <t"))
        #expect(
            progress == [
                .text("Hello **you**"), .text(" 🎉"), .text(" "), .text("<t"), .finished(.completed, usage: nil),
            ]
        )
    }

    @Test("of ready-made sound only the transcript is passed on")
    func soundBecomesText() async throws {
        let model = FakeModel { _, emit in try await emit(.audio(transcript: "[sound]", samples: [1, 2])) }
        #expect(try await progress(of: model) == [.text("[sound]"), .finished(.completed, usage: nil)])
    }

    @Test("function calls and the reason of the end are passed on, and nothing follows the end")
    func callsArePassedOn() async throws {
        let model = FakeModel { _, emit in
            try await emit(.text("<"))
            try await emit(.toolCall(index: 1, .started(callID: nil, name: "f")))
            try await emit(.finished(.contentFilter, usage: nil))
            try await emit(.text("more"))
            throw EngineFailure(message: "too late to matter")
        }
        let expected: [ResponseProgress] = [
            .text("<"), .toolCall(index: 1, .started(callID: nil, name: "f")), .finished(.contentFilter, usage: nil),
        ]
        #expect(try await progress(of: model) == expected)
    }
}
