// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyWebSocket

extension Rule {
    /// Somebody on the way answers instead of the server, or looks into the encrypted traffic.
    static let interception: [Rule] = [
        Rule("fw-captive-portal", .interception) { facts in
            guard let refusal = facts.refusal else { return nil }
            let exchange = refusal.seen.exchange
            let anywhere = facts.isAnsweredAnywhere(refusal.seen)
            if refusal.status == 511 {
                return Sign(
                    .certain,
                    "The answer is 511 Network Authentication Required: a captive portal, not the server.",
                    zh: "返回 511 Network Authentication Required：应答的是强制门户，而非服务器。",
                    [refusal.seen]
                )
            }
            let names = exchange.namesPortal
            if let location = exchange.redirectTarget, location.host != facts.address.host, !location.host.isEmpty {
                let quotes = location.query.map { $0.contains(facts.address.host) } ?? false
                guard quotes || names, quotes || anywhere != nil else { return nil }
                return Sign(
                    anywhere != nil || (quotes && names) ? .certain : .likely,
                    "The handshake is answered \(refusal.status) with Location \(exchange.header("Location") ?? ""): a log-in page on another host\(anywhere == nil ? "" : ", the same for any path"). A captive portal or gateway intercepts the traffic.",
                    zh:
                        "握手返回 \(refusal.status)，Location 为 \(exchange.header("Location") ?? "")：位于另一主机的登录页\(anywhere == nil ? "" : "，任何路径都一样")。流量被强制门户（captive portal）或网关拦截。",
                    [refusal.seen, anywhere]
                )
            }
            guard refusal.status == 200, names, anywhere != nil else { return nil }
            return Sign(
                .likely,
                "Every path answers 200 with a log-in page (“\(exchange.excerpt)”): a captive portal answers instead of the server.",
                zh: "任何路径都返回 200 和登录页（“\(exchange.excerpt)”）：应答的是强制门户而非服务器。",
                [refusal.seen, anywhere]
            )
        },
        Rule("fw-waf-block", .answer) { facts in
            if let cured = facts.cured(by: .browserAgent) {
                return Sign(
                    .certain,
                    "With the User-Agent of a browser, and nothing else changed, the \(facts.reference?.exchange.status ?? 0) becomes 101: a bot filter goes by the User-Agent.",
                    zh: "只把 User-Agent 换成浏览器的，\(facts.reference?.exchange.status ?? 0) 就变成 101：机器人过滤规则按 User-Agent 拦截。",
                    [facts.reference, cured],
                    software: facts.proxy
                )
            }
            if facts.failing.contains(where: { !$0.seen.exchange.isUpgraded }),
                let broken = facts.broken(by: .scriptAgent)
            {
                return Sign(
                    .certain,
                    "With the User-Agent of a script, and nothing else changed, the 101 becomes \(broken.exchange.status ?? 0): a bot filter goes by the User-Agent.",
                    zh: "只把 User-Agent 换成脚本的，101 就变成 \(broken.exchange.status ?? 0)：机器人过滤规则按 User-Agent 拦截。",
                    [facts.reference, broken],
                    software: facts.proxy
                )
            }
            guard let refusal = facts.refusal, let words = refusal.seen.exchange.filterWords else { return nil }
            return Sign(
                .likely,
                "The \(refusal.status) is a filter's own page: \(words).",
                zh: "\(refusal.status) 是过滤系统自己的页面：\(words)。",
                [refusal.seen],
                software: facts.proxy
            )
        },
        Rule("fw-tls-sni-reset", .encryption) { facts in
            guard let failed = facts.failedTLS, failed.exchange.tls?.serverName != nil,
                [.reset, .closed, .timedOut].contains(failed.exchange.tls?.result ?? .completed)
            else { return nil }
            let others = facts.all(.tlsVariant).filter { ["no-sni", "invented-sni"].contains($0.variant) }
            guard let good = others.first(where: { $0.exchange.tls?.result == .completed }) else { return nil }
            return Sign(
                .certain,
                "TLS with the name \(failed.exchange.tls?.serverName ?? "") is cut off, and with \(good.variant == "no-sni" ? "no name" : "an invented name") at the same address it completes: something on the way goes by the name (SNI).",
                zh:
                    "带域名 \(failed.exchange.tls?.serverName ?? "") 的 TLS 被切断，而在同一地址\(good.variant == "no-sni" ? "不带域名" : "换用虚构域名")则可完成：途中的设备按域名（SNI）拦截。",
                [failed, good]
            )
        },
        Rule("fw-tls-intercept", .encryption) { facts in
            guard let main = facts.tlsSeen, let tls = main.exchange.tls, !tls.faults.isEmpty else { return nil }
            let invented = facts.seen(.tlsVariant, "invented-sni")
            if let invented, let name = invented.exchange.tls?.serverName,
                let leaf = invented.exchange.tls?.chain.first, (leaf.names + [leaf.commonName ?? ""]).contains(name)
            {
                return Sign(
                    .certain,
                    "The invented name \(name) was answered with a certificate made for just that name, issued by “\(leaf.issuer)”: something on the way makes certificates and reads the traffic.",
                    zh: "对虚构的域名 \(name) 得到了专为它签发的证书，签发者“\(leaf.issuer)”：途中的设备现场签发证书并解密流量。",
                    [main, invented]
                )
            }
            guard let issuer = tls.chain.map(\.issuer).first(where: InterceptingIssuers.matches) else { return nil }
            return Sign(
                .likely,
                "The certificate is issued by “\(issuer)”, which is the name of a gateway or antivirus, not of a public authority.",
                zh: "证书由“\(issuer)”签发，这是网关或杀毒软件的名称，而非公共证书机构。",
                [main]
            )
        },
    ]
}

