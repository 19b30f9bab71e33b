// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyWebSocket

extension Rule {
    /// The request goes to a place where no WebSocket server is.
    static let paths: [Rule] = [
        Rule("srv-path-not-websocket", .answer) { facts in
            let asked = facts.address.path
            if let other = facts.otherPaths.first, let failed = facts.failing.first, !failed.seen.exchange.isUpgraded,
                failed.seen.exchange.redirectTarget == nil, !failed.seen.exchange.isRefusedInPlace
            {
                let what = failed.seen.exchange.brief
                let target = other.exchange.request?.target ?? "/"
                let isQuery = other.variant == Variation.withoutQuery.rawValue
                return Sign(
                    .certain,
                    "The path \(isQuery ? facts.address.target.prefix(80) + "" : asked) \(what.en), and \(target) on the same server answers 101: the WebSocket server listens on another path\(isQuery ? ", and its comparison includes the query" : "").",
                    zh:
                        "路径 \(isQuery ? facts.address.target.prefix(80) + "" : asked) \(what.zh)，而同一服务器上的 \(target) 返回 101：WebSocket 服务监听的是另一路径\(isQuery ? "，且比较路径时包含了查询串" : "")。",
                    [failed.seen, other]
                )
            }
            guard !facts.dependsOnRequest, facts.openedDirect == nil else { return nil }
            if let item = facts.failing.first(where: { $0.failure == .noAnswer }), !facts.speaksTLSInstead {
                let others = facts.all(.inventedPath) + facts.all(.plainGet) + facts.all(.variation)
                let answered = others.first { $0.exchange.status != nil }
                return Sign(
                    answered == nil ? .possible : .likely,
                    "A handshake for \(facts.address.target.prefix(80)) is never answered\(answered.map { ", while \($0.exchange.request?.target ?? "another request") gets \($0.exchange.status ?? 0)" } ?? ""): Netty, for one, is silent about paths that it does not serve, and compares the query too.",
                    zh:
                        "对 \(facts.address.target.prefix(80)) 的握手始终没有应答\(answered.map { "，而 \($0.exchange.request?.target ?? "另一请求") 返回 \($0.exchange.status ?? 0)" } ?? "")：例如 Netty 对不属于它的路径保持沉默，并且连查询串一起比较。",
                    [item.seen, answered]
                )
            }
            guard let refusal = facts.refusal, [400, 403, 404, 405].contains(refusal.status) else { return nil }
            let exchange = refusal.seen.exchange
            guard !exchange.saysNotFoundJSON, exchange.filterWords == nil, !exchange.namesHost,
                !exchange.isAzureNotFound
            else { return nil }
            let invented = facts.isAnsweredAnywhere(refusal.seen)
            let isNodeWS =
                refusal.status == 400 && exchange.bodyText == "Bad Request" && exchange.header("Server") == nil
            switch refusal.status {
            case 404, 405:
                guard !exchange.saysCannotGet else { return nil }
                let own = exchange.isProxysOwnPage
                return Sign(
                    .likely,
                    "\(asked) answers \(refusal.status)\(own ? " with the web server's own page" : "")\(invented == nil ? "" : ", as an invented path does"): nobody serves a WebSocket there.",
                    zh:
                        "\(asked) 返回 \(refusal.status)\(own ? "（Web 服务器自己的页面）" : "")\(invented == nil ? "" : "，与虚构的路径相同")：该路径上没有 WebSocket 服务。",
                    [refusal.seen, invented]
                )
            case 400 where isNodeWS && invented != nil:
                return Sign(
                    .likely,
                    "\(asked) answers 400 Bad Request as an invented path does: so Node's ws refuses paths that it does not serve.",
                    zh: "\(asked) 与虚构路径一样返回 400 Bad Request：Node 的 ws 就是这样拒绝不属于它的路径。",
                    [refusal.seen, invented],
                    software: .nodeWS
                )
            case 403 where exchange.isBareRefusal && invented != nil:
                return Sign(
                    .possible,
                    "\(asked) answers 403 as an invented path does: the path may be one that nobody serves.",
                    zh: "\(asked) 与虚构路径一样返回 403：该路径可能没有对应的服务。",
                    [refusal.seen, invented]
                )
            default: return nil
            }
        },
        Rule("srv-http-200-instead", .answer) { facts in
            guard let refusal = facts.refusal, (200..<300).contains(refusal.status), !facts.dependsOnRequest,
                facts.openedDirect == nil, !refusal.seen.exchange.isEngineIO
            else { return nil }
            let invented = facts.isAnsweredAnywhere(refusal.seen)
            return Sign(
                refusal.seen.exchange.namesPortal ? .possible : invented == nil ? .likely : .certain,
                "The handshake was answered \(refusal.status) with “\(refusal.seen.exchange.excerpt)”\(invented == nil ? "" : ", as an invented path is"): an ordinary page (a single-page fallback, say) stands where the WebSocket should be.",
                zh:
                    "握手返回 \(refusal.status) 和“\(refusal.seen.exchange.excerpt)”\(invented == nil ? "" : "，与虚构的路径相同")：本应是 WebSocket 的位置是一个普通页面（例如单页应用的回退页）。",
                [refusal.seen, invented]
            )
        },
        Rule("srv-redirect", .answer) { facts in
            guard let refusal = facts.refusal, let target = refusal.seen.exchange.redirectTarget else { return nil }
            let location = refusal.seen.exchange.header("Location") ?? ""
            let followed = facts.all(.redirect).first { $0.exchange.isUpgraded }
            let isOtherHost =
                target.host != facts.address.host && Hosts.isPublic(target.host) != Hosts.isPublic(facts.address.host)
            let isLogin = target.path.namesLogin
            return Sign(
                followed != nil ? .certain : isOtherHost || isLogin ? .possible : .likely,
                "The handshake was answered \(refusal.status) (redirect) with Location \(location)\(followed == nil ? "" : "; the same handshake there gives 101"). WebSocket clients do not follow redirects\(target.isSecure && !facts.address.isSecure ? "; the server wants wss:// (https)" : "").",
                zh:
                    "握手返回 \(refusal.status)（重定向），Location 为 \(location)\(followed == nil ? "" : "；在该地址握手得到 101")。WebSocket 客户端不跟随重定向\(target.isSecure && !facts.address.isSecure ? "；服务器要求 wss://（https）" : "")。",
                [refusal.seen, followed]
            )
        },
        Rule("srv-host-check", .answer) { facts in
            let cured = facts.cured(by: .localHost) ?? facts.cured(by: .otherHost)
            guard let refusal = facts.refusal else { return nil }
            if let cured {
                return Sign(
                    .certain,
                    "With Host: \(cured.exchange.request?.headers.first("Host") ?? "localhost") the \(refusal.status) becomes 101; with \(facts.address.hostHeader) it is refused: the server checks the Host header.",
                    zh:
                        "使用 Host: \(cured.exchange.request?.headers.first("Host") ?? "localhost") 时 \(refusal.status) 变为 101；使用 \(facts.address.hostHeader) 则被拒：服务器检查 Host 头。",
                    [refusal.seen, cured]
                )
            }
            guard refusal.status == 421 || refusal.seen.exchange.namesHost else { return nil }
            return Sign(
                .certain,
                "The answer \(refusal.status) “\(refusal.seen.exchange.excerpt)” refuses the Host header \(facts.address.hostHeader).",
                zh: "应答 \(refusal.status)“\(refusal.seen.exchange.excerpt)”拒绝了 Host 头 \(facts.address.hostHeader)。",
                [refusal.seen]
            )
        },
        Rule("code-no-upgrade-listener", .answer) { facts in
            guard let refusal = facts.refusal, facts.otherPaths.isEmpty, !facts.dependsOnRequest,
                facts.openedDirect == nil,
                facts.proxy == nil
            else { return nil }
            let exchange = refusal.seen.exchange
            let get = facts.isAnsweredLikeGet(refusal.seen)
            guard exchange.saysCannotGet || (get != nil && refusal.status == 404 && facts.software == .nodeHTTP) else {
                return nil
            }
            return Sign(
                .likely,
                "The handshake was answered \(refusal.status) “\(exchange.excerpt)”\(get == nil ? "" : ", as a plain GET is"): the HTTP server has no handler for upgrades.",
                zh:
                    "握手返回 \(refusal.status)“\(exchange.excerpt)”\(get == nil ? "" : "，与普通 GET 相同")：该 HTTP 服务器没有处理升级的监听器。",
                [refusal.seen, get],
                software: .nodeHTTP
            )
        },
        Rule("code-not-accepted", .answer) { facts in
            guard let refusal = facts.refusal, refusal.status == 403, refusal.seen.exchange.isBareRefusal,
                facts.otherPaths.isEmpty,
                !facts.dependsOnRequest, facts.openedDirect == nil, facts.broken(by: .origin) == nil
            else { return nil }
            let exchange = refusal.seen.exchange
            let isASGI = exchange.header("Server", has: "uvicorn", "daphne", "hypercorn", "granian")
            guard isASGI || exchange.header("Server") == nil, !exchange.header("Server", has: "envoy"),
                facts.proxy == nil || isASGI
            else { return nil }
            let plain = facts.seen(.reference)
            return Sign(
                isASGI ? .likely : .possible,
                "The handshake gets 403 with an empty body\(plain?.exchange.status == 403 && plain?.id != refusal.seen.id ? ", with and without Origin" : ""): the handler raised or closed before it accepted (or a query parameter it needs is missing).",
                zh:
                    "握手得到 403 且正文为空\(plain?.exchange.status == 403 && plain?.id != refusal.seen.id ? "，带不带 Origin 都一样" : "")：处理函数在 accept 之前抛出异常或关闭（或缺少必需的查询参数）。",
                [refusal.seen, plain, facts.inventedPath("upgrade")],
                software: isASGI ? .uvicorn : nil
            )
        },
        Rule("code-5xx", .answer) { facts in
            guard let refusal = facts.refusal, refusal.status >= 500,
                ![502, 503, 504, 505, 511].contains(refusal.status),
                !(520...530).contains(refusal.status), !facts.dependsOnFields
            else { return nil }
            let isWSGI = refusal.seen.exchange.header("Server", has: "gunicorn", "wsgi", "werkzeug")
            return Sign(
                refusal.status == 500 && !isWSGI ? .certain : .likely,
                "The server answered the handshake with \(refusal.status) “\(refusal.seen.exchange.excerpt)”: its code failed.",
                zh: "服务器对握手返回 \(refusal.status)“\(refusal.seen.exchange.excerpt)”：其代码出错。",
                [refusal.seen]
            )
        },
    ]
}

