// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import ParleyServer
internal import ParleySettings

/// Reads the configuration file: a mapping of options to their values, and the table `models`.
enum ConfigurationFile {
    /// The key of the table of models; its entries are values of the option `model`.
    static let models = "models"

    /// What a file gives.
    ///
    /// - Throws: ``SettingsError`` with all that is wrong in it.
    static func read(_ file: String) throws -> [ServeSettings.Given] {
        try read(try ConfigurationText.of(file), file: file)
    }

    /// What the text of a file gives.
    static func read(_ text: String, file: String) throws(SettingsError) -> [ServeSettings.Given] {
        try Problems.reading(text, file: file) { root, problems in
            let expected = "a mapping of options to values"
            guard Fields(root, expecting: expected, problems) != nil, case .mapping(let entries) = root.value else {
                return []
            }
            var given: [(ServeSettings.Given, Mark)] = []
            for entry in entries {
                if let read = option(entry, file, problems) { given.append((read, entry.value.mark)) }
            }
            check(given, root.mark, problems)
            return given.map(\.0)
        }
    }

    private static func option(_ entry: Node.Entry, _ file: String, _ problems: Problems) -> ServeSettings.Given? {
        // Either way of writing names is common in such files.
        let name = entry.name.replacing("_", with: "-")
        let source = ServeSettings.Source.file(file, line: entry.mark.line)
        if name == models {
            guard let option = ServeOption.all.first(where: { $0.name == "model" }) else { return nil }
            return .init(option: option, values: table(entry.value, problems), source: source)
        }
        guard let option = ServeOption.all.first(where: { $0.name == name && $0.name != "model" }) else {
            let known = ServeOption.all.map(\.name).filter { $0 != "model" } + [models]
            problems.note(entry.mark, entry.name, Fields.unknown(name, among: known))
            return nil
        }
        guard let values = values(of: entry, option, problems) else { return nil }
        return .init(option: option, values: values, source: source)
    }

    private static func values(of entry: Node.Entry, _ option: ServeOption, _ problems: Problems) -> [String]? {
        let node = entry.value
        if option.isFlag {
            guard case .bool(let value) = node.value else {
                problems.note(node.mark, entry.name, "expected true or false, got \(node.kind)")
                return nil
            }
            return ["\(value)"]
        }
        if let read = StructuredOption.reader(of: option.name), node.string == nil {
            let before = problems.found.count
            read(node, problems)
            return problems.found.count == before ? [node.flowText] : nil
        }
        let texts = node.elements.compactMap(\.string)
        guard texts.count == node.elements.count, option.isList || node.string != nil else {
            let expected = option.isList ? "a text or a list of texts" : "a single value"
            problems.note(node.mark, entry.name, "expected \(expected), got \(node.kind)")
            return nil
        }
        return texts
    }

    private static func table(_ node: Node, _ problems: Problems) -> [String] {
        guard case .mapping(let entries) = node.value else {
            problems.note(node.mark, models, "expected a mapping of models to engines, got \(node.kind)")
            return []
        }
        return entries.compactMap { entry in
            let path = "\(models).\(entry.name)"
            guard !entry.name.isEmpty, !entry.name.contains("=") else {
                problems.note(entry.mark, path, "expected the name of a model, '*' standing for any characters")
                return nil
            }
            let before = problems.found.count
            guard EngineKind.read(entry.value, at: path, problems) != nil, problems.found.count == before else {
                return nil
            }
            return "\(entry.name)=\(entry.value.flowText)"
        }
    }

    /// Asks the command about each value, and about all together if none alone is wrong.
    private static func check(_ given: [(ServeSettings.Given, Mark)], _ top: Mark, _ problems: Problems) {
        let before = problems.found.count
        var checked: Set<String> = []
        for (entry, mark) in given where !checked.contains(entry.option.name) {
            let pair = OptionCheck.pairs.first { $0.contains(entry.option.name) } ?? [entry.option.name]
            let together = given.map(\.0).filter { pair.contains($0.option.name) }
            checked.formUnion(pair)
            if let message = OptionCheck.problem(with: together) { problems.note(mark, entry.option.name, message) }
        }
        guard problems.found.count == before, before == 0 else { return }
        if let message = OptionCheck.problem(with: given.map(\.0)) { problems.note(top, "", message) }
    }
}
