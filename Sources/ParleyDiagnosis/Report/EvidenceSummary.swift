// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// One item of evidence in one sentence: what was tried, and what came of it.
struct EvidenceSummary {
    /// The probe, without what is special about this item.
    let tried: Text
    /// What is special about it, as in the name of a client.
    let special: Text?
    /// What came of it.
    let seen: Text

    init(_ evidence: Evidence) {
        (tried, special) = Self.attempt(evidence)
        seen = Self.outcome(evidence)
    }

    /// Both in one sentence, as in `Plain handshake: answered 404 Not Found`, with a full stop.
    var sentence: Text {
        let subject = special.map { Self.joined(tried, $0) } ?? tried
        return Text("\(subject.en): \(seen.en).", zh: "\(subject.zh)：\(seen.zh)。")
    }

    /// A probe and what is special about it.
    static func joined(_ tried: Text, _ special: Text) -> Text {
        Text("\(tried.en) \(special.en)", zh: "\(tried.zh)\(special.zh)")
    }

    private static func outcome(_ evidence: Evidence) -> Text {
        switch evidence.data {
        case .name(let lookup): Self.lookup(lookup)
        case .exchange(let exchange): ExchangeSummary(exchange, of: evidence.probe).text
        case .page(let page): Self.page(page)
        case .client(let record): Self.client(record)
        }
    }

    private static func attempt(_ evidence: Evidence) -> (Text, Text?) {
        let variant = evidence.variant.map { Text(same: $0) }
        switch evidence.probe {
        case .name: return (Text("Name lookup", zh: "域名解析"), host(evidence.data).map { Text("of \($0)", zh: " \($0)") })
        case .connect: return (Text("TCP connection to", zh: "TCP 连接 "), variant ?? address(evidence.data))
        case .otherPort: return (Text("TCP connection to port", zh: "TCP 连接同一主机的端口 "), variant)
        case .greeting: return (Text("Connected and kept quiet", zh: "连接后保持沉默"), nil)
        case .tls: return (Text("TLS handshake", zh: "TLS 握手"), nil)
        case .tlsVariant: return (Text("TLS handshake with", zh: "TLS 握手，"), evidence.variant.map(tlsVariant))
        case .reference: return (Text("Plain handshake", zh: "最简握手"), nil)
        case .asAsked: return (Text("Handshake as your client sends it", zh: "按您的客户端发送的握手"), nil)
        case .profile: return (Text("Handshake of", zh: "客户端握手 "), variant)
        case .variation: return (Text("Plain handshake with", zh: "最简握手，"), evidence.variant.map(variation))
        case .otherScheme: return (Text("Handshake with the other scheme", zh: "换用另一种协议方案的握手"), scheme(evidence.data))
        case .direct:
            return (Text("Handshake past the proxy in front,", zh: "绕过前置代理的握手，"), address(evidence.data))
        case .withoutProxy: return (Text("Handshake without the proxy", zh: "不经代理的握手"), nil)
        case .otherFamily:
            return (Text("Handshake at the address", zh: "在另一地址上的握手 "), variant ?? address(evidence.data))
        case .redirect: return (Text("Handshake where the redirect leads,", zh: "在重定向目标上的握手，"), address(evidence.data))
        case .plainGet: return (Text("Plain GET of the path", zh: "对该路径的普通 GET"), nil)
        case .inventedPath:
            let isUpgrade = evidence.variant == "upgrade"
            return (
                Text("A path that nobody serves,", zh: "不存在的路径，"),
                isUpgrade ? Text("asked for a WebSocket", zh: "请求 WebSocket") : Text("with a plain GET", zh: "普通 GET")
            )
        case .page: return (Text("The page", zh: "网页"), pageURL(evidence.data).map { Text($0, zh: " \($0)") })
        case .hold: return (Text("Open connection on which nobody speaks", zh: "保持连接且无人发送"), nil)
        case .holdWithPings: return (Text("Open connection with a ping now and then", zh: "保持连接并定时发送 ping"), nil)
        case .size: return (Text("Message of", zh: "消息长度 "), variant.map { $0 + Text(" bytes", zh: " 字节") })
        case .tap: return (Text("Your client, seen from between", zh: "从中间看到的您的客户端"), nil)
        case .mirror:
            return (
                Text("Your client, seen as its server", zh: "作为服务器看到的您的客户端"),
                variant.map { Text("with the answer ", zh: "，应答 ") + $0 }
            )
        }
    }

