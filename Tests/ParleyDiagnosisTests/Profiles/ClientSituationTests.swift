// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyDiagnosis
import Testing

@Suite("What clients meet") struct ClientSituationTests {
    static let echo = "ws://127.0.0.1:9000/"
    static let realtime = "ws://127.0.0.1:9000/v1/realtime?model=stub-realtime"

    /// Chrome, Firefox, Node ws and Python websockets, in this order.
    private func four(_ situation: Situation) -> [Bool?] {
        situation.connects("chrome", "firefox", "node-ws", "python-websockets")
    }

    private func echoing(
        _ url: String = echo,
        _ meet: @escaping (ClientProfile, inout Exchange) -> Void
    ) -> Situation {
        var situation = Situation(url, meet)
        situation.question.expectation = .echo
        return situation
    }

    private func talking(
        _ url: String = realtime,
        _ meet: @escaping (ClientProfile, inout Exchange) -> Void
    ) -> Situation {
        var situation = Situation(url, meet)
        situation.question.expectation = .sessionCreated
        return situation
    }

    @Test("Every client connects to a server that does everything right")
    func healthy() {
        let plain = echoing { $1.open(.echo) }
        let secure = talking("wss://127.0.0.1:9000/v1/realtime") {
            $1.tls(.init(.completed))
            $1.open(.created)
        }
        let facts = [plain.facts, secure.facts]
        for profile in ClientProfile.all {
            #expect(facts.map(profile.outcome) == [.connects, .connects], "\(profile.id)")
        }
    }

