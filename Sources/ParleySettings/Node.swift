// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// A place in a text: line and column, both from 1.
package struct Mark: Sendable, Equatable {
    /// The line.
    package var line: Int
    /// The column, counted in Unicode scalars.
    package var column: Int

    /// A place.
    package init(line: Int, column: Int) { (self.line, self.column) = (line, column) }
}

/// A value of a settings file, with the place where it is written.
package struct Node: Sendable, Equatable {
    /// What it is.
    package indirect enum Value: Sendable, Equatable {
        case null
        case bool(Bool)
        case int(Int)
        case double(Double)
        case string(String)
        case sequence([Node])
        case mapping([Entry])
    }

    /// A member of a mapping.
    package struct Entry: Sendable, Equatable {
        /// Its name; no name occurs twice in a mapping.
        package var name: String
        /// Where the name is.
        package var mark: Mark
        /// Its value.
        package var value: Node
    }

    /// What it is.
    package var value: Value
    /// Where it begins.
    package var mark: Mark
    /// A scalar as it is written, without quotes; empty for others.
    package var text: String

    /// A node.
    package init(_ value: Value, at mark: Mark, text: String = "") {
        (self.value, self.mark, self.text) = (value, mark, text)
    }

    /// The entry of that name, if this is a mapping that has it.
    package subscript(name: String) -> Node? {
        guard case .mapping(let entries) = value else { return nil }
        return entries.first { $0.name == name }?.value
    }

    /// The elements of a sequence, else this alone: many settings take one value or several.
    package var elements: [Node] {
        guard case .sequence(let nodes) = value else { return [self] }
        return nodes
    }

    /// A text: any scalar but `null`, as it is written, so that words that look like numbers need no quotes.
    package var string: String? {
        switch value {
        case .string, .bool, .int, .double: text
        case .null, .sequence, .mapping: nil
        }
    }

    /// What kind of value this is, as an error names it.
    package var kind: String {
        switch value {
        case .null: "nothing"
        case .bool, .int, .double: "'\(text)'"
        case .string: text.count > 40 ? "'\(text.prefix(40))…'" : "'\(text)'"
        case .sequence: "a list"
        case .mapping: "a mapping"
        }
    }
}
