// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import FoundationEssentials
internal import ParleyHandshake
internal import ParleyServer
internal import ParleySettings

/// The command `parley config`.
struct Config: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check a configuration, or show what it comes to.",
        subcommands: [Check.self, Show.self]
    )

    /// The command `parley config check`.
    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check a configuration file as parley serve would, scripts and keys included.",
            discussion: "Errors name file, line and field. Exit code: 0 usable, 2 not."
        )

        @Argument(help: "The file; without one that of PARLEY_CONFIG, or the environment alone.")
        var file: String?

        func run() async throws {
            let settings = try ServeSettings.checked(file.map { ["--config", $0] } ?? [])
            do {
                try await Serve.parse(settings.arguments).serverConfiguration().check()
            } catch let error as ServerConfigurationError {
                throw ValidationError(error.description)
            }
            Console().ready("\(file ?? "the configuration") is right")
        }
    }

    /// The command `parley config show`.
    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show every option's value and where it comes from; keys are masked.",
            discussion: "Takes the options of parley serve: parley config show --config parley.yaml --port 9000"
        )

        @Argument(parsing: .captureForPassthrough, help: "Options of parley serve.")
        var options: [String] = []

        func run() throws {
            if options.contains("--help") || options.contains("-h") { throw CleanExit.helpRequest(self) }
            let settings = try ServeSettings.checked(options)
            _ = try Serve.parse(settings.arguments)
            let width = ServeOption.all.map(\.name.count).max() ?? 0
            for option in ServeOption.all {
                let given = settings.given.last { $0.option.name == option.name }
                let name = option.name.padding(to: width)
                let value = Self.shown(option, given?.values)
                Console().ready("\(name)  \(value)  (\(given?.source ?? .byDefault))")
            }
            let environment = ProcessInfo.processInfo.environment
            for name in ["PARLEY_API_KEYS", "PARLEY_SIGNING_KEY"] where environment[name]?.isEmpty == false {
                Console().ready("\(name)  ***  (environment)")
            }
        }

        private static func shown(_ option: ServeOption, _ values: [String]?) -> String {
            guard let values else { return option.defaultValue ?? (option.isFlag ? "false" : "-") }
            return values.map { option.isSecret ? "***" : masked($0) }.joined(separator: ", ")
        }

        /// A value without what may be secret in it, be it a URL, a mapping, or `NAME=` and one of them.
        private static func masked(_ value: String) -> String {
            let start = value.firstIndex(of: "{") ?? value.endIndex
            let name = value[..<start]
            guard start < value.endIndex, name.isEmpty || name.hasSuffix("="),
                let node = try? YAMLParser.parse(String(value[start...]))
            else { return Redaction.target(value) }
            return name + node.masked.flowText
        }
    }
}

extension ServeSettings {
    /// As ``init(_:environment:)`` of this process's environment; what is wrong in a file is wrong usage.
    static func checked(_ commandLine: [String]) throws -> ServeSettings {
        do {
            return try ServeSettings(commandLine, environment: ProcessInfo.processInfo.environment)
        } catch let error as SettingsError {
            throw ValidationError(error.description)
        }
    }
}

extension String {
    fileprivate func padding(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
