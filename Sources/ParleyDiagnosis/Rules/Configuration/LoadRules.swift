// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyWebSocket

extension Rule {
    /// Somebody is down, overloaded or has a limit.
    static let load: [Rule] = [
        Rule("srv-upstream-down", .answer) { facts in
            guard let refusal = facts.refusal,
                [502, 503, 504].contains(refusal.status) || (520...530).contains(refusal.status)
            else { return nil }
            let exchange = refusal.seen.exchange
            let isOwn = exchange.saysNoUpstream || exchange.isProxysOwnPage
            let proxy = facts.proxy
            if refusal.status == 503, !isOwn, exchange.header("Retry-After") != nil || proxy == nil { return nil }
            let who = proxy?.rawValue ?? "A proxy or gateway"
            return Sign(
                isOwn || refusal.status != 503 ? .certain : .likely,
                "\(who) answered \(refusal.status) \(exchange.response?.reason ?? "")\(exchange.excerpt.isEmpty ? "" : " “\(exchange.excerpt)”"): it is reached and cannot reach the server (upstream) behind it.",
                zh:
                    "\(proxy?.rawValue ?? "代理或网关")返回 \(refusal.status) \(exchange.response?.reason ?? "")\(exchange.excerpt.isEmpty ? "" : "“\(exchange.excerpt)”")：代理可达，但它连不上后端（upstream）。",
                [refusal.seen],
                software: proxy
            )
        },
        Rule("srv-overloaded", .answer) { facts in
            if let refusal = facts.refusal, refusal.status == 503, !refusal.seen.exchange.saysNoUpstream,
                !refusal.seen.exchange.isProxysOwnPage
            {
                let wait = refusal.seen.exchange.header("Retry-After")
                guard wait != nil || facts.proxy == nil else { return nil }
                return Sign(
                    wait == nil ? .likely : .certain,
                    "The server answered 503\(wait.map { " with Retry-After: \($0)" } ?? ""): it takes no more connections for now, or is shutting down.",
                    zh: "服务器返回 503\(wait.map { "，Retry-After: \($0)" } ?? "")：暂时不再接受连接，或正在关闭。",
                    [refusal.seen]
                )
            }
            guard let item = facts.failing.first(where: { $0.failure == .closed(1013) }) else { return nil }
            return Sign(
                .certain,
                "The server closed with 1013 (try again later) \(item.seen.exchange.conversation?.close?.reason ?? "").",
                zh: "服务器以 1013（稍后重试）关闭连接 \(item.seen.exchange.conversation?.close?.reason ?? "")。",
                [item.seen]
            )
        },
        Rule("srv-rate-limited", .answer) { facts in
            if let refusal = facts.refusal, refusal.status == 429 {
                let wait = refusal.seen.exchange.header("Retry-After")
                return Sign(
                    .certain,
                    "The answer is 429 Too Many Requests\(wait.map { ", Retry-After: \($0)" } ?? "")\(refusal.seen.exchange.excerpt.isEmpty ? "" : " “\(refusal.seen.exchange.excerpt)”").",
                    zh:
                        "返回 429 Too Many Requests\(wait.map { "，Retry-After: \($0)" } ?? "")\(refusal.seen.exchange.excerpt.isEmpty ? "" : "“\(refusal.seen.exchange.excerpt)”")。",
                    [refusal.seen]
                )
            }
            guard let item = facts.failing.first(where: { $0.seen.exchange.conversation?.saysRateLimit == true }) else {
                return nil
            }
            let conversation = item.seen.exchange.conversation
            return Sign(
                .certain,
                "The server's own words: \(conversation?.firstEvent?.errorCode ?? "") \(conversation?.firstEvent?.errorMessage ?? conversation?.close?.reason ?? "").",
                zh:
                    "服务器的说明：\(conversation?.firstEvent?.errorCode ?? "") \(conversation?.firstEvent?.errorMessage ?? conversation?.close?.reason ?? "")。",
                [item.seen]
            )
        },
        Rule("srv-headers-too-large", .answer) { facts in
            guard let refusal = facts.refusal else { return nil }
            let says = refusal.seen.exchange.bodyHas(
                "header or cookie too large",
                "request header fields too large",
                "headers too large",
                "header too large",
                "request-uri too large",
                "field exceeds"
            )
            guard [431, 414].contains(refusal.status) || says else { return nil }
            let request = refusal.seen.exchange.request
            let size = request.map {
                $0.headers.reduce($0.target.utf8.count) { $0 + $1.name.utf8.count + $1.value.utf8.count + 4 }
            }
            return Sign(
                .certain,
                "The answer is \(refusal.status) “\(refusal.seen.exchange.excerpt)”\(size.map { " to a request head of about \($0) bytes" } ?? ""): the header fields (cookies, subprotocols, query) are too large.",
                zh:
                    "返回 \(refusal.status)“\(refusal.seen.exchange.excerpt)”\(size.map { "，请求头约 \($0) 字节" } ?? "")：请求头（Cookie、子协议、查询串）过大。",
                [refusal.seen]
            )
        },
    ]
}

extension Exchange {
    /// A proxy's words for a back end that it cannot reach.
    var saysNoUpstream: Bool {
        bodyHas(
            "no server is available to handle this request",
            "upstream connect error",
            "no healthy upstream",
            "connection refused",
            "econnrefused",
            "could not connect to",
            "proxy error",
            "error reading from remote server",
            "no available server",
            "origin is unreachable",
            "web server is down",
            "service unavailable\r\n",
            "backend fetch failed",
            "application failed to respond",
            "bad gateway",
            "gateway time"
        ) || header("X-Cache", has: "error from cloudfront")
    }
}

extension Conversation {
    /// Words about a limit on requests or spending.
    fileprivate var saysRateLimit: Bool {
        let words = "\(firstEvent?.errorCode ?? "") \(firstEvent?.errorMessage ?? "") \(close?.reason ?? "")"
            .lowercased()
        return ["rate_limit", "rate limit", "insufficient_quota", "quota", "too many"].contains { words.contains($0) }
    }
}
