// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyWebSocket
import Testing

@testable import ParleyTransport

@Suite("Proxies")
struct ProxyURLTests {
    @Test("Host and port are read, with and without a scheme")
    func hostAndPort() throws {
        for text in ["http://proxy.example:3128", "proxy.example:3128", "HTTP://Proxy.Example:3128/ignored?x#y"] {
            let proxy = try ProxyURL(text)
            #expect(proxy.host == "proxy.example")
            #expect(proxy.port == 3128)
            #expect(proxy.authorization == nil)
        }
        #expect(try ProxyURL("http://proxy").port == 80)
        #expect(try ProxyURL("http://[::1]:1").host == "::1")
    }

    @Test(
        "Credentials are decoded for the field and hidden from view",
        arguments: [
            ("http://u:p@a", "u", "p", "Basic dTpw"),
            ("u@a", "u", "", "Basic dTo="),
            ("http://u:p%40:%25@a:1", "u", "p@:%", "Basic dTpwQDol"),
            ("http://us%C3%A4r:p@q@a", "usär", "p@q", "Basic dXPDpHI6cEBx"),
        ]
    )
    func credentials(_ text: String, user: String, password: String, field: String) throws {
        let proxy = try ProxyURL(text)
        #expect(proxy.user == user)
        #expect(proxy.password == password)
        #expect(proxy.host == "a")
        #expect(proxy.authorization == field)
        #expect(proxy.description.hasPrefix("http://***@a:"))
    }

    @Test(
        "What cannot be used is refused for its reason",
        arguments: [
            ("https://a:1", ProxyURLError.schemeUnsupported("https")),
            ("socks5://a:1", .schemeUnsupported("socks5")),
            ("", .hostMalformed),
            ("http://", .hostMalformed),
            ("http://a:0", .hostMalformed),
            ("http://a b", .hostMalformed),
            ("http://u:p%4@a", .credentialsMalformed),
            ("http://u:p%zz@a", .credentialsMalformed),
            ("http://%@a", .credentialsMalformed),
        ]
    )
    func refused(_ text: String, _ error: ProxyURLError) {
        #expect(throws: error) { try ProxyURL(text) }
        #expect(error.description.hasSuffix("."))
    }

    @Test(
        "The environment names a proxy by scheme, lower case first",
        arguments: [
            ("wss://a", ["HTTPS_PROXY": "http://p1"], "p1"),
            ("wss://a", ["https_proxy": "http://p1", "HTTPS_PROXY": "http://p2"], "p1"),
            ("wss://a", ["https_proxy": " ", "HTTPS_PROXY": "http://p2"], "p2"),
            ("wss://a", ["HTTP_PROXY": "http://p1"], nil),
            ("wss://a", ["ALL_PROXY": "http://p3"], "p3"),
            ("wss://a", ["all_proxy": "http://p3", "HTTPS_PROXY": "http://p1"], "p1"),
            ("ws://a", ["HTTP_PROXY": "http://p1"], "p1"),
            ("ws://a", ["http_proxy": "http://p1"], "p1"),
            ("ws://a", ["HTTPS_PROXY": "http://p1"], nil),
            ("ws://a", ["all_proxy": "p4:1"], "p4"),
            ("ws://a", [:], nil),
            // A CGI script's HTTP_PROXY is whatever the request's Proxy field said.
            ("ws://a", ["HTTP_PROXY": "http://evil", "REQUEST_METHOD": "GET"], nil),
            ("ws://a", ["http_proxy": "http://p1", "REQUEST_METHOD": "GET"], "p1"),
        ] as [(String, [String: String], String?)]
    )
    func environment(_ url: String, _ environment: [String: String], host: String?) throws {
        let proxy = try ProxyURL.fromEnvironment(for: WebSocketURL(url), environment: environment)
        #expect(proxy?.host == host)
    }

    @Test("A variable that names no usable proxy is an error, not silence")
    func brokenVariable() throws {
        let url = try WebSocketURL("wss://a")
        #expect(throws: ProxyURLError.schemeUnsupported("socks5")) {
            try ProxyURL.fromEnvironment(for: url, environment: ["ALL_PROXY": "socks5://p"])
        }
    }

    @Test(
        "NO_PROXY and loopback keep the proxy out",
        arguments: [
            ("*", "ws://a.example", true),
            ("", "ws://a.example", false),
            ("a.example", "ws://a.example", true),
            ("A.Example", "ws://a.example", true),
            ("example", "ws://a.example", true),
            (".example", "ws://a.example", true),
            (".a.example", "ws://a.example", true),
            ("xample", "ws://a.example", false),
            ("b.example", "ws://a.example", false),
            ("b.example, a.example", "ws://a.example", true),
            ("b.example a.example", "ws://a.example", true),
            (",,a.example,", "ws://a.example", true),
            ("a.example:80", "ws://a.example", true),
            ("a.example:81", "ws://a.example", false),
            ("a.example:443", "wss://a.example", true),
            ("a.example.evil", "ws://a.example", false),
            ("10.1.2.3", "ws://10.1.2.3", true),
            ("10.1.2.3:9", "ws://10.1.2.3", false),
            ("10.1.2.3:9", "ws://10.1.2.3:9", true),
            ("2.3", "ws://10.1.2.3", false),
            ("10.0.0.0/8", "ws://10.1.2.3", true),
            ("10.0.0.0/16", "ws://10.1.2.3", false),
            ("10.1.2.2/31", "ws://10.1.2.3", true),
            ("0.0.0.0/0", "ws://10.1.2.3", true),
            ("10.0.0.0/33", "ws://10.1.2.3", false),
            ("10.0.0.0/x", "ws://10.1.2.3", false),
            ("10.0.0.0/8", "ws://ten.example", false),
            ("fd00::1", "ws://[fd00:0:0::1]", true),
            ("[fd00::1]", "ws://[fd00::1]", true),
            ("[fd00::1]:80", "ws://[fd00::1]:81", false),
            ("fd00::2", "ws://[fd00::1]", false),
            ("", "ws://localhost:8080", true),
            ("", "ws://127.0.0.9", true),
            ("", "ws://[::1]", true),
        ]
    )
    func exceptions(_ list: String, _ url: String, isDirect: Bool) throws {
        let environment = ["all_proxy": "http://p", "no_proxy": list]
        let proxy = try ProxyURL.fromEnvironment(for: WebSocketURL(url), environment: environment)
        #expect((proxy == nil) == isDirect)
    }

    @Test(
        "Bytes become base64 with its padding",
        arguments: [
            ([], ""), ([0], "AA=="), ([0xFF, 0xFF], "//8="), ([0xFB, 0xEF, 0xBE], "++++"), ([1, 2, 3, 4], "AQIDBA=="),
        ] as [([UInt8], String)]
    )
    func base64(_ bytes: [UInt8], _ text: String) {
        #expect(Base64Text.encoded(bytes) == text)
    }
}
