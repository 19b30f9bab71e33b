// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyWebSocket

@testable import ParleyDiagnosis

/// A server as the doctor's probes would record it.
///
/// The server is a closure: it gets an exchange as far as the request and fills in what comes then.
struct Scene {
    typealias Server = (inout Exchange) -> Void

    var question: Question
    private(set) var evidence: [Evidence] = []

    init(
        _ url: String,
        expect: Question.Expectation? = nil,
        clients: [String] = [],
        _ change: (inout Question) -> Void = { _ in }
    ) {
        question = Question(url: url)
        question.expectation = expect
        question.clients = clients
        change(&question)
    }

    var address: TargetAddress { TargetAddress(question.url) }

    /// What the doctor says.
    var report: Report { Diagnosis.report(question, evidence, startedAt: 0, durationMS: 0) }

    /// What it says when the error text of the user is read as these causes.
    func report(reading causes: [String]) -> Report {
        Diagnosis.report(question, evidence, startedAt: 0, durationMS: 0) { _ in causes }
    }

    /// Adds one piece of evidence.
    mutating func add(_ probe: Probe, _ variant: String? = nil, _ data: Evidence.Data) {
        evidence.append(Evidence(id: "e\(evidence.count + 1)", probe: probe, variant: variant, data: data))
    }

    /// A scene with one more exchange of one probe.
    func adding(
        _ probe: Probe,
        _ variant: String? = nil,
        to url: String? = nil,
        _ request: Exchange.Request? = nil,
        _ server: Server
    ) -> Scene {
        var scene = self
        scene.add(probe, variant, .exchange(scene.exchange(url, request ?? scene.asAsked, server)))
        return scene
    }

    /// A scene with more evidence.
    func with(_ probe: Probe, _ variant: String? = nil, _ data: Evidence.Data) -> Scene {
        var scene = self
        scene.add(probe, variant, data)
        return scene
    }

    /// A scene in which every probe of handshakes found this server.
    func met(tls: Exchange.TLSOutcome? = nil, _ server: @escaping Server) -> Scene {
        var scene = self
        let secured: Server = { exchange in
            if scene.address.isSecure { exchange.tls = tls ?? .trusted }
            if let tls = exchange.tls, tls.result != .completed || !tls.faults.isEmpty, exchange.request != nil {
                if tls.result != .completed { exchange.request = nil; return }
            }
            server(&exchange)
        }
        scene.add(.connect, address.host, .exchange(scene.connection()))
        if address.isSecure {
            var exchange = scene.connection()
            exchange.tls = tls ?? .trusted
            scene.add(.tls, nil, .exchange(exchange))
        }
        func record(_ probe: Probe, _ variant: String?, _ request: Exchange.Request) {
            scene.add(probe, variant, .exchange(scene.exchange(nil, request, secured)))
        }
        record(.reference, nil, reference)
        if asAsked.headers.count > reference.headers.count { record(.asAsked, nil, asAsked) }
        for profile in ClientProfile.selected(question) {
            record(.profile, profile.id, profile.request(question, to: address, key: sampleKey))
        }
        for (variant, request) in variations { record(.variation, variant, request) }
        var get = Exchange.Request(target: address.target, headers: [Header("Host", address.hostHeader)])
        record(.plainGet, nil, get)
        get.target = "/parley-invented"
        record(.inventedPath, "get", get)
        var upgrade = reference
        upgrade.target = "/parley-invented"
        record(.inventedPath, "upgrade", upgrade)
        return scene
    }

    /// A scene in which every connection attempt ended like this.
    func unreachable(_ result: Exchange.TCPOutcome.Result, detail: String? = nil) -> Scene {
        var scene = self
        var exchange = Exchange(
            endpoint: .init(host: address.host, port: address.port, address: address.host, isSecure: address.isSecure)
        )
        exchange.tcp = .init(result, detail: detail, durationMS: result == .timedOut ? 10_000 : 1)
        scene.add(.connect, address.host, .exchange(exchange))
        scene.add(.reference, nil, .exchange(exchange))
        return scene
    }

