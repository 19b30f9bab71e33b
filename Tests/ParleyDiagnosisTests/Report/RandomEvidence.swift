// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyDiagnosis

/// Evidence as a hostile server may cause it: any text anywhere.
struct RandomEvidence {
    private var generator: SeededNumbers
    /// What stands where recorders mask, if it is to be found again.
    private let secret: String?

    init(seed: UInt64, secret: String? = nil) {
        generator = SeededNumbers(state: seed)
        self.secret = secret
    }

    mutating func evidence(count: Int) -> [Evidence] {
        (1...count)
            .map { number in
                let probe = Probe.allCases.randomElement(using: &generator) ?? .reference
                let data: Evidence.Data =
                    switch Int.random(in: 0..<10, using: &generator) {
                    case 0: .name(lookup())
                    case 1: .page(page())
                    case 2: .client(client())
                    default: .exchange(exchange())
                    }
                return Evidence(id: "e\(number)", probe: probe, variant: maybe { $0.text() }, data: data)
            }
    }

    private mutating func maybe<Value>(_ make: (inout Self) -> Value) -> Value? {
        Bool.random(using: &generator) ? make(&self) : nil
    }

    private mutating func number() -> Int { Int.random(in: 0...100_000, using: &generator) }

    private mutating func text() -> String {
        let pieces = [
            "plain", " ", "<script>alert(1)</script>", "\u{1B}[31m", "\r\n", "\"'&", "语音，服务。", "\u{202E}", "\u{0}", "é",
            "😀", "x=1&y=2", String(repeating: "long", count: 40),
        ]
        return (0..<Int.random(in: 0...4, using: &generator)).map { _ in pieces.randomElement(using: &generator) ?? "" }
            .joined()
    }

    /// A text in a place that is masked by its look.
    private mutating func suspicious() -> String {
        guard let secret else { return text() }
        return text() + " Bearer \(secret) " + text()
    }

    private mutating func bytes() -> Bytes {
        let text = suspicious()
        return Bytes(text: text, count: text.utf8.count + Int.random(in: 0...1, using: &generator) * 5000)
    }

    private mutating func headers() -> [Header] {
        let secrets = secret.map { secret in
            [
                Header("Authorization", "Bearer \(secret)"), Header("Cookie", "session=\(secret)"),
                Header("Sec-WebSocket-Protocol", "realtime, openai-insecure-api-key.\(secret)"),
                Header("x-api-key", secret),
            ]
        }
        return [Header("X-Text", text()), Header("Location", text())] + (secrets ?? [])
    }

    private mutating func lookup() -> NameLookup {
        let answers: [NameLookup.Answer] = [
            .addresses([text(), "::1"]), .noSuchName, .noAddress, .failed(text()), .timedOut, .notAsked,
        ]
        return NameLookup(
            host: text(),
            ipv4: answers.randomElement(using: &generator) ?? .timedOut,
            ipv6: answers.randomElement(using: &generator) ?? .timedOut,
            durationMS: number()
        )
    }

    private mutating func page() -> PageRecord {
        PageRecord(
            url: "https://app.example.com/\(text())",
            status: maybe { _ in 200 },
            headers: headers(),
            metaPolicies: [text()],
            detail: maybe { $0.text() }
        )
    }

    private mutating func client() -> ClientRecord {
        var record = ClientRecord()
        record.notHTTP = maybe { $0.bytes() }
        record.isTLSHello = Bool.random(using: &generator)
        record.request = maybe { $0.request() }
        record.keyIsValid = maybe { _ in false }
        record.response = maybe { $0.response() }
        record.conversation = maybe { $0.conversation() }
        record.clientEnd = maybe { Exchange.End(.reset, atMS: $0.number()) }
        record.upstreamFailure = maybe { $0.exchange() }
        record.exitStatus = maybe { $0.number() }
        return record
    }

    private mutating func exchange() -> Exchange {
        var exchange = Exchange(
            endpoint: Exchange.Endpoint(
                host: ["voice.example.com", "::1"].randomElement(using: &generator) ?? "",
                port: 443,
                address: maybe { _ in "127.0.0.1" },
                isSecure: true,
                proxy: maybe { _ in "127.0.0.1:3128" }
            )
        )
        exchange.tcp = maybe {
            let results: [Exchange.TCPOutcome.Result] = [.connected, .connected, .refused, .timedOut, .other]
            return Exchange.TCPOutcome(
                results.randomElement(using: &$0.generator) ?? .reset,
                detail: $0.text(),
                durationMS: $0.number()
            )
        }
        exchange.proxy = maybe {
            Exchange.ProxyOutcome(status: 407, reason: $0.text(), headers: $0.headers(), body: $0.bytes())
        }
        exchange.tls = maybe { $0.tls() }
        exchange.greeting = maybe { $0.bytes() }
        exchange.request = maybe { $0.request() }
        exchange.response = maybe { $0.response() }
        exchange.conversation = maybe { $0.conversation() }
        exchange.end = maybe { Exchange.End(.closed, atMS: $0.number()) }
        return exchange
    }

    private mutating func tls() -> Exchange.TLSOutcome {
        let results: [Exchange.TLSOutcome.Result] = [
            .completed, .alert(112), .notTLS(bytes()), .closed, .reset, .timedOut, .failed(text()),
        ]
        return Exchange.TLSOutcome(
            results.randomElement(using: &generator) ?? .closed,
            serverName: maybe { $0.text() },
            offeredProtocols: ["h2", text()],
            version: maybe { _ in "TLS 1.3" },
            chosenProtocol: maybe { $0.text() },
            chain: [
                Exchange.Certificate(
                    subject: text(),
                    issuer: text(),
                    names: [text()],
                    notBefore: number(),
                    notAfter: number(),
                    keyBits: maybe { _ in 1024 },
                    purposes: maybe { [$0.text()] }
                )
            ],
            asksForCertificate: maybe { _ in true },
            faults: Exchange.CertificateFault.allCases.filter { _ in Bool.random(using: &generator) },
            durationMS: number()
        )
    }

    private mutating func request() -> Exchange.Request {
        Exchange.Request(target: "/v1?api-key=\(secret ?? "none")&x=\(text())", headers: headers())
    }

    private mutating func response() -> Exchange.Response {
        Exchange.Response(
            version: maybe { _ in "1.1" },
            status: [101, 200, 403, 0].randomElement(using: &generator) ?? 500,
            reason: text(),
            headers: headers(),
            hasBareLF: Bool.random(using: &generator),
            body: bytes(),
            atMS: number()
        )
    }

    private mutating func conversation() -> Conversation {
        var conversation = Conversation(
            received: [Conversation.Frame(atMS: number(), opcode: 1, payload: bytes())],
            sent: [Conversation.Frame(atMS: number(), opcode: 11, isFinal: false, reservedBits: 4, isMasked: true)],
            violations: [text()],
            clientViolations: [text()],
            unreadable: maybe { $0.bytes() },
            pingAnswered: maybe { _ in false },
            echoed: maybe { _ in false }
        )
        conversation.close = maybe {
            Conversation.Close(atMS: $0.number(), code: $0.maybe { _ in 1011 }, reason: $0.suspicious())
        }
        conversation.firstEvent = maybe {
            Conversation.FirstEvent(type: $0.text(), errorCode: $0.text(), errorMessage: $0.suspicious())
        }
        return conversation
    }
}

/// SplitMix64: the same numbers for the same seed.
private struct SeededNumbers: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
