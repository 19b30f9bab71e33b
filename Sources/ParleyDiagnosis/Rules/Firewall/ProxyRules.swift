// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyWebSocket

extension Rule {
    /// Proxies that the client is set to use, or that stand in its way.
    static let tunnels: [Rule] = [
        Rule("fw-proxy-auth", .tunnel) { facts in
            let tunnel = facts.asked.first { $0.exchange.proxy?.status == 407 }
            let plain = facts.asked.first { $0.exchange.status == 407 }
            guard let seen = tunnel ?? plain else { return nil }
            let headers = seen.exchange.proxy?.headers ?? seen.exchange.response?.headers ?? []
            let realm = headers.first("Proxy-Authenticate").map { " (Proxy-Authenticate: \($0))" } ?? ""
            let help = facts.openedWithoutProxy
            return Sign(
                .certain,
                "The proxy answered \(tunnel == nil ? "the request" : "CONNECT") with 407 Proxy Authentication Required\(realm)\(help == nil ? "" : "; without the proxy the handshake succeeds").",
                zh:
                    "代理对\(tunnel == nil ? "请求" : " CONNECT ")返回 407 Proxy Authentication Required\(realm)\(help == nil ? "" : "；不经代理则握手成功")。",
                [seen, help]
            )
        },
        Rule("fw-proxy-connect-denied", .tunnel) { facts in
            let item = facts.asked.first { seen in
                guard let proxy = seen.exchange.proxy, proxy.status != 407 else { return false }
                return !(200..<300).contains(proxy.status ?? 0)
            }
            guard let item, let proxy = item.exchange.proxy else { return nil }
            let words = proxy.headers.first("X-Squid-Error") ?? proxy.body.excerpt
            let what = proxy.status.map { "\($0) \(proxy.reason)" } ?? "something that is no HTTP"
            let help = facts.openedWithoutProxy
            let isDenial = [403, 405, 501, 400, 404].contains(proxy.status ?? 0)
            return Sign(
                isDenial || help != nil ? .certain : .likely,
                "The proxy \(item.exchange.endpoint.proxy ?? "") answered CONNECT with \(what)\(words.isEmpty ? "" : " “\(words)”")\(help == nil ? "" : "; without the proxy the handshake succeeds"): it makes no tunnel to port \(item.exchange.endpoint.port).",
                zh:
                    "代理 \(item.exchange.endpoint.proxy ?? "") 对 CONNECT 返回 \(what)\(words.isEmpty ? "" : "“\(words)”")\(help == nil ? "" : "；不经代理则握手成功")：它不为端口 \(item.exchange.endpoint.port) 建立隧道。",
                [item, help]
            )
        },
        Rule("fw-proxy-ignored", .connection) { facts in
            guard facts.question.proxy != nil, let through = facts.asked.first(where: { $0.exchange.isUpgraded }),
                let without = facts.all(.withoutProxy).first(where: { !$0.exchange.isUpgraded && $0.exchange.wasTried })
            else { return nil }
            return Sign(
                facts.ignoresProxies ? .certain : .possible,
                "Through the proxy \(facts.question.proxy ?? "") the server answers 101; directly it \(without.exchange.brief.en). A client that does not use the proxy cannot connect.",
                zh: "经代理 \(facts.question.proxy ?? "") 服务器返回 101；直连则\(without.exchange.brief.zh)。不使用代理的客户端无法连接。",
                [through, without]
            )
        },
        Rule("fw-proxy-strips-upgrade", .interception) { facts in
            guard let refusal = facts.refusal, !facts.dependsOnRequest, ![407, 511].contains(refusal.status) else {
                return nil
            }
            let exchange = refusal.seen.exchange
            if let help = facts.openedWithoutProxy, exchange.proxy == nil || exchange.proxy?.status == 200 {
                return Sign(
                    .certain,
                    "Through the proxy the handshake is answered \(refusal.status); without it, 101: the proxy does not pass the upgrade on.",
                    zh: "经代理握手返回 \(refusal.status)，不经代理返回 101：代理没有转发升级请求。",
                    [refusal.seen, help]
                )
            }
            let forward = facts.forwardProxy
            let isEncryptedFine = !facts.address.isSecure && facts.openedOtherScheme != nil
            guard let forward else {
                guard isEncryptedFine, LostUpgrade.complaint(exchange) != nil, facts.proxy == nil else { return nil }
                return Sign(
                    .likely,
                    "ws:// is answered \(refusal.status) as if no upgrade had been asked for, and wss:// on the same port 101: what is not encrypted is changed on the way.",
                    zh: "ws:// 返回 \(refusal.status)，仿佛没有请求升级；同一端口的 wss:// 返回 101：未加密的内容在途中被改动。",
                    [refusal.seen, facts.openedOtherScheme]
                )
            }
            return Sign(
                isEncryptedFine ? .certain : .likely,
                "The \(refusal.status) came by way of a proxy (\(forward.value))\(isEncryptedFine ? ", and wss:// to the same server gives 101" : ""): it took Upgrade and Connection out of the request.",
                zh:
                    "\(refusal.status) 经由代理（\(forward.value)）返回\(isEncryptedFine ? "，而对同一服务器的 wss:// 返回 101" : "")：代理删除了请求中的 Upgrade 与 Connection。",
                [refusal.seen, forward.seen, facts.openedOtherScheme],
                software: forward.value.lowercased().contains("squid") ? .squid : nil
            )
        },
        Rule("fw-buffering-middlebox", .session) { facts in
            guard let item = facts.failing.first(where: { [.noEvent, .noEcho].contains($0.failure) }) else {
                return nil
            }
            if let direct = facts.betterDirect {
                return Sign(
                    .likely,
                    "Through the proxy the connection opens and no message arrives; at the direct address messages arrive at once: something on the way holds them back.",
                    zh: "经代理连接可以打开但收不到消息；直连时消息立即到达：途中有设备在缓冲数据。",
                    [item.seen, direct]
                )
            }
            guard let large = facts.sizes.last(where: { $0.seen.exchange.conversation?.echoed == true }),
                large.bytes > 4096
            else { return nil }
            return Sign(
                .likely,
                "A short message gets no answer, one of \(large.bytes) bytes does: something on the way waits until its buffer is full.",
                zh: "短消息没有回应，\(large.bytes) 字节的消息有：途中的设备要等缓冲区满才转发。",
                [item.seen, large.seen]
            )
        },
    ]
}

extension Facts {
    /// A proxy for clients, not for a server, that an answer names.
    var forwardProxy: (seen: Seen, value: String)? {
        let names = [
            "squid", "zscaler", "bluecoat", "websense", "forcepoint", "mcafee", "corporate", "gateway", "privoxy",
            "polipo", "tinyproxy", "fortinet", "barracuda",
        ]
        return asked.lazy
            .compactMap { item -> (seen: Seen, value: String)? in
                for field in ["Via", "X-Cache", "X-Squid-Error", "Proxy-Connection", "Server"] {
                    guard let value = item.exchange.header(field) else { continue }
                    let lower = value.lowercased()
                    let isNamed = names.contains { lower.contains($0) && (field == "Via" || $0 != "gateway") }
                    if isNamed || field == "X-Squid-Error" || field == "Proxy-Connection" {
                        return (item, "\(field): \(value)")
                    }
                }
                return nil
            }
            .first
    }

    /// Whether a client in question is known to use no proxy unless it is told in code (measured).
    var ignoresProxies: Bool {
        !question.clients.isEmpty && ClientProfile.selected(question).contains { !$0.usesProxy }
    }
}