    @Test("A status keeps everybody out, each in its own words")
    func status() {
        let situation = echoing { $1.response = .init(status: 505, reason: "HTTP Version Not Supported") }
        #expect(four(situation) == [false, false, false, false])
        #expect(
            situation.says("chrome")
                == "WebSocket connection to 'ws://127.0.0.1:9000/' failed: Error during WebSocket handshake: "
                + "Unexpected response code: 505 (the page sees close 1006 only)"
        )
        #expect(
            situation.says("firefox")
                == "Firefox can’t establish a connection to the server at ws://127.0.0.1:9000/. "
                + "(the page sees close 1006)"
        )
        #expect(situation.says("node-ws") == "Error: Unexpected server response: 505")
        #expect(situation.says("python") == "InvalidStatus: server rejected WebSocket connection: HTTP 505")
        #expect(situation.says("gorilla") == "websocket: bad handshake")
        #expect(
            situation.says("aiohttp")
                == "WSServerHandshakeError: 505, message='Invalid response status', url='ws://127.0.0.1:9000/'"
        )
        #expect(situation.says("undici") == "Received network error or non-101 status code.")
        #expect(
            situation.says("okhttp")
                == "ProtocolException: Expected HTTP 101 response but was '505 HTTP Version Not Supported'"
        )
        #expect(
            situation.says("dotnet")
                == "WebSocketException: The server returned status code '505' when status code '101' was expected."
        )
    }

    @Test("401 and 407 have texts of their own in Chrome")
    func unauthorized() {
        let said = { (status: Int) in self.echoing { $1.response = .init(status: status) }.says("chrome") ?? "" }
        #expect(said(401).contains("HTTP Authentication failed; no valid credentials available"))
        #expect(said(407).contains("net::ERR_UNEXPECTED_PROXY_AUTH"))
    }

    @Test("A subprotocol that nobody acknowledges keeps Chrome and Node out, not Firefox and Python")
    func subprotocol() {
        var situation = talking {
            $1.open(.created)
            $1.response = .right()
        }
        situation.question.subprotocols = ["realtime", "openai-insecure-api-key.sk-test"]
        #expect(four(situation) == [false, true, false, true])
        #expect(
            situation.says("chrome")?
                .contains(
                    "Error during WebSocket handshake: "
                        + "Sent non-empty 'Sec-WebSocket-Protocol' header but no response was received"
                ) == true
        )
        #expect(situation.says("node-ws") == "Error: Server sent no subprotocol")
        #expect(situation.says("undici") == "Server did not respond with sent protocols.")
        #expect(situation.says("wscat") == "error: Server sent no subprotocol")
    }

    @Test("A subprotocol that nobody asked for opens in Firefox only")
    func unasked() {
        let situation = echoing {
            $1.open(.echo)
            $1.response?.add("Sec-WebSocket-Protocol", "realtime")
        }
        #expect(four(situation) == [false, true, false, false])
        #expect(situation.connects("postman") == [false])
        #expect(situation.says("python") == "NegotiationError: no subprotocols supported")
    }

    @Test("A subprotocol set by hand as a field is one that ws and websockets do not expect back")
    func byHand() {
        var situation = talking {
            $1.open(.created)
        }
        situation.question.headers = [Header("Sec-WebSocket-Protocol", "realtime")]
        #expect(
            situation.connects("node-ws", "python-websockets", "python-aiohttp", "python-websocket-client")
                == [false, false, true, true]
        )
        // Its library has no other way to offer one.
        #expect(situation.connects("rust-tungstenite") == [true])
    }

    @Test("An extension at fault is named")
    func extensionWords() {
        let said = { (value: String) in
            self.echoing {
                $1.open(.echo)
                $1.response?.add("Sec-WebSocket-Extensions", value)
            }
            .says("chrome") ?? ""
        }
        #expect(said("x-unknown; a=b").contains("Found an unsupported extension 'x-unknown' in"))
        #expect(
            said("permessage-deflate; server_max_window_bits=16")
                .contains("Error in permessage-deflate: Received invalid server_max_window_bits parameter")
        )
    }

    @Test("Every failure has words in every client")
    func words() {
        let facts = echoing { $1.open(.echo) }.facts
        let answers = AnswerDefect.allCases.map { ClientFailure.answer($0, "value") }
        let frames = AnswerDefect.allCases.map(ClientFailure.frame)
        let certificates = Exchange.CertificateFault.allCases.map(ClientFailure.certificate)
        let others: [ClientFailure] = [
            .scheme("ftp"), .needsSecureScheme, .fragment("a"), .subprotocolToken("a b"), .blockedPort, .mixedContent,
            .contentPolicy("connect-src 'none'"), .localNetwork, .noSuchName, .resolverFailed, .refused,
            .connectionReset, .networkUnreachable, .hostUnreachable, .connectTimedOut, .proxy(407), .proxy(nil),
            .alert(40), .alert(116), .notTLS, .tlsClosed, .tlsReset, .tlsTimedOut, .tls("x"), .closedUnanswered,
            .resetUnanswered, .notHTTP, .tooSlow, .silent, .status(403, "Forbidden"), .redirect("http://a/"),
            .tooBig(1), .closed(1008, "no"), .closed(nil, ""), .errorEvent("no", close: 4000), .noEvent,
            .wrongEvent("x"), .noEcho, .ended, .pingTimeout,
        ]
        for profile in ClientProfile.all {
            for failure in answers + frames + certificates + others {
                #expect(!profile.words(for: failure, facts).isEmpty, "\(profile.id)")
            }
        }
    }

    @Test("Compression that was not offered keeps out those who did not offer it")
    func extensionUnasked() {
        let situation = echoing {
            $1.open(.echo)
            $1.response?.add("Sec-WebSocket-Extensions", "permessage-deflate")
        }
        #expect(four(situation) == [true, true, true, true])
        #expect(situation.connects("openai-python", "go-gorilla") == [false, false])
        #expect(situation.says("openai-python") == "NegotiationError: no extensions supported")
    }

    @Test("An answer after twelve seconds is too late for Python only")
    func slow() {
        let situation = echoing {
            $1.open(.echo)
            $1.response?.atMS = 12_000
        }
        #expect(four(situation) == [true, true, true, false])
        #expect(situation.says("python") == "TimeoutError: timed out during opening handshake")
    }

    @Test("No answer is a failure for everybody, whatever time they would give it")
    func silence() {
        let situation = echoing { $1.end = .init(.timedOut, atMS: 10_000) }
        #expect(four(situation) == [false, false, false, false])
        #expect(ClientProfile.named("python")?.outcome(situation.facts) == .fails(.tooSlow))
        #expect(ClientProfile.named("node-ws")?.outcome(situation.facts) == .fails(.silent))
    }

    @Test("Half an answer is waited for, something else is not")
    func halfAnswer() {
        let situation = { (text: String) in
            self.echoing {
                $1.response = .init(version: nil, status: 0, body: Bytes(text: text, count: text.utf8.count))
                $1.end = .init(.timedOut, atMS: 5_000)
            }
        }
        #expect(ClientProfile.named("chrome")?.outcome(situation("HTTP/1.1 10").facts) == .fails(.silent))
        #expect(ClientProfile.named("chrome")?.outcome(situation("SSH-2.0-x").facts) == .fails(.notHTTP))
    }

    @Test("A close by the server within the millisecond of the doctor's answer is still the server's")
    func closeInTheSameMillisecond() {
        let situation = echoing {
            $1.open()
            $1.conversation?.close = .init(atMS: 9, code: 1008, reason: "no")
            $1.conversation?.clientClose = .init(atMS: 9, code: 1008)
        }
        #expect(situation.says("chrome") == "close 1008 (no)")
    }

    @Test(
        "TCP that comes to nothing is worded by the operating system's error",
        arguments: [
            (.refused, "net::ERR_CONNECTION_REFUSED", "Error: connect ECONNREFUSED 127.0.0.1:9000"),
            (.reset, "net::ERR_CONNECTION_RESET", "Error: read ECONNRESET"),
            (.timedOut, "net::ERR_CONNECTION_TIMED_OUT", "Error: connect ETIMEDOUT 127.0.0.1:9000"),
            (.hostUnreachable, "net::ERR_ADDRESS_UNREACHABLE", "Error: connect EHOSTUNREACH 127.0.0.1:9000"),
        ] as [(Exchange.TCPOutcome.Result, String, String)]
    )
    func tcp(_ result: Exchange.TCPOutcome.Result, _ chrome: String, _ node: String) {
        let situation = echoing { $1.stop(result) }
        #expect(four(situation) == [false, false, false, false])
        #expect(situation.says("chrome")?.contains("Error in connection establishment: \(chrome)") == true)
        #expect(situation.says("node-ws") == node)
    }

    @Test("A name that does not resolve fails everybody, with no exchange at all")
    func name() {
        let url = "ws://realtime-gateway.invalid:9000/v1/realtime"
        var question = Question(url: url)
        question.expectation = .sessionCreated
        let lookup = NameLookup(
            host: "realtime-gateway.invalid",
            ipv4: .noSuchName,
            ipv6: .noSuchName,
            durationMS: 3
        )
        let facts = Facts(question, [Evidence(id: "e1", probe: .name, data: .name(lookup))])
        for profile in ClientProfile.all where profile.id != "openai-node" {
            #expect(profile.outcome(facts) == .fails(.noSuchName), "\(profile.id)")
        }
        #expect(
            ClientProfile.named("node-ws")?.result(facts).failure
                == "Error: getaddrinfo ENOTFOUND realtime-gateway.invalid"
        )
    }

    @Test("A proxy that wants a password keeps out those who use it")
    func proxy() {
        var situation = echoing { profile, exchange in
            if profile.usesProxy {
                exchange.proxy = .init(status: 407, reason: "Proxy Authentication Required")
                exchange.request = nil
            } else {
                exchange.open(.echo)
            }
        }
        situation.question.proxy = "127.0.0.1:3128"
        #expect(four(situation) == [false, false, true, false])
        #expect(situation.says("python") == "InvalidProxyStatus: proxy rejected connection: HTTP 407")
        #expect(situation.says("chrome")?.contains("Proxy authentication failed") == true)
    }

    @Test("Without an exchange past the proxy, nothing is known of a client that ignores it")
    func proxyIgnored() {
        var question = Question(url: Self.echo)
        question.proxy = "127.0.0.1:3128"
        var exchange = Exchange(endpoint: .init(host: "127.0.0.1", port: 9000, isSecure: false))
        exchange.endpoint.proxy = question.proxy
        exchange.proxy = .init(status: 403)
        let facts = Facts(question, [Evidence(id: "e1", probe: .reference, data: .exchange(exchange))])
        #expect(ClientProfile.named("node-ws")?.outcome(facts) == .unknown(nil))
        #expect(ClientProfile.named("bare")?.outcome(facts) == .fails(.proxy(403)))
    }

    @Test("A redirect to http ends all but those who follow it")
    func redirect() {
        var situation = echoing {
            $1.response = .init(status: 301, headers: [Header("Location", "https://127.0.0.1:9443/")])
        }
        #expect(four(situation) == [false, false, false, false])
        #expect(
            situation.says("python")
                == "InvalidURI: https://127.0.0.1:9443/ isn't a valid URI: scheme isn't ws or wss"
        )
        #expect(ClientProfile.named("aiohttp")?.outcome(situation.facts) == .unknown(nil))
        var followed = Exchange.upgraded()
        followed.conversation = .echo
        situation.more = [Evidence(id: "r", probe: .redirect, data: .exchange(followed))]
        #expect(situation.connects("aiohttp", "go-gorilla") == [true, false])
    }

    @Test("An origin that is refused keeps browsers out")
    func origin() {
        var situation = echoing {
            if $1.request?.headers.first("Origin") == "http://localhost:5173" {
                $1.response = .init(status: 403, reason: "Forbidden")
            } else {
                $1.open(.echo)
            }
        }
        situation.question.origin = "http://localhost:5173"
        situation.question.clients = ["browser"]
        #expect(four(situation) == [false, false, true, true])
    }

    @Test("What breaks the frames opens in those who do not look")
    func masked() {
        let situation = echoing {
            $1.open(.echo)
            $1.conversation?.violations = ["WS_UNEXPECTED_MASK"]
        }
        #expect(four(situation) == [false, true, false, false])
        #expect(
            situation.says("chrome")?.contains("A server must not mask any frames that it sends to the client.") == true
        )
        #expect(situation.says("gorilla") == "websocket: bad MASK")
        #expect(
            situation.says("python")
                == "ConnectionClosedError: sent 1002 (protocol error) incorrect masking; no close frame received"
        )
    }

    @Test("A close right after opening is what every client reports")
    func crash() {
        let situation = talking {
            $1.open()
            $1.conversation?.close = .init(atMS: 7, code: 1011)
            $1.end = .init(.closed, atMS: 8)
        }
        #expect(four(situation) == [false, false, false, false])
        #expect(situation.says("chrome") == "close 1011")
        #expect(
            situation.says("python")
                == "ConnectionClosedError: received 1011 (internal error); then sent 1011 (internal error)"
        )
    }

    @Test("The answer to the doctor's own close is no close by the server")
    func ownClose() {
        let situation = echoing {
            $1.open(.echo)
            $1.conversation?.clientClose = .init(atMS: 9, code: 1000)
            $1.conversation?.close = .init(atMS: 9, code: 1000)
            $1.end = .init(.closed, atMS: 10)
        }
        #expect(four(situation) == [true, true, true, true])
    }

    @Test("No first event is a failure only where one is expected")
    func noEvent() {
        var situation = talking { $1.open() }
        #expect(four(situation) == [false, false, false, false])
        #expect(ClientProfile.named("chrome")?.outcome(situation.facts) == .fails(.noEvent))
        situation.question.expectation = .open
        #expect(four(situation) == [true, true, true, true])
    }

    @Test("An echo that does not come is a failure")
    func noEcho() {
        let situation = echoing { $1.open(Conversation(pingAnswered: true, echoed: false)) }
        #expect(ClientProfile.named("chrome")?.outcome(situation.facts) == .fails(.noEcho))
    }

    @Test("A server of the GA dialect refuses those who send the beta field, and a browser cannot send it")
    func beta() {
        var situation = talking {
            let refused = Conversation.refusal(4000, "beta_api_shape_disabled", message: "no longer supported")
            $1.open($1.request?.headers.first("OpenAI-Beta") == nil ? .created : refused)
        }
        situation.question.headers = [Header("OpenAI-Beta", "realtime=v1"), Header("Authorization", "Bearer sk-test")]
        #expect(four(situation) == [true, true, false, false])
        #expect(situation.says("chrome") == nil)
        #expect(situation.says("node-ws") == "error event: no longer supported, then close 4000")
        #expect(situation.connects("openai-python") == [false])
    }

    @Test("A connection that is cut when quiet fails all but those who ping in time")
    func hold() {
        var situation = echoing { $1.open(.echo) }
        situation.question.holdSeconds = 65
        var cut = Exchange.upgraded()
        cut.conversation = Conversation()
        cut.end = .init(.closed, atMS: 5_000)
        situation.more = [Evidence(id: "h", probe: .hold, data: .exchange(cut))]
        #expect(four(situation) == [false, false, false, false])
        #expect(situation.says("python") == "ConnectionClosedError: no close frame received or sent")
        cut.end?.atMS = 60_000
        var pinged = cut
        pinged.end = .init(.enough, atMS: 65_000)
        situation.more = [
            Evidence(id: "h", probe: .hold, data: .exchange(cut)),
            Evidence(id: "p", probe: .holdWithPings, data: .exchange(pinged)),
        ]
        #expect(four(situation) == [false, false, false, true])
        #expect(situation.connects("openai-python") == [true])
    }

    @Test("Pings without an answer end those who ping")
    func ping() {
        let situation = echoing { $1.open(Conversation(pingAnswered: false, echoed: true)) }
        #expect(four(situation) == [true, true, true, false])
    }

    @Test("A message that is too large for the server is what the client was asked about")
    func size() {
        var situation = echoing { $1.open(.echo) }
        situation.question.sendBytes = 100_000
        var sized = Exchange.upgraded()
        sized.conversation = Conversation()
        sized.conversation?.close = .init(atMS: 20, code: 1009, reason: "too big")
        situation.more = [Evidence(id: "s", probe: .size, variant: "100000", data: .exchange(sized))]
        #expect(situation.says("chrome") == "close 1009 (too big)")
    }

    @Test("Where a client was not tried, the nearest request speaks for it as far as it can")
    func nearest() {
        let address = TargetAddress(Self.realtime)
        let question = Question(url: Self.realtime)
        var exchange = Exchange.asked(
            ClientProfile.named("bare")?.request(question, to: address, key: sampleKey)
                ?? Exchange.Request(target: "/", headers: [])
        )
        exchange.open(.created)
        let facts = { Facts(question, [Evidence(id: "e1", probe: .reference, data: .exchange(exchange))]) }
        #expect(ClientProfile.named("go-gorilla")?.outcome(facts()) == .connects)
        #expect(ClientProfile.named("chrome")?.outcome(facts()) == .unknown(nil))
        exchange.response = .init(status: 404)
        #expect(ClientProfile.named("chrome")?.outcome(facts()) == .fails(.status(404, "")))
    }
}
