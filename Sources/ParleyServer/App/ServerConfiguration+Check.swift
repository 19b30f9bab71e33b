// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import Logging
internal import ParleyEngines
internal import ParleyHandshake
internal import ParleySettings

extension ServerConfiguration {
    /// Checks what can be checked without serving: keys, origins, certificates and scripts.
    ///
    /// - Throws: ``ServerConfigurationError`` with what is wrong.
    public func check() async throws {
        _ = try HandshakePolicy(self, secrets: clientSecretKey)
        _ = try ReloadedCertificate(self)
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
