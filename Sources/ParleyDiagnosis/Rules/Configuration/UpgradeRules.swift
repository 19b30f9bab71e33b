// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyWebSocket

extension Rule {
    /// The upgrade gets lost between client and server program.
    static let upgrades: [Rule] = [
        Rule("srv-proxy-drops-upgrade", .answer) { facts in
            if let direct = facts.openedDirect,
                let changed = facts.answer(with: [
                    .missingConnection, .otherConnection, .missingUpgrade, .otherUpgrade, .missingAccept,
                ]),
                direct.exchange.failure(.open) == nil
            {
                return Sign(
                    .certain,
                    "Through the proxy the 101 lacks fields that it has at the direct address: the proxy takes Upgrade and Connection off the answer.",
                    zh: "经代理返回的 101 缺少直连时具有的字段：代理删除了应答中的 Upgrade 与 Connection。",
                    [changed, direct],
                    software: facts.proxy
                )
            }
            guard let refusal = facts.refusal, !facts.dependsOnRequest, facts.forwardProxy == nil,
                ![401, 407, 502, 503, 504, 511, 429].contains(refusal.status),
                refusal.seen.exchange.redirectTarget == nil
            else { return nil }
            let exchange = refusal.seen.exchange
            let complaint = LostUpgrade.complaint(exchange)
            let proxy = facts.proxy
            if let direct = facts.openedDirect {
                return Sign(
                    .certain,
                    "Through \(proxy?.rawValue ?? "the proxy") the handshake is answered \(complaint ?? "\(refusal.status)"), at the direct address 101: the proxy forwards it as an ordinary HTTP request, without Upgrade and Connection.",
                    zh:
                        "经 \(proxy?.rawValue ?? "代理") 握手返回 \(complaint ?? "\(refusal.status)")，直连返回 101：代理把握手当作普通 HTTP 请求转发，没有带上 Upgrade 与 Connection。",
                    [refusal.seen, direct],
                    software: proxy
                )
            }
            // A direct address that fails as well leaves nothing for the proxy to be blamed for.
            guard let complaint, facts.all(.direct).isEmpty else { return nil }
            guard !exchange.saysNotFoundJSON else { return nil }
            let text = Text(
                "The handshake was sent with Upgrade and Connection, and the answer \(complaint)\(proxy.map { " by way of \($0.rawValue)" } ?? "") shows that the server behind did not see them: the proxy in front drops the upgrade instead of passing it on.",
                zh:
                    "握手带有 Upgrade 与 Connection，而\(proxy.map { "经由 \($0.rawValue) 的" } ?? "")应答 \(complaint) 表明后端没有看到它们：前面的代理丢弃了升级请求，没有转发。"
            )
            return Sign(proxy == nil ? .likely : .certain, text.en, zh: text.zh, [refusal.seen], software: proxy)
        },
        Rule("srv-proxy-drops-upgrade", .answer) { facts in
            guard let refusal = facts.refusal, refusal.seen.exchange.saysNotFoundJSON, facts.all(.direct).isEmpty,
                !facts.dependsOnRequest
            else { return nil }
            let proxy = facts.proxy
            return Sign(
                proxy == nil ? .possible : .likely,
                "The handshake was looked up among the HTTP routes (404 {\"detail\":\"Not Found\"})\(proxy.map { ", and \($0.rawValue) is in front" } ?? ""): the upgrade may have been dropped by a proxy.",
                zh:
                    "握手被当作普通 HTTP 路由查找（404 {\"detail\":\"Not Found\"}）\(proxy.map { "，且前面有 \($0.rawValue)" } ?? "")：升级请求可能被代理丢弃。",
                [refusal.seen],
                software: proxy
            )
        },
        Rule("srv-no-ws-library", .answer) { facts in
            guard let refusal = facts.refusal, refusal.seen.exchange.saysNotFoundJSON, !facts.dependsOnRequest,
                facts.openedDirect == nil, facts.inventedPath("upgrade")?.exchange.status != 403
            else { return nil }
            let server = refusal.seen.exchange.header("Server") ?? ""
            let direct = facts.all(.direct).first { $0.exchange.saysNotFoundJSON }
            let isBehindProxy = facts.proxy != nil && direct == nil
            return Sign(
                isBehindProxy ? .possible : .likely,
                "\(server.isEmpty ? "The server" : server) treats the handshake as a plain GET and answers 404 “\(refusal.seen.exchange.excerpt)”\(direct == nil ? "" : ", also at the direct address"): uvicorn does so when no WebSocket library (websockets, wsproto) is installed.",
                zh:
                    "\(server.isEmpty ? "服务器" : server) 把握手当作普通 GET，返回 404“\(refusal.seen.exchange.excerpt)”\(direct == nil ? "" : "，直连也一样")：uvicorn 没有安装 WebSocket 库（websockets、wsproto）时就会这样。",
                [refusal.seen, direct],
                software: .uvicorn
            )
        },
        Rule("srv-worker-type", .answer) { facts in
            guard let refusal = facts.refusal, [400, 404, 405, 426, 500, 501].contains(refusal.status),
                refusal.seen.exchange.header("Server", has: "gunicorn", "wsgi", "werkzeug", "waitress"),
                facts.otherPaths.isEmpty, facts.openedDirect == nil
            else { return nil }
            let exchange = refusal.seen.exchange
            let isAlike = facts.isAnsweredLikeGet(refusal.seen)
            return Sign(
                refusal.status == 404 && facts.isAnsweredAnywhere(refusal.seen) != nil ? .possible : .likely,
                "\(exchange.header("Server") ?? "") answered the handshake with \(refusal.status)\(isAlike == nil ? "" : ", as it does a plain GET"): a WSGI worker cannot do WebSockets.",
                zh:
                    "\(exchange.header("Server") ?? "") 对握手返回 \(refusal.status)\(isAlike == nil ? "" : "，与普通 GET 相同")：WSGI 类型的 worker 不支持 WebSocket。",
                [refusal.seen, isAlike],
                software: exchange.header("Server", has: "werkzeug") ? .werkzeug : .gunicorn
            )
        },
        Rule("srv-upgrade-disabled", .answer) { facts in
            guard let refusal = facts.refusal, !facts.dependsOnRequest else { return nil }
            let exchange = refusal.seen.exchange
            let get = facts.seen(.plainGet)
            func sign(_ confidence: Finding.Confidence, _ software: ServerSoftware, _ what: String) -> Sign {
                Sign(
                    confidence,
                    "\(what) answered the handshake with \(refusal.status)\(exchange.bodyText.isEmpty ? " and an empty body" : "")\(get?.exchange.status.map { "; a plain GET gets \($0)" } ?? ""): upgrades are switched off there.",
                    zh:
                        "\(what) 对握手返回 \(refusal.status)\(exchange.bodyText.isEmpty ? "，正文为空" : "")\(get?.exchange.status.map { "；普通 GET 返回 \($0)" } ?? "")：那里没有启用 WebSocket 升级。",
                    [refusal.seen, get],
                    software: software
                )
            }
            if refusal.status == 464 {
                return sign(.certain, .awsALB, "An AWS load balancer (its target group is not HTTP1)")
            }
            if refusal.status == 403, exchange.header("Server", has: "envoy"), exchange.bodyText.isEmpty {
                return sign(get?.exchange.status == 403 ? .likely : .certain, .envoy, "Envoy")
            }
            if [400, 403, 404, 405, 501, 503].contains(refusal.status),
                exchange.header("Server", has: "microsoft-iis") || exchange.header("X-Powered-By", has: "asp.net")
                    || exchange.header("Set-Cookie", has: "arraffinity")
            {
                guard facts.openedDirect == nil || exchange.header("Server", has: "microsoft-iis") else { return nil }
                let isAzure =
                    exchange.header("Set-Cookie", has: "arraffinity")
                    || facts.address.host.hasSuffix(".azurewebsites.net")
                return sign(.likely, isAzure ? .azureAppService : .iis, isAzure ? "Azure App Service" : "IIS")
            }
            if [400, 403, 426, 501].contains(refusal.status), exchange.header("Server", has: "cloudflare"),
                exchange.filterWords == nil, facts.openedDirect != nil
            {
                return sign(.likely, .cloudflare, "Cloudflare")
            }
            return nil
        },
        Rule("srv-proxy-strips-subprotocol", .acceptance) { facts in
            guard
                let seen = facts.allOpened.first(where: {
                    !$0.exchange.offered.isEmpty && AnswerDefect.find(in: $0.exchange).contains(.subprotocolMissing)
                })
            else { return nil }
            if let direct = facts.openedDirect, !direct.exchange.offered.isEmpty {
                guard let selected = direct.exchange.header("Sec-WebSocket-Protocol"), !selected.isEmpty else {
                    return nil
                }
                return Sign(
                    .certain,
                    "\(seen.exchange.offeredWords) was offered; through \(facts.proxy?.rawValue ?? "the proxy") the 101 has no Sec-WebSocket-Protocol, at the direct address it says “\(selected)”: the proxy removes the field.",
                    zh:
                        "提供了 \(seen.exchange.offeredWords)；经 \(facts.proxy?.rawValue ?? "代理") 的 101 没有 Sec-WebSocket-Protocol，直连则为“\(selected)”：代理删除了该字段。",
                    [seen, direct],
                    software: facts.proxy
                )
            }
            guard let proxy = facts.proxy else { return nil }
            return Sign(
                .possible,
                "The 101 came by way of \(proxy.rawValue), which may have removed Sec-WebSocket-Protocol from the request or the answer.",
                zh: "101 经由 \(proxy.rawValue) 返回，它可能删除了请求或应答中的 Sec-WebSocket-Protocol。",
                [seen],
                software: proxy
            )
        },
    ]
}

extension Exchange {
    /// Starlette's and FastAPI's answer to an HTTP request that fits no route, and uvicorn's 404 of any application: to
    /// a WebSocket that fits none it says 403.
    var saysNotFoundJSON: Bool {
        status == 404
            && (lowerBody.filter { !$0.isWhitespace }.contains("{\"detail\":\"notfound\"}")
                || header("Server", has: "uvicorn"))
    }

    /// The subprotocols offered, to quote.
    var offeredWords: String { "“\(offered.joined(separator: ", "))”" }
}