extension String {
    /// Whether a path looks like that of a log-in page.
    var namesLogin: Bool {
        let lower = HeaderText.lowercased(self)
        return ["login", "signin", "sign-in", "log-in", "auth", "sso", "oauth"].contains { lower.contains($0) }
    }
}

extension Exchange {
    /// A refusal that says nothing: no body, no field that tells a reason.
    var isBareRefusal: Bool { bodyText.allSatisfy(\.isWhitespace) && header("WWW-Authenticate") == nil }

    /// Express's page for a GET of an unknown path.
    var saysCannotGet: Bool { status == 404 && bodyHas("cannot get /") }

    /// Words about the Host header.
    var namesHost: Bool {
        guard status != 101 else { return false }
        return bodyHas(
            "blocked request. this host",
            "invalid host header",
            "invalid http_host header",
            "disallowedhost",
            "misdirected request",
            "host is not allowed",
            "host not allowed",
            "unrecognized host",
            "host_not_allowed"
        )
    }

    /// Azure's gateway, for a path or a deployment that it does not know.
    var isAzureNotFound: Bool { status == 404 && (header("apim-request-id") != nil || header("x-ms-region") != nil) }

    /// Whether the path is served, and what is refused is the request: credentials, rate, a failure of the handler.
    fileprivate var isRefusedInPlace: Bool {
        guard let status else { return false }
        return [401, 407, 429, 431].contains(status) || (500..<600).contains(status) || isAzureNotFound
    }

    /// An answer of Engine.IO, the transport of socket.io.
    var isEngineIO: Bool {
        bodyHas(
            "transport unknown",
            "unsupported version of the socket.io or engine.io",
            "session id unknown",
            "bad handshake method",
            "\"message\":\"unsupported protocol version\"",
            "\"pinginterval\""
        )
            || bodyText.hasPrefix("0{\"sid\"")
    }
}
