// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyTransport
import Testing

@Suite("Addresses of WebSockets")
struct WebSocketURLTests {
    struct Good: Sendable, CustomTestStringConvertible {
        let text: String
        let scheme: WebSocketURL.Scheme
        let host: String
        let port: Int
        let target: String
        let hostHeader: String

        var testDescription: String { text }
    }

    static let good = [
        Good(text: "ws://a", scheme: .ws, host: "a", port: 80, target: "/", hostHeader: "a"),
        Good(text: "wss://a/", scheme: .wss, host: "a", port: 443, target: "/", hostHeader: "a"),
        Good(
            text: "WSS://Voice.Example/v1/realtime?model=m",
            scheme: .wss,
            host: "voice.example",
            port: 443,
            target: "/v1/realtime?model=m",
            hostHeader: "voice.example"
        ),
        Good(
            text: "http://127.0.0.1:8080/x",
            scheme: .ws,
            host: "127.0.0.1",
            port: 8080,
            target: "/x",
            hostHeader: "127.0.0.1:8080"
        ),
        Good(text: "https://a:443/x", scheme: .wss, host: "a", port: 443, target: "/x", hostHeader: "a"),
        Good(text: "wss://a:80/", scheme: .wss, host: "a", port: 80, target: "/", hostHeader: "a:80"),
        Good(text: "ws://a?model=m", scheme: .ws, host: "a", port: 80, target: "/?model=m", hostHeader: "a"),
        Good(text: "ws://a?", scheme: .ws, host: "a", port: 80, target: "/?", hostHeader: "a"),
        Good(text: "ws://a/b?c=d/e?f", scheme: .ws, host: "a", port: 80, target: "/b?c=d/e?f", hostHeader: "a"),
        Good(text: "ws://a/?u=http://b", scheme: .ws, host: "a", port: 80, target: "/?u=http://b", hostHeader: "a"),
        Good(text: "ws://a/@b", scheme: .ws, host: "a", port: 80, target: "/@b", hostHeader: "a"),
        Good(text: "ws://[::1]/", scheme: .ws, host: "::1", port: 80, target: "/", hostHeader: "[::1]"),
        Good(text: "ws://[::1]:81", scheme: .ws, host: "::1", port: 81, target: "/", hostHeader: "[::1]:81"),
        Good(text: "ws://a:/x", scheme: .ws, host: "a", port: 80, target: "/x", hostHeader: "a"),
        Good(text: "ws://a/%20%C3%A4", scheme: .ws, host: "a", port: 80, target: "/%20%C3%A4", hostHeader: "a"),
    ]

    @Test("An address is taken apart", arguments: good)
    func parts(of expected: Good) throws {
        let url = try WebSocketURL(expected.text)
        #expect(url.scheme == expected.scheme)
        #expect(url.host == expected.host)
        #expect(url.port == expected.port)
        #expect(url.target == expected.target)
        #expect(url.hostHeader == expected.hostHeader)
        #expect(url.isSecure == (expected.scheme == .wss))
    }

    @Test("Written out and read again it is the same", arguments: good)
    func roundTrip(_ sample: Good) throws {
        let url = try WebSocketURL(sample.text)
        #expect(try WebSocketURL(url.description) == url)
    }

    static let bad: [(String, WebSocketURLError)] = [
        ("", .schemeMissing),
        ("localhost:8080/v1/realtime", .schemeMissing),
        ("/v1/realtime", .schemeMissing),
        ("ftp://a", .schemeUnknown("ftp")),
        ("://a", .schemeUnknown("")),
        ("ws://", .hostMalformed),
        ("ws:///path", .hostMalformed),
        ("ws://:80", .hostMalformed),
        ("ws://a:0", .hostMalformed),
        ("ws://a:65536", .hostMalformed),
        ("ws://a:8x", .hostMalformed),
        ("ws://::1/", .hostMalformed),
        ("ws://[::1", .hostMalformed),
        ("ws://a_b,c", .hostMalformed),
        ("ws://user@a", .userInformationPresent),
        ("ws://user:secret@a/", .userInformationPresent),
        ("ws://a/#top", .fragmentPresent),
        ("ws://a#", .fragmentPresent),
        ("ws://a/b c", .characterNotAllowed),
        ("ws://a/\r\nX: y", .characterNotAllowed),
        ("ws://ä.example", .characterNotAllowed),
        ("ws://a/ä", .characterNotAllowed),
        ("ws://a ", .characterNotAllowed),
    ]

    @Test("What is no address is refused for its reason", arguments: bad)
    func refused(_ text: String, _ error: WebSocketURLError) {
        #expect(throws: error) { try WebSocketURL(text) }
    }

    @Test("The refusal says what to do and repeats no secret")
    func descriptions() {
        #expect(WebSocketURLError.schemeMissing.description.contains("ws://"))
        for (text, error) in Self.bad {
            #expect(error.description.hasSuffix("."))
            #expect(!text.contains("secret") || !error.description.contains("secret"))
        }
    }
}