    private static func tlsVariant(_ variant: String) -> Text {
        switch variant {
        case "no-sni": Text("no server name", zh: "不带服务器名称（SNI）")
        case "invented-sni": Text("an invented server name", zh: "使用虚构的服务器名称（SNI）")
        case "alpn-none": Text("no ALPN", zh: "不带 ALPN")
        case _ where variant.hasPrefix("alpn-"):
            Text("ALPN \(variant.dropFirst(5)) only", zh: "ALPN 仅 \(variant.dropFirst(5))")
        case _ where variant.hasPrefix("tls"):
            Text("TLS \(variant.dropFirst(3)) only", zh: "仅 TLS \(variant.dropFirst(3))")
        default: Text(same: variant)
        }
    }

    private static func variation(_ variant: String) -> Text {
        if variant.hasPrefix("path:") {
            return Text("the path \(variant.dropFirst(5))", zh: "路径 \(variant.dropFirst(5))")
        }
        return variations[variant] ?? Text(same: variant)
    }

    /// By the raw value of ``Variation``.
    private static let variations: [String: Text] = [
        "origin": Text("the page's origin", zh: "带网页的 Origin"),
        "same-origin": Text("the server's own origin", zh: "带服务器自身的 Origin"),
        "sibling-origin": Text("the same page under loopback's other name", zh: "带回环地址另一名称的 Origin"),
        "null-origin": Text("Origin: null", zh: "带 Origin: null"),
        "foreign-origin": Text("a foreign origin", zh: "带陌生的 Origin"),
        "subprotocols": Text("subprotocols", zh: "带子协议"),
        "unknown-subprotocol": Text("an unknown subprotocol", zh: "带未知的子协议"),
        "compression": Text("an offer of compression", zh: "提议压缩"),
        "browser-agent": Text("a browser's User-Agent", zh: "带浏览器的 User-Agent"),
        "script-agent": Text("a script's User-Agent", zh: "带脚本的 User-Agent"),
        "headers": Text("your header fields", zh: "带您的请求头"),
        "beta-header": Text("OpenAI-Beta: realtime=v1", zh: "带 OpenAI-Beta: realtime=v1"),
        "lower-case-names": Text("field names in lower case", zh: "字段名全部小写"),
        "lower-case-connection": Text("Connection: upgrade", zh: "带 Connection: upgrade"),
        "connection-list": Text("Connection: keep-alive, Upgrade", zh: "带 Connection: keep-alive, Upgrade"),
        "without-query": Text("the path without its query", zh: "路径不带查询参数"),
        "final-slash": Text("the final slash added or left out", zh: "增加或去掉末尾斜杠"),
        "version-8": Text("Sec-WebSocket-Version: 8", zh: "带 Sec-WebSocket-Version: 8"),
        "other-host": Text("another Host", zh: "使用另一个 Host"),
        "localhost-host": Text("Host: localhost", zh: "带 Host: localhost"),
        "second-key": Text("another key", zh: "换一个 Sec-WebSocket-Key"),
        "fragments": Text("the text in two fragments", zh: "文本分两个分片发送"),
        "without-authorization": Text("no authorization", zh: "不带授权信息"),
    ]

    private static func host(_ data: Evidence.Data) -> String? {
        guard case .name(let lookup) = data else { return nil }
        return lookup.host
    }

    private static func address(_ data: Evidence.Data) -> Text? {
        guard case .exchange(let exchange) = data else { return nil }
        return Text(same: exchange.endpoint.written)
    }

