// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import FoundationEssentials
internal import ParleyServer
internal import ParleySettings

/// What `parley serve` is told: by the command line, before that by the environment, before that by a file.
///
/// All of it becomes one list of arguments, which the command reads as if they were given to it; so file, environment
/// and command line know the same options, values and checks.
struct ServeSettings {
    /// Where a value comes from.
    enum Source: Equatable, CustomStringConvertible {
        case commandLine
        case environment(String)
        case file(String, line: Int)
        case byDefault

        var description: String {
            switch self {
            case .commandLine: "command line"
            case .environment(let name): name
            case .file(let file, let line): "\(file):\(line)"
            case .byDefault: "default"
            }
        }
    }

    /// An option that is given.
    struct Given {
        let option: ServeOption
        var values: [String]
        let source: Source
    }

    /// Arguments for `parley serve`.
    private(set) var arguments: [String] = []
    /// What is given, the stronger source's values only.
    private(set) var given: [Given] = []

    /// What this process was told.
    ///
    /// - Throws: ``SettingsError`` or `ValidationError` with all that is wrong in the file or in a variable.
    static func ofThisProcess() throws -> ServeSettings {
        let all = Array(CommandLine.arguments.dropFirst())
        let own = all.first == "serve" ? Array(all.dropFirst()) : all
        return try ServeSettings(own, environment: ProcessInfo.processInfo.environment)
    }

    /// - Parameters:
    ///   - commandLine: The arguments behind `serve`.
    ///   - environment: The variables.
    /// - Throws: ``SettingsError`` or `ValidationError` with all that is wrong in the file or in a variable.
    init(_ commandLine: [String], environment: [String: String]) throws {
        let told = Self.told(in: commandLine)
        var layers: [Given] = []
        for option in ServeOption.all {
            guard told[option.name] == nil, option.name != "api-key",
                let value = environment[option.variable], !value.isEmpty
            else { continue }
            layers.append(try Self.given(option, value))
        }
        let file = told["config"]?.last ?? environment["PARLEY_CONFIG"].flatMap { $0.isEmpty ? nil : $0 }
        if let file {
            let stronger = Set(told.keys).union(layers.map(\.option.name))
            layers += try ConfigurationFile.read(file).filter { !stronger.contains($0.option.name) }
        }
        given = layers
        arguments = layers.flatMap { $0.option.arguments($0.values) } + commandLine
        for option in ServeOption.all {
            guard let values = told[option.name] else { continue }
            given.append(Given(option: option, values: option.isFlag ? ["true"] : values, source: .commandLine))
        }
    }

    /// The options that a command line gives, with their values.
    private static func told(in commandLine: [String]) -> [String: [String]] {
        var told: [String: [String]] = [:]
        for (index, argument) in commandLine.enumerated() where argument.hasPrefix("--") && argument.count > 2 {
            let parts = argument.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let next = index + 1 < commandLine.count ? commandLine[index + 1] : ""
            told[String(parts[0]), default: []].append(parts.count > 1 ? String(parts[1]) : next)
        }
        return told
    }

    private static func given(_ option: ServeOption, _ value: String) throws -> Given {
        let values = option.isList && option.name != "model" ? value.split(separator: ",").map(String.init) : [value]
        let source = Source.environment(option.variable)
        if option.isFlag, value != "true", value != "false" {
            throw ValidationError("\(option.variable): expected true or false, got '\(value)'.")
        }
        let given = Given(option: option, values: values, source: source)
        if let message = OptionCheck.problem(with: [given]) { throw ValidationError("\(option.variable): \(message)") }
        return given
    }
}
