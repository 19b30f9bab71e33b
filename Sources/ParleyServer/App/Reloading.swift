// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import Logging
internal import ServiceLifecycle
internal import UnixSignals

/// Reads the configuration anew on SIGHUP; open sessions go on with what they began with.
struct Reloading: Service {
    let gate: HandshakeGate
    let certificate: ReloadedCertificate
    let warmth: EngineWarmth
    let metrics: ServerMetrics
    /// What the server was started with: of that, some things stay.
    let started: ServerConfiguration
    let read: @Sendable () async throws -> ServerConfiguration
    let logger: Logger

    func run() async throws {
        let signals = await UnixSignalsSequence(trapping: [.sighup])
        for await _ in signals.cancelOnGracefulShutdown() { await reload() }
    }

    private func reload() async {
        do {
            let new = try await read()
            let engines = try await EngineTable(new, keeping: gate.current.engines, metrics: metrics, logger: logger)
            // Refused before anything has changed, or not at all.
            _ = try HandshakeGate.Setup(new, engines: engines)
            try certificate.reload(new)
            try gate.reload(new, engines: engines)
            warmth.keep(engines.engines)
            for change in started.unchangeable(in: new) {
                logger.warning("\(change) cannot change while the server runs; restart it for that")
            }
            logger.notice("configuration reloaded", metadata: ["sessions": "\(gate.sessionCount)"])
        } catch {
            logger.error("configuration not reloaded, the earlier one holds on", metadata: ["error": "\(error)"])
        }
    }
}

extension ServerConfiguration {
    /// What another configuration has different that only a restart can change.
    func unchangeable(in new: ServerConfiguration) -> [String] {
        let changes = [
            ("host", host != new.host), ("port", port != new.port), ("TLS", tls.kind != new.tls.kind),
            ("record", recording != new.recording),
            ("handshake-timeout", handshakeTimeoutSeconds != new.handshakeTimeoutSeconds),
            ("max-head-bytes", maxHeadBytes != new.maxHeadBytes),
            ("max-head-fields", maxHeadFields != new.maxHeadFields),
        ]
        return changes.filter(\.1).map(\.0)
    }
}

extension ServerConfiguration.TLS {
    /// Other files can be read any time, but a port speaks TLS or not.
    fileprivate var kind: Int {
        switch self {
        case .none: 0
        case .files: 1
        case .selfSigned: 2
        }
    }
}
