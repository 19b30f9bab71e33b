// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials
internal import Logging
internal import NIOCore
internal import ParleyEngines
internal import ParleyEvents
internal import ParleyRelay
internal import ParleySession
internal import ParleySettings

/// An engine that was made from its settings, and what its sessions begin with.
struct ServedEngine: Sendable {
    /// Tells engines apart.
    final class Identity: Sendable {}

    /// The same in all copies.
    let identity = Identity()
    /// `nil` = loopback.
    var engine: (any Engine)?
    /// Answers instead of the engine, which is what it falls back on.
    var relay: Relay?
    /// The model whose engine the relay falls back on, if that is not the engine here.
    var fallbackModel: String?
    /// What ids follow from, the same for every session; `nil` = from chance.
    var seed: UInt64?
    /// What the clock shows, Unix seconds; `nil` = the time.
    var unixTime: Int?
    /// How long clients wait for the server's first event.
    var openingDelay = TimeAmount.zero
    /// Its lines in the start-up table.
    var parts: [RealtimeServer.Part] = []
    /// Keeps ready what it needs until the task is cancelled.
    var keepWarm: (@Sendable () async -> Void)?

    /// Ids of a session, and of its events.
    func ids() -> (session: IDSource, events: IDSource) {
        guard let seed else {
            return (IDSource(seed: .random(in: .min ... .max)), IDSource(seed: .random(in: .min ... .max)))
        }
        return (IDSource(seed: seed), IDSource(seed: ~seed))
    }

    /// Unix seconds.
    var now: Int { unixTime ?? UnixTime.now }

    /// Makes an engine.
    ///
    /// - Throws: What is wrong with its settings, in words for whoever wrote them.
    static func make(
        _ settings: EngineSettings,
        drainSeconds: Int,
        metrics: ServerMetrics,
        logger: Logger
    ) async throws -> ServedEngine {
        switch settings {
        case .loopback:
            let note = "every piece of audio comes straight back"
            return ServedEngine(parts: [.init(slot: "engine", using: "loopback", note: note)])
        case .local:
            let parts = try LocalParts.detect(logger: logger)
            return pipeline(parts.transcriber, parts.model, parts.synthesizer, parts.summary, metrics, logger)
        case .pipeline(let settings):
            let parts = try await PipelineParts.assemble(settings, logger: logger)
            return pipeline(
                parts.transcriber,
                parts.model,
                parts.synthesizer,
                parts.summary,
                metrics,
                logger,
                sentenceLetters: settings.voice?.sentenceLetters
            )
        case .scripted(let settings): return try scripted(settings, logger)
        case .relay(let settings):
            let isLocal = settings.fallback == .local
            let fallback =
                isLocal ? try await make(.local, drainSeconds: drainSeconds, metrics: metrics, logger: logger) : nil
            return try relay(settings, drainSeconds: drainSeconds, fallback: fallback)
        }
    }

    private static func pipeline(
        _ transcriber: (any Transcriber)?,
        _ model: any LanguageModel,
        _ synthesizer: any SpeechSynthesizer,
        _ summary: [LocalParts.Row],
        _ metrics: ServerMetrics,
        _ logger: Logger,
        sentenceLetters: Int? = nil
    ) -> ServedEngine {
        var settings = PipelineEngine.Settings()
        settings.count = { metrics.add($0, $1) }
        if let sentenceLetters { settings.sentences.following = sentenceLetters }
        let engine = PipelineEngine(
            transcriber: transcriber,
            model: model,
            synthesizer: synthesizer,
            settings: settings,
            logger: logger
        )
        return ServedEngine(
            engine: engine,
            parts: summary.map { .init(slot: $0.slot, using: $0.using, note: $0.note) },
            keepWarm: { await engine.keepWarm() }
        )
    }

