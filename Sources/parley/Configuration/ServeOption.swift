// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import NIOCore
internal import ParleyEvents

/// An option of `parley serve`, as its key in the configuration file and its variable in the environment.
struct ServeOption: Sendable {
    /// The option's name, which is its key: `max-sessions`.
    let name: String
    /// Whether it takes no value.
    let isFlag: Bool
    /// Whether it may be given several times.
    let isList: Bool
    /// The values it can have; empty if any text or number will do.
    let values: [String]
    /// Its default as text, if it has one.
    let defaultValue: String?

    /// The variable: `PARLEY_MAX_SESSIONS`.
    var variable: String { "PARLEY_" + name.uppercased().replacing("-", with: "_") }

    /// Whether its value is nobody's business.
    var isSecret: Bool { name == "api-key" }

    /// The arguments that give it these values.
    func arguments(_ values: [String]) -> [String] {
        isFlag ? (values == ["true"] ? ["--\(name)"] : []) : values.map { "--\(name)=\($0)" }
    }

    /// All options, from the command itself, so that none is forgotten.
    static let all: [ServeOption] = {
        let help = (try? JSON(parsing: .init(string: Serve._dumpHelp())))?["command"]?["arguments"]?.arrayValue ?? []
        return help.compactMap { argument in
            let names = argument["names"]?.arrayValue ?? []
            guard let name = names.first(where: { $0["kind"] == "long" })?["name"]?.stringValue, name != "help",
                name != "version", name != "config"
            else { return nil }
            return ServeOption(
                name: name,
                isFlag: argument["kind"] == "flag",
                isList: argument["isRepeating"] == true,
                values: argument["allValues"]?.arrayValue?.compactMap(\.stringValue) ?? [],
                defaultValue: argument["defaultValue"]?.stringValue
            )
        }
    }()
}
