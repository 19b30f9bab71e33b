// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

public import ParleyEngines
public import ParleyRelay

/// What answers, with all that it needs: one case and one value for each kind of engine.
///
/// A new kind gets a case here, its making in ``ServedEngine``, and its fields in the configuration file's
/// `EngineKind`.
public enum EngineSettings: Sendable, Equatable {
    /// Built-in parts: a script, a speech synthesizer, a recogniser where one is installed.
    case local
    /// Every piece of audio comes straight back.
    case loopback
    /// A mock that plays a script.
    case scripted(ScriptedSettings)
    /// Servers that speak the OpenAI HTTP API, and built-in parts where there is none.
    case pipeline(PipelineSettings)
    /// An upstream Realtime API.
    case relay(RelaySettings)
}

extension ServerConfiguration {
    /// What answers the clients whose model is not in `models`.
    ///
    /// - Throws: ``ServerConfigurationError`` if something that the engine needs is missing.
    func engineSettings() throws -> EngineSettings {
        switch engine {
        case .local: return .local
        case .loopback: return .loopback
        case .pipeline: return .pipeline(pipeline)
        case .scripted:
            guard let scripted else {
                throw ServerConfigurationError(
                    description: "--engine scripted needs a script: give --script FILE (docs/scripted.md shows one)."
                )
            }
            return .scripted(scripted)
        case .relay:
            guard let relay else {
                throw ServerConfigurationError(description: "--engine relay needs an upstream: give --upstream URL.")
            }
            return .relay(relay)
        }
    }
}

/// What a mock needs.
public struct ScriptedSettings: Sendable, Equatable {
    /// The script's file, YAML or JSON.
    public var file: String
    /// What ids and the clock follow from, instead of the script's own `seed`.
    public var seed: UInt64?

    /// A mock.
    public init(file: String, seed: UInt64? = nil) { (self.file, self.seed) = (file, seed) }
}

/// Which engine serves the clients that ask for a model.
public struct ModelRoute: Sendable, Equatable {
    /// The model's name; `*` stands for any characters.
    public var pattern: String
    /// What answers.
    public var engine: EngineSettings

    /// A route.
    public init(pattern: String, engine: EngineSettings) { (self.pattern, self.engine) = (pattern, engine) }

    /// Whether a model is meant.
    func matches(_ model: String) -> Bool { Self.matches(pattern[...], model[...]) }

    private static func matches(_ pattern: Substring, _ text: Substring) -> Bool {
        let parts = pattern.split(separator: "*", omittingEmptySubsequences: false)
        guard let first = parts.first, parts.count > 1 else { return pattern == text }
        guard text.hasPrefix(first) else { return false }
        var rest = text.dropFirst(first.count)
        for part in parts.dropFirst().dropLast() {
            guard !part.isEmpty else { continue }
            guard let found = rest.firstRange(of: part) else { return false }
            rest = rest[found.upperBound...]
        }
        let last = parts[parts.count - 1]
        return rest.count >= last.count && rest.hasSuffix(last)
    }
}
