// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import ParleyEvents
import ParleyTestSupport
import Testing

/// The sample events and the schemas beside the tests.
enum EventSamples {
    /// A named sample.
    struct Sample: Sendable, CustomTestStringConvertible {
        let name: String
        let event: JSONObject

        var testDescription: String { name }
    }

    static func client(_ dialect: Dialect) throws -> [Sample] { try samples("\(dialect.rawValue).client") }

    static func server(_ dialect: Dialect) throws -> [Sample] { try samples("\(dialect.rawValue).server") }

    static let clientSchemas = Result { try schemas("client") }
    static let serverSchemas = Result { try schemas("server") }

    private static func schemas(_ side: String) throws -> [Dialect: EventSchema] {
        try Dictionary(
            uniqueKeysWithValues: Dialect.allCases.map { dialect in
                (
                    dialect,
                    try EventSchema(
                        contentsOf: folder.appendingPathComponent("schema/\(dialect.rawValue).\(side).json")
                    )
                )
            }
        )
    }

    private static func samples(_ file: String) throws -> [Sample] {
        try String(contentsOf: folder.appendingPathComponent("events/\(file).jsonl"), encoding: .utf8)
            .split(separator: "\n")
            .map { line in
                let line = try JSON(parsing: String(line))
                return Sample(name: line["name"]?.stringValue ?? "?", event: line["event"]?.objectValue ?? [:])
            }
    }

    private static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Fixtures")
}
