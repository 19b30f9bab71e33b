// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import Logging
internal import ParleyEngines
internal import ParleyHandshake
internal import ParleyRelay
internal import ParleySettings

extension ServerConfiguration {
    /// Checks what can be checked without serving: keys, origins, certificates and scripts.
    ///
    /// - Throws: ``ServerConfigurationError`` with what is wrong.
    public func check() async throws {
        _ = try HandshakePolicy(self, secrets: clientSecretKey)
        _ = try ReloadedCertificate(self)
        try checkFallbacks()
        for engine in [try engineSettings()] + models.map(\.engine) {
            switch engine {
            case .scripted(let settings): _ = try settings.check()
            case .relay:
                _ = try await ServedEngine.make(
                    engine,
                    drainSeconds: drainSeconds,
                    metrics: ServerMetrics(),
                    logger: Logger(label: "parley")
                )
            case .local, .loopback, .pipeline: break
            }
        }
    }
}

extension ServerConfiguration {
    /// Checks that what relays fall back on is there, and no relay itself.
    ///
    /// - Throws: ``ServerConfigurationError`` naming the model.
    func checkFallbacks() throws {
        for engine in [try engineSettings()] + models.map(\.engine) {
            guard case .relay(let relay) = engine, case .model(let name) = relay.fallback else { continue }
            let route = models.first { $0.matches(name) }
            let isRelay = if case .relay = route?.engine { true } else { false }
            guard route == nil || isRelay else { continue }
            let reason = isRelay ? "is answered by a relay, too" : "is not in the table of models"
            throw ServerConfigurationError(
                description: "fallback '\(name)' \(reason); name a model of the table that another engine answers, or "
                    + "'local'."
            )
        }
    }
}

extension ScriptedSettings {
    /// Checks the script's file, and says what it holds.
    ///
    /// - Throws: ``ServerConfigurationError`` with all that is wrong in it.
    public func check() throws -> String {
        do {
            let script = try SessionScript.load(file)
            return "\(file): \(script.rules.count) rules, right"
        } catch let error as SettingsError {
            throw ServerConfigurationError(description: error.description)
        }
    }
}
