// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// Reads YAML as people write settings in it, and JSON, which is a part of it.
///
/// Mappings, sequences and scalars in block and flow style, comments, and the scalars of YAML's core schema are read as
/// YAML 1.2 has them. What settings do not need is an error that says so: anchors, aliases, tags, complex keys, and
/// several documents in a file. Every node knows its line, which is what a general reader could not be asked for
/// without Foundation, whose data alone would double the size of the binary.
package struct YAMLParser {
    /// Most bytes of a file.
    package static let maxBytes = 1 << 20
    /// Deepest nesting.
    static let maxDepth = 64

    let text: [Unicode.Scalar]
    var position = 0
    /// Where each line begins.
    private let lineStarts: [Int]
    private var depth = 0

    /// The value that `text` holds; `null` if it is empty.
    package static func parse(_ text: String) throws(YAMLError) -> Node {
        guard text.utf8.count <= maxBytes else {
            throw YAMLError(mark: Mark(line: 1, column: 1), message: "the file is larger than \(maxBytes) bytes")
        }
        var parser = YAMLParser(text)
        return try parser.document()
    }

    private init(_ string: String) {
        var scalars: [Unicode.Scalar] = []
        for scalar in string.unicodeScalars {
            if scalar == "\n", scalars.last == "\r" { scalars.removeLast() }
            if scalar != "\u{FEFF}" { scalars.append(scalar) }
        }
        text = scalars
        lineStarts = [0] + scalars.indices.filter { scalars[$0] == "\n" }.map { $0 + 1 }
    }

    // MARK: Places

    var current: Unicode.Scalar? { position < text.count ? text[position] : nil }

    func peek(_ offset: Int) -> Unicode.Scalar? { position + offset < text.count ? text[position + offset] : nil }

    /// The line and column of a position.
    func mark(_ position: Int? = nil) -> Mark {
        let position = position ?? self.position
        var (low, high) = (0, lineStarts.count - 1)
        while low < high {
            let middle = (low + high + 1) / 2
            if lineStarts[middle] <= position { low = middle } else { high = middle - 1 }
        }
        return Mark(line: low + 1, column: position - lineStarts[low] + 1)
    }

    /// Columns before the current position on its line.
    var column: Int { mark().column - 1 }

    func error(_ message: String, at position: Int? = nil) -> YAMLError {
        YAMLError(mark: mark(position), message: message)
    }

    func isBlank(_ scalar: Unicode.Scalar?) -> Bool {
        scalar == nil || scalar == " " || scalar == "\n" || scalar == "\t"
    }

    mutating func skipSpaces() { while current == " " || current == "\t" { position += 1 } }

    /// Whether nothing but a comment follows on this line; goes to its end if so.
    mutating func skipRestOfLine() -> Bool {
        let start = position
        skipSpaces()
        if current == "#", start == 0 || isBlank(text[position - 1]) {
            while let scalar = current, scalar != "\n" { position += 1 }
        }
        return current == nil || current == "\n"
    }

    /// Goes to the first character of the next line that has content; gives its column, `nil` at the end.
    mutating func skipToContent() throws(YAMLError) -> Int? {
        while true {
            while current == " " { position += 1 }
            let column = column
            if current == "\t" {
                skipSpaces()
                guard skipRestOfLine() else { throw error("a tab indents this line; indent with spaces") }
            }
            guard skipRestOfLine() else {
                if column == 0, isMarker("...") || isMarker("---") {
                    throw error("a second document begins here; a file holds one")
                }
                return column
            }
            guard current != nil else { return nil }
            position += 1
        }
    }

    private func isMarker(_ marker: String) -> Bool {
        text[position...].starts(with: marker.unicodeScalars) && isBlank(peek(3))
    }

    // MARK: Block style

    private mutating func document() throws(YAMLError) -> Node {
        if current == "-" || current == "#" || current == "\n" {
            // A file may begin with the mark of a document, behind comments.
            while current == "#" || current == "\n" {
                _ = skipRestOfLine()
                position += 1
            }
            if position < text.count, isMarker("---") { position += 3 }
        }
        if current == "%" { throw error("directives are not supported; leave out the line") }
        guard try skipToContent() != nil else { return Node(.null, at: Mark(line: 1, column: 1)) }
        let node = try block(parent: -1)
        if let column = try skipToContent() {
            throw error("this line is indented by \(column), which fits nothing above; align it with its neighbours")
        }
        return node
    }

    /// The node that begins here, inside of something at column `parent`.
    mutating func block(parent: Int) throws(YAMLError) -> Node {
        try nested { parser throws(YAMLError) in
            if parser.isSequenceEntry { return try parser.sequence(at: parser.column) }
            if try parser.isMappingKey() { return try parser.mapping(at: parser.column) }
            return try parser.value(parent: parent)
        }
    }

    mutating func nested(_ read: (inout YAMLParser) throws(YAMLError) -> Node) throws(YAMLError) -> Node {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.maxDepth else { throw error("nested more than \(Self.maxDepth) levels deep") }
        return try read(&self)
    }

    private var isSequenceEntry: Bool { current == "-" && isBlank(peek(1)) }

    private mutating func sequence(at column: Int) throws(YAMLError) -> Node {
        let mark = mark()
        var nodes: [Node] = []
        while isSequenceEntry, self.column == column {
            let entry = self.mark()
            position += 1
            if skipRestOfLine() {
                nodes.append(try below(column, at: entry, sequences: false))
            } else {
                nodes.append(try block(parent: column))
                try endLine()
            }
            guard try isNext(at: column) else { break }
        }
        return Node(.sequence(nodes), at: mark)
    }

    private mutating func mapping(at column: Int) throws(YAMLError) -> Node {
        let mark = mark()
        var entries: [Node.Entry] = []
        while !isSequenceEntry, self.column == column {
            guard try isMappingKey() else {
                throw error("expected 'name: value' as above, but there is no ': ' on this line")
            }
            let keyMark = self.mark()
            let name = try key()
            if let earlier = entries.first(where: { $0.name == name }) {
                throw YAMLError(mark: keyMark, message: "'\(name)' is given twice, first in line \(earlier.mark.line)")
            }
            skipSpaces()
            let value: Node
            if skipRestOfLine() {
                value = try below(column, at: keyMark, sequences: true)
            } else {
                value = try self.value(parent: column)
                try endLine()
            }
            entries.append(Node.Entry(name: name, mark: keyMark, value: value))
            guard try isNext(at: column) else { break }
        }
        return Node(.mapping(entries), at: mark)
    }

    /// The value of an entry whose line has none: what is indented below it.
    ///
    /// `sequences` may stand at the column of their key.
    private mutating func below(_ column: Int, at mark: Mark, sequences: Bool) throws(YAMLError) -> Node {
        let start = position
        if let next = try skipToContent(), next > column || (sequences && next == column && isSequenceEntry) {
            return try block(parent: column)
        }
        position = start
        return Node(.null, at: mark)
    }

    /// Whether another entry at that column follows.
    private mutating func isNext(at column: Int) throws(YAMLError) -> Bool {
        guard let next = try skipToContent() else { return false }
        guard next <= column else {
            throw error("this line is indented by \(next), but its neighbours by \(column); align them")
        }
        return next == column
    }

    private mutating func endLine() throws(YAMLError) {
        // What has lines of its own ends at the start of the next one.
        if current == nil || isFirstOfLine || skipRestOfLine() { return }
        throw error("unexpected text behind a value; put texts with ': ', '#' or quotes in quotes as a whole")
    }

    private var isFirstOfLine: Bool {
        text[lineStarts[mark().line - 1]..<position].allSatisfy { $0 == " " }
    }
}
