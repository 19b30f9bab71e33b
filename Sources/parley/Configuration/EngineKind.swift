// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

public import ArgumentParser
public import ParleyServer
internal import ParleySettings

/// The kinds of engines as the table `models` names them: the one place that reads what each of them needs.
enum EngineKind: String, CaseIterable {
    case local, loopback, scripted

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
            if kind == .scripted {
                problems.note(node.mark, path, "a mock needs a script: {engine: scripted, script: FILE}")
                return nil
            }
            return kind == .local ? .local : .loopback
        }
        guard let fields = Fields(node, at: path, expecting: expected, problems) else { return nil }
        defer { fields.finish() }
        guard fields.required("engine", Fields.list(kinds.map(\.0))) != nil else { return nil }
        switch fields.word("engine", kinds) {
        case .local?: return .local
        case .loopback?: return .loopback
        case .scripted?: return scripted(fields)
        case nil: return nil
        }
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
