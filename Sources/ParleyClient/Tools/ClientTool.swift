// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials
public import ParleyEvents

/// A function that the model may call and this program runs.
public struct ClientTool: Sendable {
    /// What the model is told.
    public let definition: Tool
    /// The function's name.
    public let name: String
    /// Takes the arguments as JSON text, gives the result as text.
    let run: @Sendable (String) async throws -> String

    /// A function with typed arguments and result.
    ///
    /// - Parameters:
    ///   - name: At most 64 letters, digits, `_` and `-`.
    ///   - description: When the model should call it, and what it gives.
    ///   - parameters: A JSON Schema of the arguments.
    ///   - run: The function. What it throws is told to the model, by its description.
    public init<Arguments: Decodable & Sendable, Result: Encodable & Sendable>(
        _ name: String,
        description: String,
        parameters: JSON,
        _ run: @escaping @Sendable (Arguments) async throws -> Result
    ) {
        self.init(named: name, description: description, parameters: parameters) { text in
            let json = text.isEmpty ? "{}" : text
            let arguments = try JSONDecoder().decode(Arguments.self, from: Data(json.utf8))
            let result = try await run(arguments)
            // A text is a result by itself; in quotes the model would read the quotes.
            if let text = result as? String { return text }
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.withoutEscapingSlashes]
            return String(decoding: try encoder.encode(result), as: UTF8.self)
        }
    }

    /// A function that reads its arguments itself: JSON text in, any text out.
    public init(
        _ name: String,
        description: String,
        parameters: JSON,
        json run: @escaping @Sendable (String) async throws -> String
    ) {
        self.init(named: name, description: description, parameters: parameters, run: run)
    }

    private init(
        named name: String,
        description: String,
        parameters: JSON,
        run: @escaping @Sendable (String) async throws -> String
    ) {
        self.name = name
        self.run = run
        definition = .function(name: name, description: description, parameters: parameters)
    }
}
