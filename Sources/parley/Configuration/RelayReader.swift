// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials
internal import ParleyEvents
internal import ParleyRelay
internal import ParleySettings

/// Reads an upstream Realtime API: an entry of the table `models`, and the option `upstream-limits`.
enum RelayReader {
    /// Where the key comes from unless `key-env` says otherwise.
    private static let keyVariable = "PARLEY_UPSTREAM_KEY"

    /// The key that a variable holds, unless it is empty.
    static func key(_ variable: String = keyVariable) -> String? {
        ProcessInfo.processInfo.environment[variable].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Reads an entry of the table; its members are named as the options of `parley serve`, without `upstream-`.
    static func settings(_ fields: Fields) -> RelaySettings? {
        let problems = fields.problems
        var settings = RelaySettings(upstream: fields.string("upstream") ?? "")
        settings.dialect = fields.word("dialect", [("ga", Dialect.ga), ("beta", Dialect.beta)]) ?? .ga
        settings.fallback = fields.string("fallback", "'local' or the name of a model").map(RelaySettings.Fallback.init)
        settings.certificatesFile = fields.string("ca", "a PEM file")
        let headers = RelaySettings.KeyHeader.allCases.map { ($0.rawValue, $0) }
        settings.keyHeader = fields.word("key-header", headers) ?? settings.keyHeader
        settings.key = key()
        if let given = fields.node("key-env") {
            let variable = given.value == .null ? nil : fields.string("key-env", "the name of a variable")
            settings.key = variable.flatMap { key($0) }
            if let variable, settings.key == nil {
                problems.note(given.mark, fields.path("key-env"), "the environment has no variable '\(variable)'")
            }
        }
        settings.modelAliases = aliases(fields)
        if let file = fields.string("session-policy", "a JSON file"), let node = fields.node("session-policy") {
            do throws(RelaySettingsError) {
                settings.policy = try policy(file)
            } catch {
                problems.note(node.mark, fields.path("session-policy"), error.description)
            }
        }
        if let seconds = fields.int("renew-after", 0...Int(Int32.max), "seconds, 0 = never") {
            settings.renewSeconds = seconds == 0 ? nil : seconds
        }
        if let node = fields.node("limits") { limits(node, at: fields.path("limits"), &settings, problems) }
        return fields.required("upstream", "the URL of a Realtime API") == nil ? nil : settings
    }

    private static func aliases(_ fields: Fields) -> [ModelAliases.Alias] {
        guard let node = fields.node("model-alias") else { return [] }
        return (fields.strings("model-alias") ?? [])
            .compactMap { text in
                let alias = ModelAliases.Alias(text)
                if alias == nil {
                    let message = "expected NAME=MODEL, with * only at the end of NAME, got '\(text)'"
                    fields.problems.note(node.mark, fields.path("model-alias"), message)
                }
                return alias
            }
    }

    /// The policy in a file.
    static func policy(_ file: String) throws(RelaySettingsError) -> SessionPolicy {
        guard let text = try? String(contentsOfFile: file, encoding: .utf8) else {
            throw RelaySettingsError("cannot read '\(file)' as text.")
        }
        return try SessionPolicy(json: text)
    }

    /// Reads the limits of a relay.
    static func limits(_ node: Node, at path: String, _ settings: inout RelaySettings, _ problems: Problems) {
        let expected = "a mapping of limits to their values"
        guard let fields = Fields(node, at: path, expecting: expected, problems) else { return }
        let hour = 1...3_600
        let bytes = "a number of bytes from 0 to \(1 << 30)"
        settings.connectSeconds = fields.seconds("connect", hour) ?? settings.connectSeconds
        settings.handshakeSeconds = fields.seconds("handshake", hour) ?? settings.handshakeSeconds
        settings.firstEventSeconds = fields.seconds("first-event", hour) ?? settings.firstEventSeconds
        settings.closeSeconds = fields.seconds("close", hour) ?? settings.closeSeconds
        settings.blockedSeconds = fields.seconds("blocked", hour) ?? settings.blockedSeconds
        settings.renewRetrySeconds = fields.seconds("renew-retry", hour) ?? settings.renewRetrySeconds
        settings.heldBytes = fields.int("held-bytes", 0...1 << 30, bytes) ?? settings.heldBytes
        settings.replayedItems =
            fields.int("replayed-items", 0...100_000, "a number of items from 0 to 100000") ?? settings.replayedItems
        settings.replayedBytes = fields.int("replayed-bytes", 0...1 << 30, bytes) ?? settings.replayedBytes
        settings.replayedAudioBytes =
            fields.int("replayed-audio-bytes", 0...1 << 30, bytes) ?? settings.replayedAudioBytes
        fields.finish()
    }
}
