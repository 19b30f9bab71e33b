// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyWebSocket

extension Rule {
    /// TLS that does not come about, or is spoken by one side only.
    static let encryption: [Rule] = [
        Rule("tls-wss-to-plain", .encryption) { facts in
            guard facts.address.isSecure, let seen = facts.failedTLS, let tls = seen.exchange.tls else { return nil }
            let plain = facts.all(.otherScheme).first { $0.exchange.status != nil }
            let isUpgraded = facts.openedOtherScheme != nil
            let rest = plain.map { "ws:// on the same port answers \($0.exchange.status ?? 0)" }
            switch tls.result {
            case .notTLS(let bytes):
                guard bytes.text.hasPrefix("HTTP/") || plain != nil else { return nil }
                return Sign(
                    .certain,
                    "The TLS hello was answered in plain text (“\(bytes.excerpt)”), not TLS\(rest.map { "; \($0)" } ?? ""): the port speaks plain ws://, the URL says wss://.",
                    zh:
                        "对 TLS ClientHello 的应答是明文（“\(bytes.excerpt)”），不是 TLS\(plain.map { "；同一端口的 ws:// 返回 \($0.exchange.status ?? 0)" } ?? "")：该端口使用明文 ws://，而 URL 写的是 wss://。",
                    [seen, plain]
                )
            case .closed, .reset, .timedOut, .failed:
                guard let plain else { return nil }
                return Sign(
                    isUpgraded ? .certain : .likely,
                    "The TLS hello got no TLS answer, while plain \(rest ?? ""): the port speaks plain ws:// without TLS, the URL says wss://.",
                    zh:
                        "TLS ClientHello 没有得到 TLS 应答，而同一端口的明文 ws:// 返回 \(plain.exchange.status ?? 0)：该端口没有 TLS，而 URL 写的是 wss://。",
                    [seen, plain]
                )
            case .completed, .alert: return nil
            }
        },
        Rule("tls-ws-to-tls", .encryption) { facts in
            guard !facts.address.isSecure, let item = facts.failing.first, !item.seen.exchange.isUpgraded,
                item.seen.exchange.tcp?.result ?? .connected == .connected
            else { return nil }
            let exchange = item.seen.exchange
            let secure = facts.all(.otherScheme).first { $0.exchange.tls?.version != nil || $0.exchange.isUpgraded }
            let says = exchange.bodyHas(
                "http request to an https server",
                "plain http request was sent to https port",
                "speaking plain http to an ssl-enabled",
                "requires tls",
                "combination of host and port requires tls"
            )
            let isAlert = exchange.response?.version == nil && exchange.response?.body.isTLSAlert == true
            guard says || isAlert || secure != nil else { return nil }
            // A redirect to https is the server's own word.
            if exchange.redirectTarget != nil, !says { return nil }
            // A port that answers both is no TLS port.
            if secure != nil, !says, !isAlert, exchange.status != nil { return nil }
            let what =
                isAlert
                ? Text("a TLS alert", zh: "TLS 警报")
                : exchange.status.map { Text("\($0) “\(exchange.excerpt)”", zh: "\($0)“\(exchange.excerpt)”") }
                    ?? Text("nothing, or the end of the connection", zh: "无应答或连接被关闭")
            return Sign(
                .certain,
                "Plain ws:// is answered with \(what.en)\(secure == nil ? "" : ", and the same port speaks TLS"): the port wants wss://.",
                zh: "明文 ws:// 得到\(what.zh)\(secure == nil ? "" : "，而同一端口使用 TLS")：该端口需要 wss://。",
                [item.seen, secure]
            )
        },
        Rule("tls-client-cert-required", .encryption) { facts in
            guard facts.address.isSecure, let seen = facts.asked.first ?? facts.tlsSeen else { return nil }
            let tls = seen.exchange.tls ?? facts.tlsSeen?.exchange.tls
            let asks = tls?.asksForCertificate == true || facts.tlsSeen?.exchange.tls?.asksForCertificate == true
            let isToldInHTTP = seen.exchange.bodyHas(
                "no required ssl certificate was sent",
                "client certificate",
                "ssl certificate error"
            )
            let alert: Int? = if case .alert(let number) = tls?.result { number } else { nil }
            let isEnded = asks && seen.exchange.response == nil && [.closed, .reset].contains(seen.exchange.end?.kind)
            guard
                alert == 116 || (isToldInHTTP && seen.exchange.status != 101) || isEnded
                    || (asks && (alert == 40 || alert == 42 || alert == 49))
            else { return nil }
            let what =
                alert.map { "alert \($0)" }
                ?? (isToldInHTTP ? "“\(seen.exchange.excerpt)”" : "the end of the connection")
            return Sign(
                alert == 116 || isToldInHTTP || asks ? .certain : .likely,
                "The server asked for a certificate of the client\(asks ? " (CertificateRequest)" : ""), got none and answered with \(what).",
                zh: "服务器要求客户端证书\(asks ? "（CertificateRequest）" : "")，没有收到，于是返回 \(what)。",
                [seen, facts.tlsSeen]
            )
        },
        Rule("tls-old-version", .encryption) { facts in
            guard facts.address.isSecure, let seen = facts.failedTLS else { return nil }
            let old = facts.all(.tlsVariant)
                .first { item in
                    ["tls1.1", "tls1.0"].contains(item.variant) && item.exchange.tls?.result == .completed
                }
            guard seen.exchange.tls?.result == .alert(70) || old != nil else { return nil }
            return Sign(
                .certain,
                "TLS 1.2 and 1.3 are refused\(seen.exchange.tls?.result == .alert(70) ? " (alert 70, protocol version)" : "")\(old.map { ", \($0.exchange.tls?.version ?? "an older version") is accepted" } ?? ""): the server knows only versions that clients have given up.",
                zh:
                    "TLS 1.2 与 1.3 被拒绝\(seen.exchange.tls?.result == .alert(70) ? "（警报 70，protocol version）" : "")\(old.map { "，而 \($0.exchange.tls?.version ?? "旧版本") 可用" } ?? "")：服务器只支持客户端已弃用的版本。",
                [seen, old]
            )
        },
        Rule("tls-alpn-h2-only", .encryption) { facts in
            guard facts.address.isSecure else { return nil }
            let says = facts.asked.first {
                !$0.exchange.isUpgraded
                    && ($0.exchange.bodyHas("alpn protocol", "expected `h2`")
                        || $0.exchange.response?.version == nil && $0.exchange.response?.body.isHTTP2 == true)
            }
            let alerted = facts.failedTLS.flatMap { $0.exchange.tls?.result == .alert(120) ? $0 : nil }
            let h2 = facts.seen(.tlsVariant, "alpn-h2")
            let http1 = facts.seen(.tlsVariant, "alpn-http/1.1")
            let isComparison =
                h2?.exchange.tls?.chosenProtocol == "h2" && http1?.exchange.tls.map { $0.result != .completed } ?? false
            guard let seen = says ?? alerted ?? (isComparison ? http1 : nil) else { return nil }
            return Sign(
                .certain,
                "The port takes HTTP/2 only: \(says != nil ? "“\(seen.exchange.excerpt)”" : "ALPN http/1.1 is refused (alert 120)")\(h2?.exchange.tls?.chosenProtocol == "h2" ? ", ALPN h2 is accepted" : "").",
                zh:
                    "该端口只接受 HTTP/2：\(says != nil ? "“\(seen.exchange.excerpt)”" : "ALPN http/1.1 被拒绝（警报 120）")\(h2?.exchange.tls?.chosenProtocol == "h2" ? "，ALPN h2 被接受" : "")。",
                [seen, h2, http1]
            )
        },
        Rule("tls-sni-required", .encryption) { facts in
            guard facts.address.isSecure, let seen = facts.failedTLS, let tls = seen.exchange.tls else { return nil }
            if tls.result == .alert(112) {
                return Sign(
                    .certain,
                    "The server does not know the name \(tls.serverName ?? "(none was sent)") and ended TLS with alert 112 (unrecognized name).",
                    zh: "服务器不认识域名 \(tls.serverName ?? "（未发送）")，以警报 112（unrecognized name）结束了 TLS。",
                    [seen]
                )
            }
            guard tls.serverName == nil else { return nil }
            guard
                let named = facts.all(.tlsVariant)
                    .first(where: { $0.exchange.tls?.serverName != nil && $0.exchange.tls?.result == .completed })
            else { return nil }
            return Sign(
                .certain,
                "Without a name in the hello (the URL holds an address) TLS fails; with a name it completes.",
                zh: "ClientHello 不带域名（URL 中是 IP 地址）时 TLS 失败；带域名则成功。",
                [seen, named]
            )
        },
        Rule("tls-no-shared-cipher", .encryption) { facts in
            guard facts.address.isSecure, let seen = facts.failedTLS, let result = seen.exchange.tls?.result,
                [.alert(40), .alert(71)].contains(result),
                seen.exchange.tls?.asksForCertificate != true,
                !facts.all(.tlsVariant)
                    .contains(where: {
                        ["tls1.1", "tls1.0", "alpn-h2", "invented-sni"].contains($0.variant)
                            && $0.exchange.tls?.result == .completed
                    })
            else { return nil }
            return Sign(
                .likely,
                "TLS ended with \(result == .alert(40) ? "alert 40 (handshake failure)" : "alert 71 (insufficient security)") for every version tried: no cipher suite in common.",
                zh:
                    "各 TLS 版本都以\(result == .alert(40) ? "警报 40（handshake failure）" : "警报 71（insufficient security）")结束：没有共同的密码套件。",
                [seen] + facts.all(.tlsVariant)
            )
        },
        Rule("net-reset-before-response", .encryption) { facts in
            guard facts.address.isSecure, let seen = facts.failedTLS, seen.exchange.tls?.result == .reset,
                !facts.all(.otherScheme).contains(where: { $0.exchange.status != nil })
            else { return nil }
            return Sign(
                .likely,
                "The connection was reset (RST) during the TLS handshake.",
                zh: "TLS 握手期间连接被重置（RST）。",
                [seen]
            )
        },
        Rule("net-closed-before-response", .encryption) { facts in
            guard facts.address.isSecure, let seen = facts.failedTLS,
                [.closed, .timedOut].contains(seen.exchange.tls?.result ?? .completed),
                !facts.all(.otherScheme).contains(where: { $0.exchange.status != nil })
            else { return nil }
            let isSilent = seen.exchange.tls?.result == .timedOut
            return Sign(
                isSilent ? .possible : .likely,
                "The TLS hello was answered by \(isSilent ? "nothing at all" : "the end of the connection").",
                zh: "TLS ClientHello 发出后\(isSilent ? "没有任何应答" : "连接即被关闭")。",
                [seen]
            )
        },
    ]
}

extension Facts {
    /// The TLS handshake, when it did not complete.
    var failedTLS: Seen? {
        guard address.isSecure else { return nil }
        let tried = (asked + all(.tls)).filter { $0.exchange.tls != nil }
        return tried.first { $0.exchange.tls?.result != .completed }
    }
}
