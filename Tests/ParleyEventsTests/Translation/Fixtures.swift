// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import ParleyEvents

/// The sample events, sequences and translation pairs beside the tests.
enum Fixtures {
    /// One line of a translation pair file.
    struct Pair: Sendable, CustomStringConvertible {
        let line: Int
        let input: JSONObject
        let outputs: [JSONObject]
        let sequence: String?

        var description: String { "line \(line): \(input["type"]?.stringValue ?? "?")" }
    }

    /// One event of a sequence.
    struct Step: Sendable {
        let isFromClient: Bool
        let event: JSONObject
    }

    static func pairs(_ name: String) throws -> [Pair] {
        try lines("pairs/\(name).jsonl").enumerated()
            .map { index, line in
                Pair(
                    line: index + 1,
                    input: line["in"]?.objectValue ?? [:],
                    outputs: line["out"]?.arrayValue?.compactMap(\.objectValue) ?? [],
                    sequence: line["state"]?["sequence"]?.stringValue
                )
            }
    }

    static func sequenceNames(_ dialect: Dialect) throws -> [String] {
        let folder = root.appendingPathComponent("sequences/\(dialect.rawValue)")
        return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    }

    static func sequence(_ dialect: Dialect, _ name: String) throws -> [Step] {
        try lines("sequences/\(dialect.rawValue)/\(name)")
            .compactMap { line in
                line["event"]?.objectValue.map { Step(isFromClient: line["dir"] == "client", event: $0) }
            }
    }

    /// Every event of every sequence in both dialects.
    static func allEvents() throws -> [JSONObject] { try loadedEvents.get() }

    private static let loadedEvents = Result {
        try Dialect.allCases.flatMap { dialect in
            try sequenceNames(dialect).flatMap { try sequence(dialect, $0).map(\.event) }
        }
    }

    private static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent()
        .deletingLastPathComponent()
        .appendingPathComponent("Fixtures")

    private static func lines(_ path: String) throws -> [JSONObject] {
        try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
            .split(separator: "\n")
            .compactMap { try JSON(parsing: String($0)).objectValue }
    }
}

struct NotAnObject: Error {}

/// An object written as JSON text.
func object(_ text: String) throws -> JSONObject {
    guard let object = try JSON(parsing: text).objectValue else {
        throw NotAnObject()
    }
    return object
}

extension DialectTranslator.ClientOutcome {
    /// What goes to the server.
    var forwarded: JSONObject? {
        guard case .forward(let event) = self else { return nil }
        return event
    }

    /// What goes to the client.
    var answers: [JSONObject]? {
        guard case .answer(let events) = self else { return nil }
        return events
    }

    /// The object of an `error` event that is the only answer.
    var error: JSON? {
        guard let answers, answers.count == 1, answers[0]["type"] == "error" else { return nil }
        return answers[0]["error"]
    }
}
