// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// Collects what is wrong while a file is read, so that all of it is told at once.
package final class Problems {
    /// What was found so far.
    package private(set) var found: [Problem] = []

    /// Nothing yet.
    package init() {}

    /// Notes that something is wrong.
    package func note(_ mark: Mark, _ field: String, _ message: String) {
        found.append(Problem(at: mark, field: field, message))
    }

    /// Reads a file: its text, then what `read` makes of its value.
    ///
    /// - Throws: All that is wrong with it.
    package static func reading<Value>(
        _ text: String,
        file: String,
        _ read: (Node, Problems) -> Value
    ) throws(SettingsError) -> Value {
        let problems = Problems()
        let root: Node
        do throws(YAMLError) {
            root = try YAMLParser.parse(text)
        } catch {
            throw SettingsError(file: file, problems: [Problem(at: error.mark, field: "", error.message)])
        }
        let value = read(root, problems)
        guard problems.found.isEmpty else { throw SettingsError(file: file, problems: problems.found) }
        return value
    }
}

/// The fields of a mapping, read one by one; what is wrong is noted, and a field that nobody asked for is wrong.
package final class Fields {
    /// Where the mapping is, from the top of the file; empty at the top.
    package let path: String
    /// Where it begins.
    package let mark: Mark
    /// What is wrong.
    package let problems: Problems
    private let entries: [Node.Entry]
    private var known: [String] = []

    /// The fields of `node`; `nil`, which is noted, if it is no mapping.
    package init?(_ node: Node, at path: String = "", expecting: String, _ problems: Problems) {
        (self.path, self.problems, mark) = (path, problems, node.mark)
        switch node.value {
        case .mapping(let entries): self.entries = entries
        case .null where path.isEmpty: entries = []
        default:
            problems.note(node.mark, path, "expected \(expecting), got \(node.kind)")
            return nil
        }
    }

    /// The path of a field of this mapping.
    package func path(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

    /// A field that may hold anything; `nil` if it is not there.
    package func node(_ name: String) -> Node? {
        if !known.contains(name) { known.append(name) }
        return entries.first { $0.name == name }?.value
    }

    /// A field that is neither missing nor null; its lack is noted.
    package func required(_ name: String, _ expected: String) -> Node? {
        let node = node(name)
        if node == nil { problems.note(mark, path, "'\(name)' is missing; expected \(expected)") }
        return node
    }

    /// A text.
    package func string(_ name: String, _ expected: String = "a text") -> String? {
        node(name).flatMap { read($0, name, expected) { $0.string } }
    }

    /// `true` or `false`.
    package func bool(_ name: String) -> Bool? {
        node(name)
            .flatMap { node in
                read(node, name, "true or false") { if case .bool(let value) = $0.value { value } else { nil } }
            }
    }

    /// An integer of a range.
    package func int(_ name: String, _ range: ClosedRange<Int>, _ expected: String) -> Int? {
        node(name)
            .flatMap { node in
                read(node, name, expected) { node in
                    guard case .int(let value) = node.value, range.contains(value) else { return nil }
                    return value
                }
            }
    }

    /// One of some words.
    package func word<Value>(_ name: String, _ values: [(String, Value)]) -> Value? {
        guard let node = node(name) else { return nil }
        let words = values.map(\.0)
        if let text = node.string, let value = values.first(where: { $0.0 == text }) { return value.1 }
        problems.note(node.mark, path(name), "expected \(Self.list(words)), got \(node.kind)" + near(node, words))
        return nil
    }

    /// One text or a list of texts.
    package func strings(_ name: String, _ expected: String = "a text or a list of texts") -> [String]? {
        guard let node = node(name) else { return nil }
        return node.elements.enumerated()
            .compactMap { index, element in
                let place = node == element ? name : "\(name)[\(index)]"
                return read(element, place, expected) { $0.string }
            }
    }

    /// Reads a node; if it is not what was expected, that is noted.
    package func read<Value>(_ node: Node, _ name: String, _ expected: String, _ read: (Node) -> Value?) -> Value? {
        if let value = read(node) { return value }
        problems.note(node.mark, path(name), "expected \(expected), got \(node.kind)")
        return nil
    }

    /// To be called last: notes fields that nobody asked for, with the names that may have been meant.
    package func finish() {
        for entry in entries where !known.contains(entry.name) {
            problems.note(entry.mark, path(entry.name), Self.unknown(entry.name, among: known))
        }
    }

    /// The words for a name that is none of `known`.
    package static func unknown(_ name: String, among known: [String]) -> String {
        let near = NearestNames.of(name, among: known).prefix(2)
        return near.isEmpty
            ? "there is no such field" : "there is no such field; did you mean \(list(Array(near)))?"
    }

    private func near(_ node: Node, _ words: [String]) -> String {
        guard words.count > 4, let text = node.string else { return "" }
        return "; did you mean \(Self.list(Array(NearestNames.of(text, among: words).prefix(2))))?"
    }

    /// Words in quotes, the last two joined by "or".
    package static func list(_ words: [String]) -> String {
        let quoted = words.map { "'\($0)'" }
        guard let last = quoted.last, quoted.count > 1 else { return quoted.first ?? "nothing" }
        return quoted.dropLast().joined(separator: ", ") + " or " + last
    }
}
