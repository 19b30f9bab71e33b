// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyDiagnosis
import ParleyWebSocket
import Testing

/// Which clients a deviation keeps out, as measured with the real ones.
@Suite("Clients and answers") struct ClientAnswerTableTests {
    static let measured = [
        "chrome-realtime-console", "firefox-realtime-console", "node-ws", "node-undici", "python-websockets",
        "python-aiohttp", "python-websocket-client", "go-gorilla", "java-http", "swift-nio", "openai-python",
    ]

    static let everybody = Set(measured)

    /// One answer, and the clients that it keeps out.
    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let fail: Set<String>
        let answer: @Sendable (inout Exchange.Response) -> Void
        let conversation: Conversation?

        init(
            _ description: String,
            fail: Set<String>,
            then conversation: Conversation? = nil,
            _ answer: @escaping @Sendable (inout Exchange.Response) -> Void = { _ in }
        ) {
            testDescription = description
            self.fail = fail
            self.conversation = conversation
            self.answer = answer
        }
    }

    // Names for groups of clients that keep coming back.
    static let chrome: Set = ["chrome-realtime-console"]
    static let firefox: Set = ["firefox-realtime-console"]
    static let node: Set = ["node-ws", "node-undici"]
    static let undici: Set = ["node-undici"]
    static let webSockets: Set = ["python-websockets"]
    static let aiohttp: Set = ["python-aiohttp"]
    static let webSocketClient: Set = ["python-websocket-client"]
    static let gorilla: Set = ["go-gorilla"]
    static let java: Set = ["java-http"]
    static let nio: Set = ["swift-nio"]
    static let sdk: Set = ["openai-python"]
    /// Those that check the subprotocol whenever there is one in the answer.
    static let careful = chrome.union(node).union(webSockets).union(java)

    static func protocolRow(_ description: String, fail: Set<String>, _ values: String...) -> Row {
        Row(description, fail: fail) { response in
            for value in values { response.add("Sec-WebSocket-Protocol", value) }
        }
    }

    /// The client offered the console's three; the SDK, which offers nothing, is left out.
    static let offering: [Row] = [
        protocolRow("first", fail: [], "realtime"),
        protocolRow("second", fail: [], three[1]),
        protocolRow("third", fail: [], three[2]),
        Row("none", fail: chrome.union(node).union(webSocketClient)),
        protocolRow("unoffered", fail: careful.union(firefox).union(webSocketClient), "chat"),
        protocolRow("two in one field", fail: careful.union(firefox).union(webSocketClient), "realtime, \(three[2])"),
        protocolRow("two fields", fail: careful.union(firefox), "realtime", three[2]),
        protocolRow("other case", fail: careful.union(firefox), "Realtime"),
        protocolRow("empty", fail: careful.union(firefox).union(webSocketClient), ""),
        protocolRow("white space", fail: undici, " realtime "),
        protocolRow("quoted", fail: careful.union(firefox).union(webSocketClient), "\"realtime\""),
    ]

    /// The client offered nothing.
    static let silent: [Row] = [
        Row("none", fail: []),
        protocolRow("one", fail: careful.union(sdk), "realtime"),
        protocolRow("two fields", fail: careful.union(sdk), "realtime", "realtime"),
        protocolRow("empty", fail: careful.union(sdk), ""),
    ]

    /// About the 101 itself; the subprotocol is right.
    static let head: [Row] = [
        Row("right", fail: []),
        Row("accept wrong", fail: everybody) { $0.set("Sec-WebSocket-Accept", "AAAAAAAAAAAAAAAAAAAAAAAAAAA=") },
        Row("accept missing", fail: everybody) { $0.set("Sec-WebSocket-Accept", nil) },
        Row("accept in lower case", fail: everybody.subtracting(webSocketClient)) {
            $0.set("Sec-WebSocket-Accept", AcceptKey.value(for: sampleKey).lowercased())
        },
        Row("no Upgrade", fail: everybody) { $0.set("Upgrade", nil) },
        Row("Upgrade in another case", fail: []) { $0.set("Upgrade", "WebSocket") },
        Row("another Upgrade", fail: everybody) { $0.set("Upgrade", "h2c") },
        Row("no Connection", fail: everybody.subtracting(nio)) { $0.set("Connection", nil) },
        Row("Connection: close", fail: everybody.subtracting(nio)) { $0.set("Connection", "close") },
        Row("Connection as a list", fail: undici.union(aiohttp).union(java)) {
            $0.set("Connection", "keep-alive, Upgrade")
        },
        Row("HTTP/1.0", fail: firefox.union(webSockets).union(sdk)) { $0.version = "1.0" },
        Row("no reason", fail: webSockets.union(sdk)) { $0.reason = "" },
        Row("bare LF", fail: node.union(webSockets).union(sdk).union(nio)) { $0.hasBareLF = true },
        Row("Content-Length: 0", fail: []) { $0.add("Content-Length", "0") },
        Row("chunked", fail: java) { $0.add("Transfer-Encoding", "chunked") },
    ]

    static func extensionRow(_ value: String, fail: Set<String>) -> Row {
        Row(value, fail: fail) { $0.add("Sec-WebSocket-Extensions", value) }
    }

    /// Those that read the parameters.
    static let readers = chrome.union(firefox).union(["node-ws"]).union(webSockets)
    /// Those that offered nothing and mind.
    static let strangers = gorilla.union(java).union(sdk)

    static let extensions: [Row] = [
        extensionRow("x-unknown", fail: readers.union(undici).union(java).union(sdk)),
        extensionRow("permessage-deflate", fail: strangers),
        extensionRow(
            "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
            fail: java.union(sdk)
        ),
        extensionRow("permessage-deflate; server_max_window_bits=8", fail: strangers),
        extensionRow("permessage-deflate; server_max_window_bits=16", fail: readers.union(strangers)),
        extensionRow("permessage-deflate; client_max_window_bits=10", fail: strangers),
        extensionRow("permessage-deflate; client_max_window_bits", fail: readers.union(strangers)),
        extensionRow(
            "permessage-deflate; client_max_window_bits=8",
            fail: firefox.union(webSockets).union(strangers)
        ),
        extensionRow("permessage-deflate; foo=1", fail: readers.union(strangers)),
        extensionRow(
            "permessage-deflate, permessage-deflate",
            fail: chrome.union(firefox).union(undici).union(webSockets).union(strangers)
        ),
        extensionRow(
            "",
            fail: chrome.union(node).union(webSockets).union(java).union(sdk)
        ),
        extensionRow("Permessage-Deflate", fail: readers.union(undici).union(java).union(sdk)),
    ]

    static func frames(_ violation: Violation) -> Conversation { Conversation(violations: [violation.code]) }

    static func message(_ size: Int) -> Conversation {
        var conversation = Conversation(received: [
            .init(opcode: 1, isFinal: false, payload: Bytes(count: size / 2)),
            .init(opcode: 9),
            .init(opcode: 0, payload: Bytes(count: size - size / 2)),
        ])
        conversation.firstEvent = .init(type: "session.created")
        return conversation
    }

    static let open: [Row] = [
        Row(
            "masked",
            fail: chrome.union(node).union(webSockets).union(gorilla).union(java).union(sdk),
            then: frames(.maskedServerFrame)
        ),
        Row("bad UTF-8", fail: everybody.subtracting(gorilla).subtracting(nio), then: frames(.invalidUTF8)),
        Row("RSV1", fail: everybody.subtracting(nio), then: frames(.reservedBits)),
        Row("reserved opcode", fail: everybody.subtracting(nio), then: frames(.reservedOpcode)),
        Row("stray continuation", fail: everybody.subtracting(nio), then: frames(.unexpectedContinuation)),
        Row("long ping", fail: everybody, then: frames(.oversizedControlFrame)),
        Row("70 kB", fail: nio, then: message(70_000)),
        Row("1.1 MB", fail: nio.union(webSockets), then: message(1_153_434)),
        Row("4.4 MB", fail: nio.union(webSockets).union(aiohttp), then: message(4_404_019)),
        Row(
            "text for frames",
            fail: everybody,
            then: {
                var conversation = Conversation()
                conversation.unreadable = Bytes(text: "<html>", count: 6)
                return conversation
            }()
        ),
        Row("session.created", fail: [], then: message(100)),
    ]

    /// Those that do not connect, each judged by an exchange with its own request.
    private func failing(_ row: Row, subprotocols: [String]?, adding answer: String? = nil) -> Set<String> {
        Set(
            Self.measured.filter { id in
                var question = Question(url: "ws://127.0.0.1:9000/v1/realtime")
                question.subprotocols = id == "openai-python" ? [] : subprotocols
                return ClientProfile.named(id)?
                    .outcome(Facts(question, [evidence(id, question, row, answer)])) != .connects
            }
        )
    }

    private func evidence(_ id: String, _ question: Question, _ row: Row, _ answer: String?) -> Evidence {
        let request = ClientProfile.named(id)?
            .request(question, to: TargetAddress(question.url), key: sampleKey)
        var exchange = Exchange.asked(request ?? Exchange.Request(target: "/", headers: []))
        exchange.response = .right(row.answer)
        if let answer, question.subprotocols?.isEmpty == false {
            exchange.response?.add("Sec-WebSocket-Protocol", answer)
        }
        exchange.conversation = row.conversation
        return Evidence(id: "e1", probe: .profile, variant: id, data: .exchange(exchange))
    }

    @Test("A subprotocol was offered", arguments: offering)
    func offered(_ row: Row) {
        // The SDK offers nothing, so that any subprotocol fails it: see the next test.
        #expect(failing(row, subprotocols: three).subtracting(Self.sdk) == row.fail)
    }

    @Test("No subprotocol was offered", arguments: silent)
    func unoffered(_ row: Row) {
        #expect(failing(row, subprotocols: []) == row.fail)
    }

    @Test("The head, the extensions and what follows", arguments: head + extensions + open)
    func answers(_ row: Row) {
        #expect(failing(row, subprotocols: three, adding: "realtime") == row.fail)
    }

    @Test(
        "From source: OkHttp, .NET and tungstenite want Connection to be one word, coder and URLSession do not",
        arguments: [
            ("okhttp", true), ("dotnet", true), ("rust-tungstenite", true), ("arduino", true), ("go-coder", false),
            ("urlsession", false),
        ]
    )
    func connectionList(_ id: String, _ fails: Bool) throws {
        let question = Question(url: "ws://127.0.0.1:9000/")
        let row = Row("", fail: []) { $0.set("Connection", "keep-alive, Upgrade") }
        let outcome = try #require(ClientProfile.named(id)).outcome(Facts(question, [evidence(id, question, row, nil)]))
        #expect((outcome != .connects) == fails)
    }
}