    /// The connection up to TCP.
    func connection(_ url: String? = nil) -> Exchange {
        let target = TargetAddress(url ?? question.url)
        var exchange = Exchange(
            endpoint: .init(host: target.host, port: target.port, address: target.host, isSecure: target.isSecure)
        )
        exchange.tcp = .init(.connected, durationMS: 1)
        return exchange
    }

    private func exchange(_ url: String?, _ request: Exchange.Request, _ server: Server) -> Exchange {
        var exchange = connection(url)
        exchange.request = request
        server(&exchange)
        return exchange
    }

    /// The plainest handshake.
    var reference: Exchange.Request {
        Exchange.Request(
            target: address.target,
            headers: [
                Header("Host", address.hostHeader), Header("Upgrade", "websocket"), Header("Connection", "Upgrade"),
                Header("Sec-WebSocket-Key", sampleKey), Header("Sec-WebSocket-Version", "13"),
            ]
        )
    }

    /// What the user says the client sends.
    var asAsked: Exchange.Request {
        var request = reference
        if let origin = Facts(question, []).origin { request.headers.append(Header("Origin", origin)) }
        if let subprotocols = question.subprotocols {
            request.headers.append(Header("Sec-WebSocket-Protocol", subprotocols.joined(separator: ", ")))
        }
        request.headers += question.headers
        return request
    }

    /// The reference with one thing changed.
    private var variations: [(String, Exchange.Request)] {
        var all: [(String, Exchange.Request)] = []
        func add(_ variation: Variation, _ name: String, _ value: String?) {
            guard let value else { return }
            var request = reference
            request.headers.removeAll { $0.name == name }
            request.headers.append(Header(name, value))
            all.append((variation.rawValue, request))
        }
        func path(_ variant: String, _ target: String) {
            var request = reference
            request.target = target
            all.append((variant, request))
        }
        let origin = Facts(question, []).origin
        add(.origin, "Origin", origin)
        add(.sameOrigin, "Origin", "\(address.isSecure ? "https" : "http")://\(address.hostHeader)")
        add(.nullOrigin, "Origin", "null")
        add(.foreignOrigin, "Origin", "https://parley-probe.invalid")
        let three = question.isRealtime ? ["realtime", "openai-insecure-api-key.null", "openai-beta.realtime-v1"] : nil
        add(.subprotocols, "Sec-WebSocket-Protocol", (question.subprotocols ?? three)?.joined(separator: ", "))
        add(.unknownSubprotocol, "Sec-WebSocket-Protocol", "parley-probe")
        add(.compression, "Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits")
        add(.browserAgent, "User-Agent", "Mozilla/5.0 Chrome/146.0.0.0")
        add(.scriptAgent, "User-Agent", "python-requests/2.32.3")
        if question.isRealtime { add(.betaHeader, "OpenAI-Beta", "realtime=v1") }
        if !question.headers.isEmpty {
            var request = reference
            request.headers += question.headers
            all.append((Variation.headers.rawValue, request))
        }
        var lower = reference
        lower.headers = lower.headers.map { Header($0.name.lowercased(), $0.value) }
        all.append((Variation.lowerCaseNames.rawValue, lower))
        add(.lowerCaseConnection, "Connection", "upgrade")
        add(.connectionList, "Connection", "keep-alive, Upgrade")
        add(.version8, "Sec-WebSocket-Version", "8")
        add(.otherHost, "Host", "parley-probe.invalid")
        if address.host != "localhost" { add(.localHost, "Host", "localhost:\(address.port)") }
        add(.secondKey, "Sec-WebSocket-Key", "AAECAwQFBgcICQoLDA0ODw==")
        if address.query != nil { path(Variation.withoutQuery.rawValue, address.path) }
        for usual in ["/", "/ws", "/v1/realtime", "/socket.io/"] where usual != address.path {
            path("path:" + usual, usual)
        }
        return all
    }
}

extension Exchange.TLSOutcome {
    /// TLS with nothing to complain of.
    static let trusted = Self(.completed, serverName: "localhost", version: "TLS 1.3", chain: [.sample])

    /// TLS that completed with something wrong.
    static func faulty(_ faults: [Exchange.CertificateFault], _ chain: [Exchange.Certificate] = [.sample]) -> Self {
        Self(.completed, serverName: "localhost", version: "TLS 1.3", chain: chain, faults: faults)
    }
}

