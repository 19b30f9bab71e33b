// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyDiagnosis
import Testing

@Suite("How clients ask") struct ClientRequestTests {
    static let realtime = "ws://127.0.0.1:9000/v1/realtime?model=gpt-realtime"

    /// The head of a client's request, a line each, with what the user said.
    func lines(_ id: String, _ url: String = realtime, _ tell: (inout Question) -> Void = { _ in }) throws -> [String] {
        var question = Question(url: url)
        tell(&question)
        let profile = try #require(ClientProfile.named(id))
        let request = profile.request(question, to: TargetAddress(url), key: sampleKey)
        return ["\(request.method) \(request.target) HTTP/\(request.version)"]
            + request.headers.map { "\($0.name): \($0.value)" }
    }

    @Test("The console in Chrome asks as measured")
    func chrome() throws {
        #expect(
            try lines("chrome") {
                $0.key = "sk-test"
                $0.page = "http://localhost:3000/console?x=1"
            } == [
                "GET /v1/realtime?model=gpt-realtime HTTP/1.1",
                "Host: 127.0.0.1:9000",
                "Connection: Upgrade",
                "Pragma: no-cache",
                "Cache-Control: no-cache",
                "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
                    + "Chrome/156.0.0.0 Safari/537.36",
                "Upgrade: websocket",
                "Origin: http://localhost:3000",
                "Sec-WebSocket-Version: 13",
                "Accept-Encoding: gzip, deflate, br, zstd",
                "Accept-Language: en-US,en;q=0.9",
                "Sec-WebSocket-Key: \(sampleKey)",
                "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits",
                "Sec-WebSocket-Protocol: realtime, openai-insecure-api-key.sk-test, openai-beta.realtime-v1",
            ]
        )
    }

    @Test("Node ws sends Host last, no agent, and joins subprotocols without a space")
    func nodeWS() throws {
        #expect(
            try lines("ws", "ws://127.0.0.1/") { $0.subprotocols = ["a", "b"] } == [
                "GET / HTTP/1.1",
                "Sec-WebSocket-Version: 13",
                "Sec-WebSocket-Key: \(sampleKey)",
                "Connection: Upgrade",
                "Upgrade: websocket",
                "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits",
                "Sec-WebSocket-Protocol: a,b",
                "Host: 127.0.0.1",
            ]
        )
    }

    @Test("Node's own WebSocket writes all names in lower case")
    func undici() throws {
        let names = try lines("undici").dropFirst().map { $0.prefix { $0 != ":" } }
        #expect(names.allSatisfy { $0 == $0.lowercased() })
        #expect(try lines("undici").contains("connection: upgrade"))
    }

    @Test("Java announced an empty body at the time of JDK 17")
    func java() throws {
        #expect(try lines("java-17").contains("Content-Length: 0"))
        #expect(try !lines("java").contains { $0.hasPrefix("Content-Length") })
    }

    @Test("The SDK for Python brings its key in a field, offers nothing, and only its beta names the beta")
    func openAIPython() throws {
        let lines = try lines("openai-python") { $0.key = "sk-test" }
        #expect(lines.contains("Authorization: Bearer sk-test"))
        #expect(lines.contains("User-Agent: AsyncOpenAI/Python 3.54.0"))
        #expect(!lines.contains { $0.hasPrefix("Sec-WebSocket-Extensions") || $0.hasPrefix("Sec-WebSocket-Protocol") })
        #expect(!lines.contains { $0.hasPrefix("OpenAI-Beta") })
        #expect(try self.lines("openai-python-beta").contains("OpenAI-Beta: realtime=v1"))
    }

    @Test("Azure gets its own field for the key")
    func azure() throws {
        let url = "wss://example.openai.azure.com/openai/realtime?api-version=2024-10-01-preview&deployment=voice"
        #expect(try lines("openai-python", url) { $0.key = "k" }.contains("api-key: k"))
        #expect(try lines("azure-rt-client") { $0.key = "k" }.contains("Authorization: Bearer k"))
    }

    @Test("On a server that is no Realtime server, clients of the Realtime API bring nothing")
    func plainTarget() throws {
        for profile in ClientProfile.all where profile.realtime != nil {
            let lines = try lines(profile.id, "ws://127.0.0.1:9000/echo") { $0.key = "sk-test" }
            #expect(!lines.contains { $0.contains("sk-test") || $0.hasPrefix("Sec-WebSocket-Protocol") })
        }
    }

    @Test("What the user says is what every client sends, a browser without the fields")
    func told() throws {
        let tell: (inout Question) -> Void = {
            $0.headers = [Header("OpenAI-Beta", "realtime=v1"), Header("User-Agent", "mine"), Header("Cookie", "a=b")]
        }
        let python = try lines("openai-python", tell: tell)
        #expect(python.contains("OpenAI-Beta: realtime=v1"))
        #expect(python.filter { $0.hasPrefix("User-Agent:") } == ["User-Agent: mine"])
        #expect(!python.contains { $0.hasPrefix("Authorization") })
        let chrome = try lines("chrome", tell: tell)
        #expect(!chrome.contains { $0.hasPrefix("OpenAI-Beta") || $0.hasPrefix("Sec-WebSocket-Protocol") })
        #expect(chrome.contains("Cookie: a=b"))
    }

    private func lines(_ id: String, tell: (inout Question) -> Void) throws -> [String] {
        try lines(id, Self.realtime, tell)
    }

    @Test("Browsers always send an origin, others only when the user speaks of them")
    func origin() throws {
        #expect(try lines("firefox").contains("Origin: http://127.0.0.1:9000"))
        #expect(try lines("firefox") { $0.page = "file:///tmp/page.html" }.contains("Origin: null"))
        let tell: (inout Question) -> Void = { $0.origin = "https://page.example" }
        #expect(try lines("firefox", tell: tell).contains("Origin: https://page.example"))
        #expect(try !lines("node-ws", tell: tell).contains { $0.hasPrefix("Origin") })
        #expect(
            try lines("node-ws") {
                $0.origin = "https://page.example"
                $0.clients = ["ws"]
            }
            .contains("Origin: https://page.example")
        )
        #expect(try lines("websocket-client").contains("Origin: http://127.0.0.1:9000"))
        #expect(try lines("esp32").contains("Origin: file://"))
    }

    @Test("Without a key the placeholder is sent, and a device offers its own subprotocol")
    func keys() throws {
        #expect(try lines("chrome").contains { $0.contains("openai-insecure-api-key.null") })
        #expect(try lines("esp32").contains("Sec-WebSocket-Protocol: arduino"))
    }

    @Test("Every client asks for version 13 with the key, the host and an upgrade, each once")
    func complete() {
        let address = TargetAddress(Self.realtime)
        for profile in ClientProfile.all {
            let headers = profile.request(Question(url: Self.realtime), to: address, key: sampleKey).headers
            #expect(headers.values("Host") == ["127.0.0.1:9000"], "\(profile.id)")
            #expect(headers.values("Sec-WebSocket-Key") == [sampleKey], "\(profile.id)")
            #expect(headers.values("Sec-WebSocket-Version") == ["13"], "\(profile.id)")
            #expect(headers.values("Upgrade") == ["websocket"], "\(profile.id)")
            #expect(headers.values("Connection").map { $0.lowercased() } == ["upgrade"], "\(profile.id)")
        }
    }

    @Test(
        "People's names find the client",
        arguments: [
            ("browser", "chrome-realtime-console"), ("Chromium", "chrome-realtime-console"),
            ("firefox", "firefox-realtime-console"), ("safari", "safari-realtime-console"),
            ("python", "python-websockets"), ("aiohttp", "python-aiohttp"), ("node", "node-ws"), ("go", "go-gorilla"),
            ("nhooyr", "go-coder"), ("java", "java-http"), ("swift", "urlsession"), ("curl", "bare"),
            ("C#", "dotnet"), ("Go gorilla/websocket", "go-gorilla"), ("openai_python", "openai-python"),
        ]
    )
    func names(_ name: String, _ id: String) {
        #expect(ClientProfile.named(name)?.id == id)
    }

    @Test("Ids and other names are each of one client only")
    func unique() {
        #expect(Set(ClientProfile.names).count == ClientProfile.names.count)
        #expect(ClientProfile.named("netscape") == nil)
    }

    @Test("Clients that are named are the ones that are tried, else the usual ones")
    func selected() {
        var question = Question(url: Self.realtime)
        #expect(ClientProfile.selected(question).contains { $0.id == "go-gorilla" })
        #expect(!ClientProfile.selected(question).contains { $0.id == "arduino" })
        question.clients = ["esp32", "browser"]
        #expect(ClientProfile.selected(question).map(\.id) == ["chrome-realtime-console", "arduino"])
    }
}
