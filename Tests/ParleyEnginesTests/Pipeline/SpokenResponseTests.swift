// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleySession
import Synchronization
import Testing

@testable import ParleyEngines

@Suite("Responses are spoken")
struct SpokenResponseTests {
    @Test("each sentence's words come before its sound, and the sound in small pieces")
    func transcriptComesBeforeAudio() async throws {
        let synthesizer = FakeSynthesizer { utterance, emit in
            try await emit([Int16](repeating: Int16(utterance.text.count), count: 6_000))
        }
        let model = FakeModel.saying("This is **the first** sentence. And here", " is the second one, a longer one.")
        let progress = try await PipelineEngine.fake(model: model, synthesizer: synthesizer)
            .serving(SessionProbe()) { probe in
                probe.command(.respond(request()))
                return await probe.response("resp_1")
            }
        #expect(
            progress.transcripts.joined() == "This is **the first** sentence. And here is the second one, a longer one."
        )
        let lengths = progress.map { progress in
            switch progress {
            case .transcript: 0
            case .audio(let samples): samples.count
            default: -1
            }
        }
        #expect(lengths == [0, 2_400, 2_400, 1_200, 0, 2_400, 2_400, 1_200, -1])
        #expect(progress.last == .finished(.completed, usage: nil))
    }

    @Test("the synthesizer gets text without markup, the voice and the speed")
    func synthesizerGetsPlainText() async throws {
        let utterances = Mutex<[Utterance]>([])
        let synthesizer = FakeSynthesizer { utterance, _ in utterances.withLock { $0.append(utterance) } }
        let model = FakeModel.saying("<think>Hm.</think># Title\n**Bold** text 🎉 here.\n```\ncode\n```\n你好，今天天气很好。")
        var spoken = request()
        spoken.voice = "verse"
        spoken.speed = 1.25
        let progress = try await PipelineEngine.fake(model: model, synthesizer: synthesizer)
            .serving(SessionProbe()) { [spoken] probe in
                probe.command(.respond(spoken))
                return await probe.response("resp_1")
            }
        let expected = [
            Utterance(text: "Title. Bold text here.", voice: "verse", speed: 1.25),
            Utterance(text: "你好，今天天气很好。", voice: "verse", speed: 1.25, language: "zh"),
        ]
        #expect(utterances.withLock { $0.sorted { $0.text < $1.text } } == expected)
        #expect(progress.transcripts.joined().contains("```\ncode\n"))
    }

    @Test("sound begins while the model is still thinking")
    func soundBeginsEarly() async throws {
        let gate = Gate()
        let model = FakeModel { _, emit in
            try await emit(.text("Well, that is a question. Let me"))
            await gate.pass()
            try await emit(.text(" think."))
        }
        try await PipelineEngine.fake(model: model)
            .serving(SessionProbe()) { probe in
                probe.command(.respond(request()))
                await probe.wait { !$0.progress(of: "resp_1").samples.isEmpty }
                await gate.open()
                let progress = await probe.response("resp_1")
                #expect(progress.transcripts == ["Well, that is a question.", " Let me think."])
            }
    }

    @Test("a sentence is made while the one before is sent, and no more than one")
    func oneSentenceIsMadeAhead() async throws {
        let made = Counter()
        let gate = Gate()
        let second = Gate()
        let synthesizer = FakeSynthesizer { _, emit in
            if await made.next() == 2 { await second.open() }
            try await emit([1, 2, 3])
        }
        let sentences = (1...6).map { "Here is the sentence with the long number \($0)00. " }
        let model = FakeModel { _, emit in for sentence in sentences { try await emit(.text(sentence)) } }
        let probe = SessionProbe { event in
            if case .response(_, .audio) = event { await gate.pass() }
        }
        try await PipelineEngine.fake(model: model, synthesizer: synthesizer)
            .serving(probe) { probe in
                probe.command(.respond(request()))
                await second.pass()
                #expect(await made.value == 2)
                await gate.open()
                _ = await probe.response("resp_1")
                #expect(await made.value == 6)
            }
    }

    @Test("a sentence is begun once the one before sounds, and sent after it however slowly that one is made")
    func sentencesStayInOrder() async throws {
        let second = Gate()
        let synthesizer = FakeSynthesizer { utterance, emit in
            let sound = [Int16(utterance.text.utf8.first ?? 0)]
            if utterance.text.hasPrefix("One") {
                try await emit(sound)
                await second.pass()
            } else {
                await second.open()
            }
            try await emit(sound)
        }
        let model = FakeModel.saying("One sentence is here for you to hear. Two sentences are there.")
        let progress = try await PipelineEngine.fake(model: model, synthesizer: synthesizer)
            .serving(SessionProbe()) { probe in
                probe.command(.respond(request()))
                return await probe.response("resp_1")
            }
        #expect(progress.samples == "OOT".utf8.map { Int16($0) })
    }

    @Test("a slow client slows the model")
    func slowClientSlowsModel() async throws {
        let emitted = Counter()
        let gate = Gate()
        let blocked = Gate()
        let model = FakeModel { _, emit in
            for number in 1...50 {
                try await emit(.text("Here is the sentence with the long number \(number)00. "))
                if await emitted.next() == 4 { await blocked.open() }
            }
        }
        let probe = SessionProbe { event in
            if case .response(_, .audio) = event { await gate.pass() }
        }
        try await PipelineEngine.fake(model: model)
            .serving(probe) { probe in
                probe.command(.respond(request()))
                await blocked.pass()
                #expect(await emitted.value < 12)
                await gate.open()
                _ = await probe.response("resp_1")
                #expect(await emitted.value == 50)
            }
    }

    @Test("a finished sentence is spoken when the model pauses")
    func pauseIsSpoken() async throws {
        let pause = Gate()
        let model = FakeModel { _, emit in
            try await emit(.text("I look it up."))
            await pause.pass()
            try await emit(.text("Found it."))
        }
        var settings = PipelineEngine.Settings()
        settings.sleep = { _ in }
        try await PipelineEngine.fake(model: model, settings: settings)
            .serving(SessionProbe()) { probe in
                probe.command(.respond(request()))
                await probe.wait { $0.progress(of: "resp_1").transcripts == ["I look it up."] }
                await pause.open()
                #expect(await probe.response("resp_1").transcripts == ["I look it up.", "Found it."])
            }
    }

    @Test("function calls follow the words before them and precede the words after them")
    func callsKeepTheirPlace() async throws {
        let model = FakeModel { _, emit in
            try await emit(.text("Let me look"))
            try await emit(.toolCall(index: 0, .started(callID: "call_1", name: "look")))
            try await emit(.toolCall(index: 0, .arguments("{}")))
            try await emit(.toolCall(index: 0, .finished))
            try await emit(.text("Two more."))
            try await emit(.finished(.maxOutputTokens, usage: TokenUsage(input: 1, output: 2)))
            try await emit(.text("Nobody hears this."))
        }
        let progress = try await PipelineEngine.fake(model: model)
            .serving(SessionProbe()) { probe in
                probe.command(.respond(request()))
                return await probe.response("resp_1")
            }
        let expected: [ResponseProgress] = [
            .transcript("Let me look"), .audio(sound("Let me look")),
            .toolCall(index: 0, .started(callID: "call_1", name: "look")), .toolCall(index: 0, .arguments("{}")),
            .toolCall(index: 0, .finished), .transcript("Two more."), .audio(sound("Two more.")),
            .finished(.maxOutputTokens, usage: TokenUsage(input: 1, output: 2)),
        ]
        #expect(progress == expected)
    }

    @Test("ready-made sound is sent as it is")
    func soundIsPassedOn() async throws {
        let samples = (0..<5_000).map { Int16($0) }
        let model = FakeModel { _, emit in try await emit(.audio(transcript: "[sound]", samples: samples)) }
        let progress = try await PipelineEngine.fake(model: model)
            .serving(SessionProbe()) { probe in
                probe.command(.respond(request()))
                return await probe.response("resp_1")
            }
        #expect(progress.transcripts == ["[sound]"])
        #expect(progress.samples == samples)
        #expect(progress.count == 5)
    }

    private func sound(_ text: String) -> [Int16] { text.unicodeScalars.map { Int16($0.value) } }
}