    /// A relay, and what it falls back on.
    ///
    /// - Throws: What is wrong with its settings.
    static func relay(
        _ settings: RelaySettings,
        drainSeconds: Int,
        fallback: ServedEngine?
    ) throws -> ServedEngine {
        let relay: Relay
        do throws(RelaySettingsError) {
            relay = try Relay(
                settings,
                environment: ProcessInfo.processInfo.environment,
                drainDeadline: .seconds(Int64(drainSeconds))
            )
        } catch {
            throw ServerConfigurationError(description: error.description)
        }
        let note = "upstream \(relay.shownURL), dialect \(settings.dialect.rawValue)"
        var served = fallback ?? ServedEngine()
        served.relay = relay
        if case .model(let name) = settings.fallback { served.fallbackModel = name }
        served.parts.insert(.init(slot: "engine", using: "relay", note: note), at: 0)
        return served
    }

    private static func scripted(_ settings: ScriptedSettings, _ logger: Logger) throws -> ServedEngine {
        let script: SessionScript
        do {
            script = try SessionScript.load(settings.file)
        } catch let error as SettingsError {
            throw ServerConfigurationError(description: error.description)
        }
        let engine = ScriptedEngine.detect(script, logger: logger)
        let seed = settings.seed ?? script.seed
        return ServedEngine(
            engine: engine,
            seed: seed,
            unixTime: seed == nil ? nil : script.clock,
            openingDelay: .nanoseconds(Int64(script.openingDelay / .nanoseconds(1))),
            parts: [
                .init(
                    slot: "engine",
                    using: "scripted",
                    note: "\(script.name): \(script.rules.count) rules" + (seed.map { ", seed \($0)" } ?? "")
                )
            ],
            keepWarm: { await engine.keepWarm() }
        )
    }
}

/// The engines of a server: one for each entry of the table of models, and one for the rest.
struct EngineTable: Sendable {
    /// Serves the models that no entry names.
    let fallback: ServedEngine
    private let routes: [(route: ModelRoute, engine: ServedEngine)]
    private let made: [(settings: EngineSettings, engine: ServedEngine)]

    /// One engine for all.
    init(_ engine: ServedEngine) { (fallback, routes, made) = (engine, [], []) }

    /// All of them.
    var engines: [ServedEngine] { [fallback] + routes.map(\.engine) }

    /// The engines of a configuration; those that an earlier table has of the same settings are kept, except those that
    /// have read files, which may have changed.
    ///
    /// - Throws: What is wrong with the settings of one of them.
    init(
        _ configuration: ServerConfiguration,
        keeping earlier: EngineTable? = nil,
        metrics: ServerMetrics = ServerMetrics(),
        logger: Logger
    ) async throws {
        try configuration.checkFallbacks()
        let all = [try configuration.engineSettings()] + configuration.models.map(\.engine)
        var made: [(settings: EngineSettings, engine: ServedEngine)] = []
        var engines: [ServedEngine] = []
        for settings in all {
            var known = (made + (earlier?.kept ?? [])).first { $0.settings == settings }?.engine
            if known == nil {
                let engine = try await ServedEngine.make(
                    settings,
                    drainSeconds: configuration.drainSeconds,
                    metrics: metrics,
                    logger: logger
                )
                made.append((settings, engine))
                known = engine
            }
            if let known { engines.append(known) }
        }
        fallback = engines[0]
        routes = Array(zip(configuration.models, engines.dropFirst()))
        self.made = made + (earlier?.kept.filter { old in all.contains(old.settings) } ?? [])
    }

    /// The engines that a later table of the same settings takes over.
    private var kept: [(settings: EngineSettings, engine: ServedEngine)] {
        made.filter { entry in
            switch entry.settings {
            case .scripted: false
            case .relay(let relay): relay.certificatesFile == nil
            case .local, .loopback, .pipeline: true
            }
        }
    }

    /// What serves a model.
    subscript(model: String) -> ServedEngine { routes.first { $0.route.matches(model) }?.engine ?? fallback }

    /// The models that are named in full.
    var models: [String] { routes.map(\.route.pattern).filter { !$0.contains("*") } }

    /// The start-up table's lines.
    var parts: [RealtimeServer.Part] {
        fallback.parts
            + routes.flatMap { route in
                route.engine.parts.prefix(1)
                    .map { .init(slot: "model \(route.route.pattern)", using: $0.using, note: $0.note) }
            }
    }
}
