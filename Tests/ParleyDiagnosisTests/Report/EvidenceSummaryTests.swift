// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ParleyDiagnosis

@Suite("Evidence in one sentence")
struct EvidenceSummaryTests {
    private static func sentence(_ exchange: Exchange, _ probe: Probe, _ variant: String? = nil) -> Text {
        EvidenceSummary(Evidence(id: "e1", probe: probe, variant: variant, data: .exchange(exchange))).sentence
    }

    private static func exchange(_ change: (inout Exchange) -> Void) -> Exchange {
        var exchange = Exchange(endpoint: Exchange.Endpoint(host: "::1", port: 8080, isSecure: false))
        exchange.tcp = Exchange.TCPOutcome(.connected, durationMS: 1)
        change(&exchange)
        return exchange
    }

    @Test("tells how far a connection got")
    func phases() {
        let refused = Self.exchange { $0.tcp = Exchange.TCPOutcome(.refused, durationMS: 1) }
        #expect(Self.sentence(refused, .connect).en == "TCP connection to [::1]:8080: connection refused.")
        let proxied = Self.exchange { $0.proxy = Exchange.ProxyOutcome(status: 407, reason: "Auth") }
        #expect(Self.sentence(proxied, .asAsked).en.hasSuffix(": the proxy answered CONNECT with 407 Auth."))
        let alert = Self.exchange { $0.tls = Exchange.TLSOutcome(.alert(112)) }
        #expect(
            Self.sentence(alert, .tlsVariant, "no-sni").en
                == "TLS handshake with no server name: the peer refused TLS with alert 112 (unrecognized_name)."
        )
        let silent = Self.exchange {
            $0.request = Exchange.Request(target: "/", headers: [])
            $0.end = Exchange.End(.reset, atMS: 3)
        }
        #expect(Self.sentence(silent, .reference).en == "Plain handshake: the connection was reset without an answer.")
        let banner = Self.exchange { $0.greeting = Bytes(text: "SSH-2.0", count: 7) }
        #expect(Self.sentence(banner, .greeting).en.hasSuffix(#": the server spoke first: "SSH-2.0"."#))
    }

    @Test("tells what was said on an open connection")
    func conversation() {
        let opened = Self.exchange {
            $0.request = Exchange.Request(target: "/", headers: [])
            $0.response = Exchange.Response(status: 101, headers: [Header("Sec-WebSocket-Protocol", "realtime")])
            $0.conversation = Conversation(violations: ["masked"], pingAnswered: false, echoed: false)
            $0.conversation?.close = Conversation.Close(code: 1011, reason: "boom")
        }
        let text = Self.sentence(opened, .variation, "page")
        #expect(
            text.en == "Plain handshake with page: answered 101, subprotocol realtime, the server's frames break the "
                + "protocol: masked, the text did not come back, the ping was not answered, closed by the server: 1011 "
                + "\"boom\"."
        )
        #expect(text.zh.hasSuffix("服务器关闭：1011 \"boom\"。"))
    }

    @Test("has words in both languages for every probe and every variation")
    func complete() {
        let exchange = Self.exchange { _ in }
        for probe in Probe.allCases {
            let text = Self.sentence(exchange, probe, "x")
            #expect(text.en != text.zh && !text.zh.isEmpty && text.en.hasSuffix(".") && text.zh.hasSuffix("。"))
        }
        for variation in Variation.allCases where variation != .path {
            let text = Self.sentence(exchange, .variation, variation.rawValue)
            #expect(!text.zh.contains("，\(variation.rawValue)："), "\(variation.rawValue) has no words")
        }
    }
}
