// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import ParleySettings

/// Asks the command itself what it thinks of values.
enum OptionCheck {
    /// Options that are checked together only.
    static let pairs = [["tls-cert", "tls-key"], ["engine", "script", "seed"]]

    /// What is wrong with values, if something is.
    static func problem(with given: [ServeSettings.Given]) -> String? {
        for entry in given where !entry.option.values.isEmpty {
            for value in entry.values where !entry.option.values.contains(value) {
                let near = NearestNames.of(value, among: entry.option.values).prefix(1)
                return "expected \(Fields.list(entry.option.values)), got '\(value)'; did you mean "
                    + "\(Fields.list(Array(near)))?"
            }
        }
        do {
            _ = try Serve.parse(given.flatMap { $0.option.arguments($0.values) })
            return nil
        } catch {
            let message = Serve.message(for: error)
            guard message.contains("is invalid for"), let entry = given.first, entry.option.name != "model" else {
                return message
            }
            return "expected a whole number, got '\(entry.values.joined(separator: ", "))'"
        }
    }
}
