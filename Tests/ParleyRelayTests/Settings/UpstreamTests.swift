// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import ParleyEvents
import ParleyHandshake
import ParleyTransport
import Testing

@testable import ParleyRelay

@Suite("How the upstream is reached")
struct UpstreamTests {
    private static func upstream(
        _ url: String,
        environment: [String: String] = [:],
        _ change: (inout RelaySettings) -> Void = { _ in }
    ) throws -> Upstream {
        var settings = RelaySettings(upstream: url)
        change(&settings)
        return try Upstream(settings, environment: environment)
    }

    private static func name(_ text: String) throws -> HTTPField.Name { try #require(HTTPField.Name(text)) }

    @Test("a client's model goes into the address, by its successor's name if it is retired")
    func models() throws {
        let upstream = try Self.upstream("wss://api.example/v1/realtime")
        #expect(upstream.model(for: "gpt-4o-realtime-preview-2024-10-01") == "gpt-realtime")
        #expect(upstream.model(for: "gpt-4o-mini-realtime-preview") == "gpt-realtime-mini")
        #expect(upstream.model(for: "gpt-realtime-2") == "gpt-realtime-2")
        #expect(
            upstream.url(model: "a b&c", intent: .conversation)?.description
                == "wss://api.example/v1/realtime?model=a%20b%26c"
        )
    }

    @Test("configured aliases come first, and a beta upstream has no others")
    func aliases() throws {
        let alias = ModelAliases.Alias("gpt-4o*", "mine")
        #expect(
            try Self.upstream("wss://h") { $0.modelAliases = [alias] }.model(for: "gpt-4o-realtime-preview") == "mine"
        )
        let beta = try Self.upstream("wss://h") { $0.dialect = .beta }
        #expect(beta.model(for: "gpt-4o-realtime-preview") == "gpt-4o-realtime-preview")
    }

    @Test("a model or deployment in the address stays, and the rest of its query")
    func azure() throws {
        let preview = "https://x.openai.azure.com/openai/realtime?api-version=2024-10-01-preview&deployment=mine"
        let upstream = try Self.upstream(preview)
        #expect(upstream.model(for: "gpt-realtime") == "mine")
        #expect(
            upstream.url(model: "mine", intent: .conversation)?.description
                == preview.replacing("https", with: "wss")
        )
        let ga = try Self.upstream("wss://x.openai.azure.com/openai/v1/realtime?model=mine")
        #expect(ga.url(model: "mine", intent: .conversation)?.target == "/openai/v1/realtime?model=mine")
    }

    @Test("a transcription names no model; without a path the usual one is meant")
    func transcription() throws {
        let upstream = try Self.upstream("wss://api.example?model=x")
        #expect(upstream.url(model: nil, intent: .transcription)?.target == "/v1/realtime?intent=transcription")
    }

    @Test("the key goes into the field that the host expects, and the beta opt-in to a beta upstream only")
    func headers() throws {
        let apiKey = try Self.name("api-key")
        let beta = try Self.name("OpenAI-Beta")
        let plain = try Self.upstream("wss://api.example") { $0.key = "k" }.options.headers
        #expect(plain[.authorization] == "Bearer k" && plain[apiKey] == nil && plain[beta] == nil)
        let azure = try Self.upstream("wss://x.openai.azure.com") { $0.key = "k" }.options.headers
        #expect(azure[.authorization] == nil && azure[apiKey] == "k")
        let forced = try Self.upstream("wss://api.example") {
            $0.key = "k"
            $0.keyHeader = .apiKey
            $0.dialect = .beta
        }
        #expect(forced.options.headers[apiKey] == "k" && forced.options.headers[beta] == "realtime=v1")
        #expect(try Self.upstream("wss://api.example").options.headers[.authorization] == nil)
        #expect(plain[.secWebSocketProtocol] == nil)
    }

    @Test("through the environment's proxy")
    func proxy() throws {
        let environment = ["HTTPS_PROXY": "http://proxy.example:3128", "NO_PROXY": "near.example"]
        #expect(try Self.upstream("wss://far.example", environment: environment).options.proxy?.port == 3128)
        #expect(try Self.upstream("wss://near.example", environment: environment).options.proxy == nil)
    }

    @Test("certificates are read once, and a file that has none is told at the start")
    func certificates() throws {
        #expect(try Self.upstream("wss://api.example").options.tlsContext != nil)
        #expect(try Self.upstream("ws://api.example").options.tlsContext == nil)
        let error = #expect(throws: RelaySettingsError.self) {
            try Self.upstream("wss://api.example") { $0.certificatesFile = "/no/such.pem" }
        }
        #expect(error?.description.contains("/no/such.pem") == true)
    }

    @Test("what cannot be used is said without the key", arguments: ["api.example", "ftp://x", "wss://user:pw@x"])
    func mistakes(url: String) {
        let error = #expect(throws: RelaySettingsError.self) { try Self.upstream(url) }
        #expect(error?.description.hasPrefix("--upstream: ") == true)
        let key = #expect(throws: RelaySettingsError.self) { try Self.upstream("wss://x") { $0.key = "a\nb" } }
        #expect(key?.description.contains("a\nb") == false)
    }

    @Test("the address is shown without secrets")
    func shown() throws {
        #expect(try !Self.upstream("wss://x/y?api-key=sk-1234567890abcdef").shownURL.contains("1234567890"))
    }
}