    private static func scheme(_ data: Evidence.Data) -> Text? {
        guard case .exchange(let exchange) = data else { return nil }
        return exchange.endpoint.isSecure ? Text("(wss)", zh: "（wss）") : Text("(ws)", zh: "（ws）")
    }

    private static func pageURL(_ data: Evidence.Data) -> String? {
        guard case .page(let page) = data else { return nil }
        return page.url
    }

    private static func lookup(_ lookup: NameLookup) -> Text {
        func family(_ name: String, _ answer: NameLookup.Answer) -> Text? {
            switch answer {
            case .addresses(let addresses): Text(same: addresses.joined(separator: ", "))
            case .noSuchName: Text("no such name (\(name))", zh: "域名不存在（\(name)）")
            case .noAddress: Text("no \(name) address", zh: "没有 \(name) 地址")
            case .failed(let detail): Text("the resolver failed (\(name)): \(detail)", zh: "解析失败（\(name)）：\(detail)")
            case .timedOut: Text("no answer in time (\(name))", zh: "解析超时（\(name)）")
            case .notAsked: nil
            }
        }
        let parts = [family("IPv4", lookup.ipv4), family("IPv6", lookup.ipv6)].compactMap { $0 }
        return parts.isEmpty ? Text("not needed", zh: "无需解析") : parts.listed()
    }

    private static func page(_ page: PageRecord) -> Text {
        guard let status = page.status else {
            let detail = page.detail ?? ""
            return Text("could not be loaded: \(detail)", zh: "无法加载：\(detail)")
        }
        var parts = [Text("answered \(status)", zh: "应答 \(status)")]
        let policies = page.headers.values("Content-Security-Policy") + page.metaPolicies
        if !policies.isEmpty {
            let list = policies.joined(separator: " | ")
            parts.append(Text("Content-Security-Policy: \(list)", zh: "Content-Security-Policy：\(list)"))
        }
        return parts.listed()
    }

    private static func client(_ record: ClientRecord) -> Text {
        var parts: [Text] = []
        if record.isTLSHello {
            parts.append(Text("it began with a TLS hello", zh: "以 TLS hello 开始"))
        } else if let bytes = record.notHTTP {
            parts.append(Text("it sent no HTTP: \(bytes.quoted)", zh: "发送的不是 HTTP：\(bytes.quoted)"))
        }
        if let request = record.request {
            parts.append(Text("it asked for \(request.target)", zh: "请求 \(request.target)"))
            if let clients = record.likeness?.clients, !clients.isEmpty {
                let list = clients.joined(separator: ", ")
                parts.append(Text("it looks like \(list)", zh: "看起来像 \(list)"))
            }
            if record.keyIsValid == false {
                parts.append(Text("its Sec-WebSocket-Key is invalid", zh: "其 Sec-WebSocket-Key 无效"))
            }
        }
        if let failure = record.upstreamFailure {
            parts.append(
                Text("the server could not be reached: ", zh: "无法连接服务器：") + ExchangeSummary(failure, of: .tap).text
            )
        }
        if let response = record.response {
            parts.append(ExchangeSummary.answer(response))
        }
        if let conversation = record.conversation { parts += ExchangeSummary.talk(conversation) }
        if let status = record.exitStatus { parts.append(Text("it ended with status \(status)", zh: "退出状态 \(status)")) }
        return parts.isEmpty ? Text("it sent nothing", zh: "没有发送任何内容") : parts.listed()
    }
}

extension Bytes {
    /// The beginning in quotation marks, short enough for a sentence.
    var quoted: String {
        let shown = text.prefix(80)
        return "\"\(shown)\(shown.utf8.count < text.utf8.count || text.utf8.count < count ? "…" : "")\""
    }
}

extension Exchange.Endpoint {
    /// As in `127.0.0.1:8080` or `[::1]:8080`.
    var written: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
