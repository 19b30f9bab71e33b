// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

public import ArgumentParser
internal import FoundationEssentials
internal import ParleyEngines
internal import ParleyEvents
internal import ParleyRelay
public import ParleyServer
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
        case .relay?: return relay(fields)
        case .scripted?: return scripted(fields)
        case nil: return nil
        }
    }

    /// Keys come from the variables of `parley serve`.
    private static func pipeline(_ fields: Fields, _ problems: Problems) -> EngineSettings? {
        let environment = ProcessInfo.processInfo.environment
        func slot(_ name: String, _ key: String, _ limits: BackendLimits) -> BackendSettings? {
            guard let text = fields.string(name, "the URL of a server, or 'auto'") else { return nil }
            do throws(BackendAddress.Invalid) {
                var settings = try BackendSettings(text, limits: limits)
                settings.key = environment[key].flatMap(BackendKey.init)
                return settings
            } catch {
                if let node = fields.node(name) { problems.note(node.mark, fields.path(name), error.description) }
                return nil
            }
        }
        var settings = PipelineSettings()
        settings.model = slot("llm", "PARLEY_LLM_KEY", .model)
        settings.transcriber = slot("stt", "PARLEY_STT_KEY", .transcriber)
        settings.voice = slot("tts", "PARLEY_TTS_KEY", .voice)
        if settings.isEmpty { _ = fields.required("llm", "the URL of a server, or 'auto'") }
        return settings.isEmpty ? nil : .pipeline(settings)
    }

    /// The key comes from `PARLEY_UPSTREAM_KEY`.
    private static func relay(_ fields: Fields) -> EngineSettings? {
        let dialect = fields.word("dialect", [("ga", Dialect.ga), ("beta", Dialect.beta)])
        let fallback = fields.word("fallback", [("local", RelaySettings.Fallback.local)])
        let certificates = fields.string("ca", "a PEM file")
        guard fields.required("upstream", "the URL of a Realtime API") != nil, let url = fields.string("upstream")
        else { return nil }
        var settings = RelaySettings(upstream: url)
        settings.dialect = dialect ?? .ga
        settings.fallback = fallback
        settings.certificatesFile = certificates
        settings.key = ProcessInfo.processInfo.environment["PARLEY_UPSTREAM_KEY"].flatMap { $0.isEmpty ? nil : $0 }
        return .relay(settings)
    }

    private static func scripted(_ fields: Fields) -> EngineSettings? {
        let seed = fields.int("seed", 0...Int.max, "a whole number from 0").map { UInt64($0) }
        guard fields.required("script", "the script's file") != nil, let file = fields.string("script") else {
            return nil
        }
        return .scripted(ScriptedSettings(file: file, seed: seed))
    }
}

extension ModelRoute: ExpressibleByArgument {
    /// `NAME=ENGINE`, the engine as in the table `models` of the configuration file.
    public init?(argument: String) {
        guard let equals = argument.firstIndex(of: "="), equals > argument.startIndex else { return nil }
        let problems = Problems()
        guard let node = try? YAMLParser.parse(String(argument[argument.index(after: equals)...])),
            let engine = EngineKind.read(node, at: "", problems), problems.found.isEmpty
        else { return nil }
        self.init(pattern: String(argument[..<equals]), engine: engine)
    }
}
