// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import ParleyEvents
import ParleyTransport
import Testing

@testable import ParleyClient

@Suite("Settings of a connection")
struct ClientConfigurationTests {
    @Test(
        "name the endpoint and the model",
        arguments: [
            ("ws://a.example", nil, "/v1/realtime"),
            ("wss://a.example/", "gpt-realtime", "/v1/realtime?model=gpt-realtime"),
            ("https://a.example/openai/v1/realtime", "m", "/openai/v1/realtime?model=m"),
            ("wss://a.example/r?deployment=d#x", "a b/c", "/r?deployment=d&model=a%20b%2Fc"),
            ("wss://a.example?api-version=1", nil, "/v1/realtime?api-version=1"),
        ] as [(String, String?, String)]
    )
    func address(url: String, model: String?, target: String) throws {
        #expect(try ClientConfiguration(url: url, model: model).address().target == target)
    }

    @Test("say what is wrong with a URL", arguments: ["", "a.example", "ftp://a", "wss://"])
    func badURL(url: String) {
        #expect(throws: RealtimeConnectError.self) { try ClientConfiguration(url: url).address() }
    }

    @Test("put key and dialect into headers, or into subprotocols as a browser does")
    func carriers() throws {
        var configuration = ClientConfiguration(url: "ws://a", credential: .key("k"), dialect: .beta)
        let address = try configuration.address()
        var options = try configuration.options(for: address, environment: [:])
        #expect(options.headers[.authorization] == "Bearer k")
        #expect(options.headers[try #require(HTTPField.Name("OpenAI-Beta"))] == "realtime=v1")
        #expect(options.subprotocols == [])
        configuration.carrier = .subprotocols
        options = try configuration.options(for: address, environment: [:])
        #expect(options.headers == [:])
        #expect(options.subprotocols == ["realtime", "openai-insecure-api-key.k", "openai-beta.realtime-v1"])
    }

    @Test("take the proxy from the environment, from the settings, or none")
    func proxies() throws {
        var configuration = ClientConfiguration(url: "wss://a.example")
        let address = try configuration.address()
        let environment = ["https_proxy": "http://p.example:3128"]
        #expect(try configuration.options(for: address, environment: environment).proxy?.host == "p.example")
        configuration.proxy = .none
        #expect(try configuration.options(for: address, environment: environment).proxy == nil)
        configuration.proxy = .url("http://q.example")
        #expect(try configuration.options(for: address, environment: environment).proxy?.host == "q.example")
        configuration.proxy = .url("socks5://q.example")
        #expect(throws: RealtimeConnectError.self) { try configuration.options(for: address, environment: [:]) }
    }

    @Test("refuse header fields that HTTP does not allow", arguments: [("a b", "c"), ("a", "b\r\nc: d")])
    func badFields(name: String, value: String) throws {
        var configuration = ClientConfiguration(url: "ws://a")
        configuration.headers = [(name, value)]
        let address = try configuration.address()
        #expect(throws: RealtimeConnectError.self) { try configuration.options(for: address, environment: [:]) }
    }
}