extension Exchange.Certificate {
    static let sample = Self(
        subject: "CN=localhost",
        issuer: "CN=Test Root",
        names: ["localhost"],
        notBefore: 1_700_000_000,
        notAfter: 1_711_929_600
    )
}

// What servers do with a request.
extension Exchange {
    /// A field of the request.
    func asks(_ name: String) -> String? { request?.headers.first(name) }

    /// Whether the request is a handshake.
    var isHandshake: Bool { asks("Upgrade") != nil }

    /// Answers something else than 101.
    mutating func refuse(_ status: Int, _ reason: String = "", _ fields: [(String, String)] = [], body: String = "") {
        response = Response(
            status: status,
            reason: reason,
            headers: fields.map { Header($0.0, $0.1) },
            body: Bytes(text: body, count: body.utf8.count),
            atMS: 3
        )
        end = End(.closed, atMS: 4)
    }

    /// Answers a correct 101 and does all that was expected, but for what is changed.
    mutating func agree(
        selecting subprotocol: String? = nil,
        fields: [(String, String)] = [],
        atMS: Int = 3,
        _ change: (inout Conversation) -> Void = { _ in }
    ) {
        guard isHandshake else {
            return refuse(426, "Upgrade Required", [("Upgrade", "websocket")], body: "Upgrade Required")
        }
        var headers = [
            Header("Upgrade", "websocket"), Header("Connection", "Upgrade"),
            Header("Sec-WebSocket-Accept", AcceptKey.value(for: asks("Sec-WebSocket-Key") ?? "")),
        ]
        if let subprotocol { headers.append(Header("Sec-WebSocket-Protocol", subprotocol)) }
        headers += fields.map { Header($0.0, $0.1) }
        response = Response(status: 101, reason: "Switching Protocols", headers: headers, atMS: atMS)
        var talk = Conversation(pingAnswered: true, echoed: true)
        talk.firstEvent = .init(atMS: atMS + 1, type: "session.created", dialect: "ga")
        talk.received = [
            .init(atMS: atMS + 1, opcode: 1, payload: Bytes(text: "{\"type\":\"session.created\"}", count: 26)),
            .init(atMS: atMS + 2, opcode: 10, payload: Bytes()),
        ]
        talk.clientClose = .init(atMS: atMS + 5, code: 1000)
        talk.close = .init(atMS: atMS + 6, code: 1000)
        change(&talk)
        conversation = talk
        end = End(.closed, atMS: atMS + 7)
    }

    /// Selects `realtime` when it is offered.
    mutating func openRealtime(fields: [(String, String)] = [], _ change: (inout Conversation) -> Void = { _ in }) {
        agree(selecting: offered.contains("realtime") ? "realtime" : nil, fields: fields, change)
    }

    /// Changes the fields of the answer.
    mutating func set(_ name: String, _ value: String?) { response?.set(name, value) }

    /// Says nothing until the probe gives up.
    mutating func stall() { end = End(.timedOut, atMS: 10_000) }

    /// Closes without a byte.
    mutating func hangUp() { end = End(.closed, atMS: 2) }
}

extension Conversation {
    /// Nothing came by itself.
    mutating func keepQuiet(pingAnswered: Bool) {
        firstEvent = nil
        received = []
        echoed = false
        self.pingAnswered = pingAnswered
        if !pingAnswered { close = nil }
    }

    /// The server ended it by this close frame, perhaps after an error event.
    mutating func closeByServer(_ code: Int, _ reason: String = "", error: (code: String, message: String)? = nil) {
        clientClose = nil
        echoed = nil
        pingAnswered = nil
        received = []
        firstEvent = error.map { .init(atMS: 4, type: "error", errorCode: $0.code, errorMessage: $0.message) }
        close = .init(atMS: 5, code: code, reason: reason)
    }

    /// The connection was ended without a close frame.
    mutating func cut() {
        clientClose = nil
        close = nil
        echoed = nil
        pingAnswered = nil
        received = []
        firstEvent = nil
    }
}
