// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes
internal import NIOCore
internal import ParleyEvents
internal import ParleyHandshake
internal import ParleyTransport
internal import ParleyWebSocket

/// The server behind a relay, as its settings and the environment say it is to be reached.
struct Upstream: Sendable {
    let dialect: Dialect
    /// What all connections have in common.
    let options: ConnectOptions
    /// The address as it may be shown.
    let shownURL: String
    /// The address without any model.
    let bareURL: WebSocketURL
    private let origin: String
    private let path: String
    /// The query's parts that are kept, as they were written.
    private let query: [Substring]
    /// The model, or deployment, that the address itself names.
    let fixedModel: String?
    private let aliases: ModelAliases

    /// - Parameters:
    ///   - settings: What was asked for.
    ///   - environment: Names a proxy, perhaps.
    /// - Throws: Which setting cannot be used.
    init(_ settings: RelaySettings, environment: [String: String]) throws(RelaySettingsError) {
        let url: WebSocketURL
        do throws(WebSocketURLError) {
            url = try WebSocketURL(settings.upstream)
        } catch {
            throw RelaySettingsError("--upstream: \(error)")
        }
        bareURL = url
        dialect = settings.dialect
        let target = url.target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        path = target[0] == "/" ? "/v1/realtime" : String(target[0])
        query = target.count == 2 ? target[1].split(separator: "&") : []
        origin = "\(url.scheme.rawValue)://\(url.hostHeader)"
        let parsed = RequestTarget(url.target)
        fixedModel = parsed.value("model") ?? parsed.value("deployment")
        aliases = ModelAliases(
            aliases: settings.modelAliases + (settings.dialect == .ga ? ModelAliases.retired : [])
        )
        shownURL = origin + Redaction.target(url.target)
        options = try Self.options(settings, url, environment)
    }

    private static func options(
        _ settings: RelaySettings,
        _ url: WebSocketURL,
        _ environment: [String: String]
    ) throws(RelaySettingsError) -> ConnectOptions {
        var options = ConnectOptions()
        options.headers[.userAgent] = "parley-relay"
        if let key = settings.key {
            guard HTTPField.isValidValue(key), !key.isEmpty else {
                throw RelaySettingsError("The upstream's key has characters that cannot be sent in a header field.")
            }
            let isAzure = url.host.hasSuffix(".azure.com")
            switch settings.keyHeader {
            case .apiKey: options.headers[Self.apiKey] = key
            case .automatic where isAzure: options.headers[Self.apiKey] = key
            case .automatic, .bearer: options.headers[.authorization] = "Bearer \(key)"
            }
        }
        if settings.dialect == .beta { options.headers[Self.betaHeader] = "realtime=v1" }
        do throws(ProxyURLError) {
            options.proxy = try ProxyURL.fromEnvironment(for: url, environment: environment)
        } catch {
            throw RelaySettingsError("The environment's proxy: \(error)")
        }
        options.trustedCertificatesFile = settings.certificatesFile
        if url.isSecure {
            do throws(ConnectFailure.Cause) {
                try options.prepareTLS()
            } catch {
                throw RelaySettingsError("TLS to the upstream: \(error)")
            }
        }
        options.connectTimeout = .seconds(Int64(settings.connectSeconds))
        options.answerTimeout = .seconds(Int64(settings.handshakeSeconds))
        options.limits = ConnectionLimits(
            maxFrameBytes: settings.maxMessageBytes,
            maxMessageBytes: settings.maxMessageBytes,
            closeTimeout: .seconds(Int64(settings.closeSeconds))
        )
        return options
    }

    private static let apiKey = HTTPField.Name("api-key") ?? .authorization
    private static let betaHeader = HTTPField.Name("OpenAI-Beta") ?? .accept

    /// The model that a client gets which asks for `name`.
    func model(for name: String) -> String { fixedModel ?? aliases.model(for: name) }

    /// The address for a session.
    ///
    /// - Parameters:
    ///   - model: What ``model(for:)`` says; nil for a session that names none.
    ///   - intent: What the session is for.
    /// - Returns: Nil if the model cannot be part of an address.
    func url(model: String?, intent: Intent) -> WebSocketURL? {
        var parts = query.map(String.init)
        if intent == .transcription {
            // A transcription session has no model (protocol reference, section 2.1).
            parts.removeAll { $0.hasPrefix("model=") || $0.hasPrefix("intent=") }
            parts.append("intent=transcription")
        } else if fixedModel == nil, let model {
            parts.append("model=\(Self.percentEncoded(model))")
        }
        let query = parts.isEmpty ? "" : "?" + parts.joined(separator: "&")
        return try? WebSocketURL(origin + path + query)
    }

    private static func percentEncoded(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF")
        return text.utf8.reduce(into: "") { result, byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"), UInt8(ascii: ":"):
                result.append(Character(UnicodeScalar(byte)))
            default: result += "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
            }
        }
    }
}
