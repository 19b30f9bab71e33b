// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import FoundationEssentials
internal import ParleyClient
internal import ParleyEvents
internal import Subprocess

/// Functions for the model from a file: a JSON array of objects.
///
/// Each has `name`, `description`, `parameters` (a JSON Schema) and either `output`, the result as it is, or `command`, an
/// array of a program and its arguments that reads the call's arguments as JSON from its input and writes the result.
enum ToolFile {
    /// Most bytes of a program's result.
    private static let longestOutput = 64 << 10

    static func read(_ path: String) throws -> [ClientTool] {
        let value: JSON
        do {
            value = try JSON(parsing: Data(contentsOf: URL(filePath: path)))
        } catch let error as JSONError {
            throw ValidationError("--tools: '\(path)' is \(error.description).")
        } catch {
            throw ValidationError("--tools: cannot read '\(path)'.")
        }
        guard let entries = value.arrayValue else {
            throw ValidationError("--tools: '\(path)' expects an array of functions, but has \(value.kindDescription).")
        }
        return try entries.enumerated().map { try tool($1, "'\(path)', function \($0 + 1)") }
    }

    private static func tool(_ entry: JSON, _ place: String) throws -> ClientTool {
        func string(_ name: String) throws -> String {
            guard let text = entry[name]?.stringValue else {
                throw ValidationError("--tools: \(place): '\(name)' expects a text.")
            }
            return text
        }
        let name = try string("name")
        let description = try string("description")
        let parameters = entry["parameters"] ?? ["type": "object", "properties": [:]]
        if let output = entry["output"] {
            let text = output.stringValue ?? output.text
            return ClientTool(name, description: description, parameters: parameters) { (_: String) in text }
        }
        guard let words = entry["command"]?.arrayValue?.compactMap(\.stringValue), let program = words.first else {
            throw ValidationError("--tools: \(place): expects 'output', or 'command' as an array of texts.")
        }
        let arguments = Array(words.dropFirst())
        return ClientTool(
            name,
            description: description,
            parameters: parameters,
            json: { text in
                try await run(program, arguments, input: text)
            }
        )
    }

    private static func run(_ program: String, _ arguments: [String], input: String) async throws -> String {
        let outcome = try await Subprocess.run(
            .name(program),
            arguments: Arguments(arguments),
            input: .string(input),
            output: .string(limit: longestOutput),
            error: .discarded
        )
        guard outcome.terminationStatus.isSuccess else {
            throw ToolProgramFailure(description: "\(program) failed (\(outcome.terminationStatus))")
        }
        return outcome.standardOutput
    }
}

private struct ToolProgramFailure: Error, CustomStringConvertible {
    let description: String
}
