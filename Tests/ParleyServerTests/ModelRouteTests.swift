// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Logging
import Testing

@testable import ParleyServer

@Suite("The table of models")
struct ModelRouteTests {
    @Test(
        "names a model in full, or by a pattern",
        arguments: [
            ("a", "a", true), ("a", "ab", false), ("a*", "ab", true), ("a*", "ba", false), ("*", "", true),
            ("*-mini", "gpt-mini", true), ("*-mini", "mini", false), ("a*b*c", "a1b2c", true),
            ("a*b*c", "acb", false), ("a*a", "a", false), ("a**b", "ab", true),
        ] as [(String, String, Bool)]
    )
    func patterns(pattern: String, model: String, matches: Bool) {
        #expect(ModelRoute(pattern: pattern, engine: .local).matches(model) == matches)
    }

    @Test("leads to the first engine that fits, and to the one for the rest")
    func routes() async throws {
        var configuration = ServerConfiguration()
        configuration.engine = .loopback
        configuration.models = [
            ModelRoute(pattern: "x", engine: .loopback), ModelRoute(pattern: "l*", engine: .local),
        ]
        let table = try await EngineTable(
            configuration,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        #expect(table["x"].engine == nil && table["other"].engine == nil && table["local"].engine != nil)
        #expect(table.models == ["x"])
        let again = try await EngineTable(
            configuration,
            keeping: table,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        let engines = table.engines
        #expect(engines.count == 3 && engines[0].identity === engines[1].identity)
        #expect(engines[0].identity !== engines[2].identity)
        for (one, other) in zip(engines, again.engines) { #expect(one.identity === other.identity) }
    }

    @Test("with a script that is not there, or no script at all, is refused")
    func missingScripts() async {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        var configuration = ServerConfiguration()
        configuration.engine = .scripted
        await #expect(throws: ServerConfigurationError.self) { try await EngineTable(configuration, logger: logger) }
        configuration.scripted = ScriptedSettings(file: "/nowhere/mock.yaml")
        await #expect(throws: ServerConfigurationError.self) { try await EngineTable(configuration, logger: logger) }
        await #expect(throws: ServerConfigurationError.self) { try await configuration.check() }
    }

    @Test("and what else a running server cannot change is known")
    func unchangeable() {
        let old = ServerConfiguration()
        var new = old
        #expect(old.unchangeable(in: new).isEmpty)
        (new.host, new.port, new.tls, new.recording) = ("::1", 1, .selfSigned, RecordingSettings(directory: "d"))
        #expect(old.unchangeable(in: new) == ["host", "port", "TLS", "record"])
    }
}
