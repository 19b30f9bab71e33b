// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

public import ArgumentParser
internal import ParleyEvents
public import ParleyRelay
internal import ParleyServer
internal import ParleySettings

extension RelaySettings.KeyHeader: ExpressibleByArgument {}

/// The Realtime API that stands behind this server.
struct RelayOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Serve what another Realtime API answers: wss://HOST[/PATH?QUERY]. Its key is taken from "
                + "PARLEY_UPSTREAM_KEY; the clients' keys stay here. Clients of both dialects are translated.",
            valueName: "url"
        )
    )
    var upstream: String?

    @Option(help: ArgumentHelp("What the upstream speaks.", valueName: "ga|beta"))
    var upstreamDialect = DialectName.ga

    @Option(
        help: ArgumentHelp(
            "How the upstream gets its key: Authorization: Bearer, or api-key, which is automatic for *.azure.com.",
            valueName: "automatic|bearer|api-key"
        )
    )
    var upstreamKeyHeader = RelaySettings(upstream: "").keyHeader

    @Option(help: ArgumentHelp("PEM file of authorities to trust beside the system's.", valueName: "file"))
    var upstreamCa: String?

    @Option(
        help: ArgumentHelp(
            "Use a model in place of another; * at the end of the name stands for any rest. May be given several times. "
                + "The hosted service's retired preview models have their successors already.",
            valueName: "name=model"
        )
    )
    var modelAlias: [String] = []

    @Option(help: ArgumentHelp("JSON file with what clients may ask of a session.", valueName: "file"))
    var sessionPolicy: String?

    @Option(
        help: ArgumentHelp(
            "What serves a client whose upstream cannot be opened: the built-in parts, or the engine that the table of "
                + "models has for that model.",
            valueName: "local|model"
        )
    )
    var fallback: String?

    @Option(
        help: ArgumentHelp(
            "Open a new upstream session after that time, in a pause and unnoticed by the client; 0 = never.",
            valueName: "seconds"
        )
    )
    var renewAfter = RelaySettings(upstream: "").renewSeconds ?? 0

    @Option(
        help: ArgumentHelp(
            "How long each step may take and how much is kept: '{connect: 5s, replayed-items: 100}' (docs/relay.md).",
            valueName: "{…}"
        )
    )
    var upstreamLimits: String?

    enum DialectName: String, ExpressibleByArgument, CaseIterable {
        case ga, beta
    }

    func validate() throws {
        if renewAfter < 0 { throw ValidationError("--renew-after expects 0 or more.") }
        _ = try limited(RelaySettings(upstream: ""))
        for text in modelAlias where ModelAliases.Alias(text) == nil {
            throw ValidationError("--model-alias expects NAME=MODEL, with * only at the end of NAME; got '\(text)'.")
        }
    }

    func apply(to configuration: inout ServerConfiguration) throws {
        guard let upstream else { return }
        guard configuration.engine == .local || configuration.engine == .relay else {
            throw ValidationError("--upstream and --engine \(configuration.engine.rawValue) exclude each other.")
        }
        var settings = RelaySettings(upstream: upstream)
        settings.dialect = upstreamDialect == .beta ? .beta : .ga
        settings.key = RelayReader.key()
        settings.keyHeader = upstreamKeyHeader
        settings.certificatesFile = upstreamCa
        settings.modelAliases = modelAlias.compactMap(ModelAliases.Alias.init)
        settings.fallback = fallback.map(RelaySettings.Fallback.init)
        settings.renewSeconds = renewAfter == 0 ? nil : renewAfter
        if let sessionPolicy { settings.policy = try Self.policy(sessionPolicy) }
        configuration.engine = .relay
        configuration.relay = try limited(settings)
    }

    private func limited(_ settings: RelaySettings) throws -> RelaySettings {
        guard let upstreamLimits else { return settings }
        var settings = settings
        let problems = Problems()
        do throws(YAMLError) {
            RelayReader.limits(try YAMLParser.parse(upstreamLimits), at: "", &settings, problems)
        } catch {
            throw ValidationError("--upstream-limits \(error.message)")
        }
        guard problems.found.isEmpty else { throw problems.ofOption("upstream-limits") }
        return settings
    }

    private static func policy(_ file: String) throws -> SessionPolicy {
        do throws(RelaySettingsError) {
            return try RelayReader.policy(file)
        } catch {
            throw ValidationError("--session-policy: \(error)")
        }
    }
}
