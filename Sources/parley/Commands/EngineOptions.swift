// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

public import ArgumentParser
internal import ParleyEngines
public import ParleyServer
internal import ParleySettings

extension ServerConfiguration.EngineChoice: ExpressibleByArgument {}

struct EngineOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "What answers. local: a script, a speech synthesizer and, where installed, a recogniser of the script's "
                + "phrases. pipeline: the servers given by --llm, --stt and --tts, built-in parts for the others. "
                + "loopback: every piece of audio comes straight back, for measuring. scripted: a mock that plays a "
                + "--script. relay: the server that --upstream names. Default: what these flags belong to, else local."
        )
    )
    var engine: ServerConfiguration.EngineChoice?

    @Option(
        help: ArgumentHelp(
            "Server of chat completions; auto looks for Ollama, llama-server, LM Studio and vLLM on this machine. "
                + "Key: PARLEY_LLM_KEY. A mapping sets more: '{url: URL, first-byte: 30s}' (docs/engines.md).",
            valueName: "url[#model]|auto|{…}"
        )
    )
    var llm: String?

    @Option(
        help: ArgumentHelp(
            "Server of transcriptions; auto looks for speaches and vLLM. Key: PARLEY_STT_KEY.",
            valueName: "url[#model]|auto|{…}"
        )
    )
    var stt: String?

    @Option(
        help: ArgumentHelp(
            "Server of speech; auto looks for Kokoro and speaches. Key: PARLEY_TTS_KEY.",
            valueName: "url[#model]|auto|{…}"
        )
    )
    var tts: String?

    @Option(help: ArgumentHelp("What a mock hears and does: YAML or JSON, see docs/scripted.md.", valueName: "file"))
    var script: String?

    @Option(help: "Ids and clock of a mock follow from this, instead of from the script's own seed or from chance.")
    var seed: UInt64?

    @Option(
        help: ArgumentHelp(
            "Another engine for a model, as NAME=ENGINE: 'fast=loopback', 'mock-*={engine: scripted, script: "
                + "mock.yaml}'. May be given several times; the first that fits counts.",
            valueName: "name=engine"
        ),
        transform: ModelRoute.init(option:)
    )
    var model: [ModelRoute] = []

    private var namesServer: Bool { llm != nil || stt != nil || tts != nil }

    func validate() throws {
        _ = try pipeline()
        switch engine {
        case .pipeline where !namesServer:
            throw ValidationError("--engine pipeline needs one of --llm, --stt and --tts, such as --llm auto.")
        case .scripted where script == nil:
            throw ValidationError("--engine scripted needs a script: give --script FILE.")
        case let engine? where engine != .pipeline && namesServer:
            throw ValidationError("--llm, --stt and --tts belong to the engine pipeline; leave out --engine.")
        case let engine? where engine != .scripted && script != nil:
            throw ValidationError("--script is for --engine scripted; leave one of both out.")
        case nil where namesServer && script != nil:
            throw ValidationError("--script and a server of --llm, --stt or --tts exclude each other.")
        default: break
        }
        if seed != nil, script == nil { throw ValidationError("--seed is for a mock: give --script FILE.") }
    }

    func apply(to configuration: inout ServerConfiguration) throws {
        let meant: ServerConfiguration.EngineChoice = namesServer ? .pipeline : script == nil ? .local : .scripted
        configuration.engine = engine ?? meant
        configuration.scripted = script.map { ScriptedSettings(file: $0, seed: seed) }
        configuration.models = model
        configuration.pipeline = try pipeline()
    }

    private func pipeline() throws -> PipelineSettings {
        var settings = PipelineSettings()
        settings.model = try slot(.llm, llm)
        settings.transcriber = try slot(.stt, stt)
        settings.voice = try slot(.tts, tts)
        return settings
    }

    private func slot(_ slot: SlotReader, _ text: String?) throws -> BackendSettings? {
        guard let text else { return nil }
        let problems = Problems()
        let settings: BackendSettings?
        do throws(YAMLError) {
            settings = slot.settings(try SlotReader.node(ofOption: text), at: "", problems)
        } catch {
            throw ValidationError("--\(slot.rawValue) \(error.message)")
        }
        guard let settings, problems.found.isEmpty else { throw problems.ofOption(slot.rawValue) }
        return settings
    }
}

extension Problems {
    /// What is wrong with the value of an option on the command line.
    func ofOption(_ name: String) -> ValidationError {
        let lines = found.map { "--\(name) \($0.field.isEmpty ? "" : "\($0.field): ")\($0.message)" }
        return ValidationError(lines.joined(separator: "\n"))
    }
}
