// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Logging
import ParleyEngines
import Testing

@Suite("Filling the slots of a pipeline")
struct PipelinePartsTests {
    private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private func row(_ slot: String, _ parts: PipelineParts) -> LocalParts.Row? {
        parts.summary.first { $0.slot == slot }
    }

    @Test("A server is asked for its models, of which the first is taken")
    func model() async throws {
        let models = #"{"object":"list","data":[{"id":"tiny","owned_by":"llamacpp"}]}"#
        try await HTTPDouble.serving({ $0.target == "/v1/models" ? .answer(models) : .chat("Hi.") }) { double in
            var settings = PipelineSettings()
            settings.model = try BackendSettings(double.url, limits: .model)
            let parts = try await PipelineParts.assemble(settings, logger: Self.logger)
            #expect(row("model", parts)?.using == "llama-server tiny at \(double.url)")
            #expect(parts.model.name == "llama-server tiny at \(double.url)")
            try await parts.model.respond(to: request()) { _ in }
            #expect(await double.log.requests.last?.text.contains(#""model":"tiny""#) == true)
        }
    }

    @Test("A model that the server does not list is used, and doubted")
    func unlisted() async throws {
        let models = #"{"object":"list","data":[{"id":"tiny","owned_by":"vllm"}]}"#
        try await HTTPDouble.serving({ _ in .answer(models) }) { double in
            var settings = PipelineSettings()
            settings.model = try BackendSettings("\(double.url)#huge", limits: .model)
            let parts = try await PipelineParts.assemble(settings, logger: Self.logger)
            #expect(row("model", parts)?.using == "vLLM huge at \(double.url)")
            #expect(row("model", parts)?.note == "it does not list that model; it has tiny")
        }
    }

    @Test("A server that is not there keeps its slot, and the table says so")
    func absent() async throws {
        let url = try await HTTPDouble.serving({ _ in [] }) { $0.url }
        var settings = PipelineSettings()
        settings.voice = try BackendSettings(url, limits: .voice)
        let parts = try await PipelineParts.assemble(settings, logger: Self.logger)
        #expect(parts.synthesizer is HTTPSynthesizer)
        #expect(row("voice", parts)?.note.hasPrefix("NOT THERE: The voice cannot be reached") == true)
    }

    @Test("A server that knows no list of models is used as it was named")
    func noModels() async throws {
        try await HTTPDouble.serving({ _ in .answer(#"{"detail":"Not Found"}"#, status: "404 Not Found") }) { double in
            var settings = PipelineSettings()
            settings.transcriber = try BackendSettings("\(double.url)/inference", limits: .transcriber)
            let parts = try await PipelineParts.assemble(settings, logger: Self.logger)
            #expect(parts.transcriber is HTTPTranscriber)
            #expect(row("transcriber", parts)?.using == double.url)
        }
    }

    @Test("Slots without settings get what this machine offers")
    func builtIn() async throws {
        let parts = try await PipelineParts.assemble(PipelineSettings(), logger: Self.logger)
        #expect(parts.summary == (try LocalParts.detect(logger: Self.logger).summary))
        #expect(parts.model is ScriptedModel)
    }

    @Test("The voices of a server are known, so that a client's voice is one of them")
    func voices() async throws {
        try await HTTPDouble.serving({ request in
            switch request.target {
            case "/v1/models": .answer(#"{"data":[{"id":"kokoro"}]}"#)
            case "/v1/audio/voices": .answer(#"{"voices":["af_bella"]}"#)
            default: .answer([0, 0], type: "audio/pcm")
            }
        }) { double in
            var settings = PipelineSettings()
            settings.voice = try BackendSettings(double.url, limits: .voice)
            let parts = try await PipelineParts.assemble(settings, logger: Self.logger)
            #expect(row("voice", parts)?.using == "Kokoro-FastAPI kokoro at \(double.url)")
            try await parts.synthesizer.speak(Utterance(text: "Hi")) { _ in }
            #expect(await double.log.requests.last?.text.contains(#""voice":"af_bella""#) == true)
        }
    }
}
