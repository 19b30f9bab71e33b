// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import ParleyEngines
internal import ParleyServer
internal import ParleySettings

/// The kinds of engines as the table `models` names them: the one place that reads what each of them needs.
enum EngineKind: String, CaseIterable {
    case local, loopback, pipeline, relay, scripted

    /// Reads an entry of the table: a kind by its name, or a mapping with `engine` and what that engine needs.
    static func read(_ node: Node, at path: String, _ problems: Problems) -> EngineSettings? {
        let kinds = allCases.map { ($0.rawValue, $0) }
        let expected = "an engine (\(Fields.list(kinds.map(\.0)))), or a mapping with 'engine' and its settings"
        if let name = node.string {
            guard let kind = Self(rawValue: name) else {
                let near = Fields.list(Array(NearestNames.of(name, among: kinds.map(\.0)).prefix(1)))
                problems.note(node.mark, path, "expected \(expected), got '\(name)'; did you mean \(near)?")
                return nil
            }
            switch kind {
            case .local: return .local
            case .loopback: return .loopback
            case .pipeline:
                problems.note(node.mark, path, "a pipeline needs a server: {engine: pipeline, llm: URL}")
            case .relay: problems.note(node.mark, path, "a relay needs an upstream: {engine: relay, upstream: URL}")
            case .scripted:
                problems.note(node.mark, path, "a mock needs a script: {engine: scripted, script: FILE}")
            }
            return nil
        }
        guard let fields = Fields(node, at: path, expecting: expected, problems) else { return nil }
        defer { fields.finish() }
        guard fields.required("engine", Fields.list(kinds.map(\.0))) != nil else { return nil }
        switch fields.word("engine", kinds) {
        case .local?: return .local
        case .loopback?: return .loopback
        case .pipeline?: return pipeline(fields, problems)
        case .relay?: return RelayReader.settings(fields).map { .relay($0) }
        case .scripted?: return scripted(fields)
        case nil: return nil
        }
    }

    private static func pipeline(_ fields: Fields, _ problems: Problems) -> EngineSettings? {
        func slot(_ slot: SlotReader) -> BackendSettings? {
            fields.node(slot.rawValue).flatMap { slot.settings($0, at: fields.path(slot.rawValue), problems) }
        }
        var settings = PipelineSettings()
        settings.model = slot(.llm)
        settings.transcriber = slot(.stt)
        settings.voice = slot(.tts)
        if SlotReader.allCases.allSatisfy({ fields.node($0.rawValue) == nil }) {
            _ = fields.required("llm", SlotReader.expected)
        }
        return settings.isEmpty ? nil : .pipeline(settings)
    }

    private static func scripted(_ fields: Fields) -> EngineSettings? {
        let seed = fields.int("seed", 0...Int.max, "a whole number from 0").map { UInt64($0) }
        guard fields.required("script", "the script's file") != nil, let file = fields.string("script") else {
            return nil
        }
        return .scripted(ScriptedSettings(file: file, seed: seed))
    }
}

extension ModelRoute {
    /// `NAME=ENGINE`, the engine as in the table `models` of the configuration file.
    ///
    /// - Throws: `ValidationError` with what is wrong.
    init(option text: String) throws {
        guard let equals = text.firstIndex(of: "="), equals > text.startIndex else {
            throw ValidationError("expected NAME=ENGINE, got '\(text)'")
        }
        let problems = Problems()
        var engine: EngineSettings?
        do throws(YAMLError) {
            let node = try YAMLParser.parse(String(text[text.index(after: equals)...]))
            engine = EngineKind.read(node, at: "", problems)
        } catch {
            throw ValidationError(error.message)
        }
        guard let engine, problems.found.isEmpty else { throw problems.ofOption("model") }
        self.init(pattern: String(text[..<equals]), engine: engine)
    }
}
