// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyDiagnosis

/// Reports to lay out: what a doctor may say of a proxy that drops the upgrade.
enum SampleReport {
    static let causeID = "srv-proxy-drops-upgrade"

    static var question: Question {
        var question = Question(url: "wss://voice.example.com/v1/realtime?model=m")
        question.subprotocols = ["realtime"]
        question.headers = [Header("X-Room", "7")]
        question.resolve = ["Voice.example.com": "127.0.0.1"]
        question.expectation = .sessionCreated
        return question
    }

    static let evidence: [Evidence] = [
        Evidence(id: "e1", probe: .name, data: .name(lookup)),
        Evidence(id: "e2", probe: .tls, data: .exchange(tls)),
        Evidence(id: "e3", probe: .reference, data: .exchange(refused)),
        Evidence(id: "e4", probe: .direct, data: .exchange(opened)),
        Evidence(id: "e5", probe: .profile, variant: "node-ws", data: .exchange(refused)),
        Evidence(id: "e6", probe: .profile, variant: "firefox-realtime-console", data: .exchange(refused)),
        Evidence(
            id: "e7",
            probe: .page,
            data: .page(
                PageRecord(
                    url: "https://app.example.com/",
                    status: 200,
                    headers: [Header("Content-Security-Policy", "connect-src 'self'")]
                )
            )
        ),
        Evidence(id: "e8", probe: .tap, data: .client(client)),
    ]

    static var report: Report {
        Report(
            question: question,
            startedAt: 1_796_000_000,
            durationMS: 1234,
            verdict: .fails,
            cause: Finding(
                causeID,
                .certain,
                observed: Text("Through the proxy 400, past it 101.", zh: "经代理为 400，绕过代理为 101。"),
                evidence: ["e3", "e4"],
                software: .nginx
            ),
            otherCauses: [Finding("srv-auth-required", .possible, observed: Text("A 400.", zh: "400。"))],
            classes: [.serverConfiguration: .cause, .network: .ruledOut, .firewall: .suspect, .code: .untestable],
            profiles: [
                Report.ProfileResult(id: "node-ws", connects: false, failure: "Unexpected server response: 400"),
                Report.ProfileResult(id: "firefox-realtime-console", connects: nil),
                Report.ProfileResult(id: "bare", connects: true),
            ],
            evidence: evidence,
            software: [.nginx]
        )
    }

    private static let lookup = NameLookup(
        host: "voice.example.com",
        ipv4: .addresses(["127.0.0.1"]),
        ipv6: .failed("SERVFAIL"),
        durationMS: 4
    )

    private static let endpoint = Exchange.Endpoint(host: "voice.example.com", port: 443, isSecure: true)

    private static var tls: Exchange {
        var exchange = Exchange(endpoint: endpoint)
        exchange.tcp = Exchange.TCPOutcome(.connected, durationMS: 2)
        exchange.tls = Exchange.TLSOutcome(
            .completed,
            serverName: "voice.example.com",
            offeredProtocols: ["http/1.1"],
            version: "TLS 1.3",
            chosenProtocol: "http/1.1",
            chain: [
                Exchange.Certificate(
                    subject: "CN=voice.example.com",
                    issuer: "CN=Example Root",
                    names: ["voice.example.com"],
                    notBefore: 1_790_000_000,
                    notAfter: 1_799_000_000,
                    fingerprint: "ab12"
                )
            ],
            faults: [.unknownAuthority],
            durationMS: 9
        )
        return exchange
    }

    private static var refused: Exchange {
        var exchange = Exchange(endpoint: endpoint)
        exchange.tcp = Exchange.TCPOutcome(.connected, durationMS: 2)
        exchange.request = Exchange.Request(
            target: "/v1/realtime?model=m",
            headers: [Header("Host", "voice.example.com"), Header("Authorization", "Bearer ***")]
        )
        exchange.response = Exchange.Response(
            status: 400,
            reason: "Bad Request",
            headers: [Header("Server", "nginx")],
            body: Bytes(text: "<b>No upgrade</b>", count: 17),
            atMS: 11
        )
        exchange.end = Exchange.End(.closed, atMS: 12)
        return exchange
    }

    private static var opened: Exchange {
        var exchange = refused
        exchange.response = Exchange.Response(
            status: 101,
            reason: "Switching Protocols",
            headers: [Header("Sec-WebSocket-Protocol", "realtime")],
            atMS: 5
        )
        var conversation = Conversation(
            received: [
                Conversation.Frame(atMS: 6, opcode: 1, payload: Bytes(text: #"{"type":"session.created"}"#, count: 26))
            ],
            sent: [Conversation.Frame(atMS: 7, opcode: 9, isMasked: true)],
            pingAnswered: true
        )
        conversation.firstEvent = Conversation.FirstEvent(atMS: 6, type: "session.created", dialect: "ga")
        conversation.close = Conversation.Close(atMS: 8, code: 1000)
        exchange.conversation = conversation
        return exchange
    }

    private static var client: ClientRecord {
        var record = ClientRecord()
        record.request = refused.request
        record.keyIsValid = false
        record.response = refused.response
        record.clientEnd = Exchange.End(.reset, atMS: 30)
        record.exitStatus = 1
        return record
    }
}
