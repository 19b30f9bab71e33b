// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyEvents
import Testing

@testable import ParleyClient

@Suite("What a session is to be")
struct SessionSettingsTests {
    @Test("nothing wanted is nothing but the type")
    func empty() { #expect(SessionSettings().object(tools: []) == ["type": "realtime"]) }

    @Test("everything stands where a server takes it")
    func everything() throws {
        var settings = SessionSettings()
        settings.instructions = "Be brief."
        settings.outputModality = .text
        settings.voice = "alloy"
        settings.speed = 1.25
        settings.inputFormat = .pcmu
        settings.outputFormat = .pcma
        settings.turnTaking = .manual
        settings.transcription = InputTranscription(model: "whisper-1")
        settings.toolChoice = .required
        settings.maxOutputTokens = .tokens(100)
        settings.extra = ["tracing": "auto"]
        let tool = Tool.function(name: "f", description: nil, parameters: nil)
        var session = Session(id: "s", model: "m", expiresAt: 0)
        try session.apply(settings.object(tools: [tool]), audioWasProduced: false)
        #expect(session.instructions == "Be brief.")
        #expect(session.outputModality == .text)
        #expect(session.output.format == .pcma)
        #expect(session.output.voice == "alloy")
        #expect(session.output.speed == 1.25)
        #expect(session.input.format == .pcmu)
        #expect(session.input.turnDetection == nil)
        #expect(session.input.transcription?.model == "whisper-1")
        #expect(session.tools == [tool])
        #expect(session.toolChoice == .required)
        #expect(session.maxOutputTokens == .tokens(100))
        #expect(session.extra["tracing"] == "auto")
    }
}
