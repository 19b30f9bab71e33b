// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import ParleyEvents
import Testing

@testable import ParleyConformance

/// A validated exchange of the protocol reference.
struct RecordedSequence: Sendable, CustomTestStringConvertible {
    enum Step: Sendable, Equatable {
        case client(JSONObject)
        case server(JSONObject)
        case close
    }

    let name: String
    let dialect: Dialect
    var steps: [Step]

    var testDescription: String { "\(dialect.rawValue)/\(name)" }

    /// Every sequence of both dialects.
    static let all: [RecordedSequence] = Dialect.allCases.flatMap { dialect in
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
            .appending(path: "ParleyEventsTests/Fixtures/sequences/\(dialect.rawValue)")
        let files = (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
        return files.filter { $0.pathExtension == "jsonl" }
            .sorted { $0.lastPathComponent < $1.lastPathComponent }
            .compactMap { try? RecordedSequence(file: $0, dialect: dialect) }
    }

    static func named(_ name: String, _ dialect: Dialect) throws -> RecordedSequence {
        try #require(all.first { $0.name == name && $0.dialect == dialect })
    }

    private init(file: URL, dialect: Dialect) throws {
        name = file.deletingPathExtension().lastPathComponent
        self.dialect = dialect
        steps = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").dropFirst()
            .map { line in
                let object = try JSON(parsing: String(line)).objectValue ?? [:]
                guard let event = object["event"]?.objectValue else { return .close }
                return object["dir"] == "client" ? .client(event) : .server(event)
            }
    }

    /// Where the server's events stand.
    var serverIndices: [Int] {
        steps.indices.filter { if case .server = steps[$0] { true } else { false } }
    }

    /// The server event of that type, the first unless said otherwise.
    func index(of type: String, from start: Int = 0) throws -> Int {
        try #require(serverIndices.first { $0 >= start && self[$0].type == type }, "\(type) in \(name)")
    }

    subscript(index: Int) -> JSONObject {
        get {
            switch steps[index] {
            case .client(let event), .server(let event): event
            case .close: [:]
            }
        }
        set { steps[index] = .server(newValue) }
    }

    /// The rule of order that the sequence breaks first.
    func brokenOrder() -> RuleViolation? {
        var rules = SequenceRules(dialect: dialect)
        do throws(RuleViolation) {
            for step in steps {
                switch step {
                case .client(let event): rules.sent(event)
                case .server(let event): try rules.received(event)
                case .close: return nil
                }
            }
            try rules.finished()
            return nil
        } catch {
            return error
        }
    }

    /// The rule of shape that one of its server events breaks.
    func brokenShape() -> RuleViolation? {
        let rules = ShapeRules(dialect: dialect)
        return serverIndices.lazy.compactMap { rules.violation(in: self[$0]) }.first
    }
}