/// Names in the issuer of a certificate that gateways and antivirus programs use.
private enum InterceptingIssuers {
    static func matches(_ issuer: String) -> Bool {
        let lower = issuer.lowercased()
        return [
            "zscaler", "fortinet", "fortigate", "palo alto", "bluecoat", "blue coat", "symantec web", "netskope",
            "sophos",
            "kaspersky", "avast", "avg web", "eset ssl", "bitdefender", "cisco umbrella", "forcepoint", "websense",
            "mcafee web gateway", "mitmproxy", "charles proxy", "fiddler", "burp", "portswigger", "checkpoint",
            "check point", "barracuda", "untangle", "squid", "gateway ca", "proxy ca", "inspection", "sangfor",
        ]
        .contains { lower.contains($0) }
    }
}

extension Exchange {
    /// Where a redirect leads, when this is one.
    var redirectTarget: TargetAddress? {
        guard let status, [301, 302, 303, 307, 308].contains(status), let location = header("Location") else {
            return nil
        }
        if location.contains("://") { return TargetAddress(location) }
        let path = location.hasPrefix("/") ? location : "/" + location
        let host = endpoint.host.contains(":") ? "[\(endpoint.host)]" : endpoint.host
        return TargetAddress("\(endpoint.isSecure ? "https" : "http")://\(host):\(endpoint.port)\(path)")
    }

    /// Whether the answer speaks of logging in to a network.
    var namesPortal: Bool {
        bodyHas(
            "captive",
            "hotspot",
            "wi-fi",
            "wifi",
            "guest network",
            "use the internet",
            "web authentication",
            "网络登录",
            "上网认证"
        )
            || header("Server", has: "hotspot", "captive", "portal", "gateway")
            || header("Location", has: "portal", "captive", "hotspot", "wifi", "wlan", "guest")
    }

    /// What says that a filter answers.
    var filterWords: String? {
        if let value = header("cf-mitigated") { return "cf-mitigated: \(value)" }
        let pages = [
            "just a moment...", "attention required! | cloudflare", "you have been blocked", "incapsula incident",
            "request unsuccessful. incapsula", "the requested url was rejected", "errors.edgesuite.net",
            "web application firewall", "mod_security", "modsecurity", "aws waf", "blocked by",
            "access denied - sucuri",
            "safedog", "安全狗", "网站防火墙", "云盾",
        ]
        let body = lowerBody
        return pages.first { body.contains($0) }.map { _ in "“\(excerpt)”" }
    }
}
