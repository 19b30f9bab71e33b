// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyWebSocket

extension Rule {
    /// Faults of the client itself: seen in its traffic, in what it was given, or in its own words.
    static let clients: [Rule] = [
        Rule("code-client-scheme", .address) { facts in
            let address = facts.address
            if !address.isWebSocketScheme || !address.hasScheme {
                return Sign(
                    address.hasScheme ? .certain : .likely,
                    "The address “\(facts.question.url.prefix(80))” \(address.hasScheme ? "has the scheme \(address.scheme):" : "has no scheme"); a WebSocket URL begins with ws:// or wss://.",
                    zh:
                        "地址“\(facts.question.url.prefix(80))”\(address.hasScheme ? "的协议是 \(address.scheme):" : "没有协议")；WebSocket URL 以 ws:// 或 wss:// 开头。",
                    ids: []
                )
            }
            if facts.isPasted("code-client-scheme") {
                return Sign(
                    facts.isPastedAlone("code-client-scheme") ? .certain : .likely,
                    "The message that the user saw is the client's own check of the scheme \(address.scheme)://: no packet leaves.",
                    zh: "用户看到的消息是客户端自己对协议 \(address.scheme):// 的检查：没有发出任何数据包。",
                    ids: []
                )
            }
            if !address.isSecure, facts.chosenClients.contains(where: { $0 == "openai-node" }) {
                return Sign(
                    .likely,
                    "openai-node refuses any Realtime URL that is not wss://; this one is \(address.scheme)://.",
                    zh: "openai-node 拒绝任何非 wss:// 的 Realtime URL；这里是 \(address.scheme)://。",
                    ids: []
                )
            }
            guard ["http", "https"].contains(address.scheme) else { return nil }
            return Sign(
                .possible,
                "The address begins with \(address.scheme)://, which older browsers and several libraries refuse; write \(address.isSecure ? "wss" : "ws")://.",
                zh: "地址以 \(address.scheme):// 开头，旧浏览器和一些库会拒绝；请写成 \(address.isSecure ? "wss" : "ws")://。",
                ids: []
            )
        },
        Rule("code-url-fragment", .address) { facts in
            guard let fragment = facts.address.fragment else {
                return facts.pastedSign("code-url-fragment", "a fragment (#…) in the URL", "URL 中的片段（#…）")
            }
            return Sign(
                .certain,
                "The URL contains a fragment identifier (#\(fragment.prefix(40))): browsers refuse to construct the WebSocket.",
                zh: "URL 含有片段标识（#\(fragment.prefix(40))）：浏览器会拒绝创建 WebSocket。",
                ids: []
            )
        },
        Rule("code-bad-subprotocol-token", .address) { facts in
            let offered = facts.question.subprotocols ?? []
            // Secrets that were masked for a report may hold a mark that is no token.
            let bad = offered.first { !HeaderText.isToken($0) && !$0.contains("…") }
            let repeated = offered.first { one in offered.filter { $0 == one }.count > 1 }
            guard let token = bad ?? repeated else {
                if let (id, record) = facts.clients.first(where: { $0.record.subprotocolsAreValid == false }) {
                    let value = record.request?.headers.values("Sec-WebSocket-Protocol").joined(separator: ", ") ?? ""
                    return Sign(
                        .certain,
                        "The client offers “\(value)”: a subprotocol that is no token (RFC 9110), or one that comes twice.",
                        zh: "客户端提供了“\(value)”：其中有不是合法 token（RFC 9110）的子协议，或重复的子协议。",
                        ids: [id]
                    )
                }
                return facts.pastedSign(
                    "code-bad-subprotocol-token",
                    "a subprotocol with characters that no token may have",
                    "含有非法字符的子协议名"
                )
            }
            return Sign(
                .certain,
                bad == nil
                    ? "The subprotocol “\(token)” is offered twice."
                    : "The subprotocol “\(token)” is no token (RFC 9110): it is empty or holds a space, comma, slash, =, @ or another character that is not allowed, and browsers throw a SyntaxError.",
                zh: bad == nil
                    ? "子协议“\(token)”重复提供。"
                    : "子协议“\(token)”不是合法的 token（RFC 9110）：它为空或含有空格、逗号、斜杠、=、@ 等不允许的字符，浏览器会抛出 SyntaxError。",
                ids: []
            )
        },
        Rule("code-browser-headers", .address) { facts in
            let chosen = facts.chosenClients
            let names = facts.question.headers.map(\.name)
                .filter { !["cookie", "origin", "user-agent"].contains(HeaderText.lowercased($0)) }
            if !names.isEmpty, !chosen.isEmpty, ClientProfile.selected(facts.question).allSatisfy(\.isBrowser),
                let refused = (facts.all(.profile) + facts.all(.reference))
                    .first(where: { $0.exchange.failure(facts.expectation) != nil }),
                let opened = (facts.all(.asAsked) + [facts.seen(.headers)].compactMap { $0 })
                    .first(where: { $0.exchange.failure(facts.expectation) == nil && $0.exchange.isUpgraded })
            {
                return Sign(
                    .certain,
                    "The fields \(names.joined(separator: ", ")) make the difference: with them the server answers 101, without them \(refused.exchange.refusalWords), and a browser cannot send fields of its own.",
                    zh:
                        "字段 \(names.joined(separator: ", ")) 是关键：带上它们服务器返回 101，不带则\(refused.exchange.refusalWordsZH)，而浏览器无法发送自定义字段。",
                    [refused, opened]
                )
            }
            return facts.pastedSign(
                "code-browser-headers",
                "options (headers) that only WebSocket libraries outside browsers take",
                "只有浏览器以外的库才接受的选项（headers）"
            )
        },
        Rule("code-client-http10", .answer) { facts in
            for (id, record) in facts.clients {
                guard let request = record.request else { continue }
                let isOld = request.version != "1.1"
                guard isOld || request.headers.first("Host") == nil else { continue }
                return Sign(
                    .certain,
                    "The client's request is \(request.method) … HTTP/\(request.version)\(request.headers.first("Host") == nil ? " without a Host field" : ""); a handshake needs HTTP/1.1 and Host.",
                    zh:
                        "客户端的请求是 \(request.method) … HTTP/\(request.version)\(request.headers.first("Host") == nil ? "，没有 Host 字段" : "")；握手需要 HTTP/1.1 与 Host。",
                    ids: [id]
                )
            }
            return nil
        },
        Rule("code-bad-key", .answer) { facts in
            for (id, record) in facts.clients where record.request != nil {
                let key = record.request?.headers.first("Sec-WebSocket-Key")
                let isUpgrade = HeaderLists.contains("websocket", in: record.request?.headers.values("Upgrade") ?? [])
                guard record.keyIsValid == false || (isUpgrade && key == nil) else { continue }
                return Sign(
                    .certain,
                    "The client's Sec-WebSocket-Key is \(key.map { "“\($0)” (\($0.utf8.count) characters)" } ?? "missing"); it must be 16 bytes in base64, 24 characters.",
                    zh:
                        "客户端的 Sec-WebSocket-Key \(key.map { "为“\($0)”（\($0.utf8.count) 个字符）" } ?? "缺失")；它必须是 16 字节的 base64，共 24 个字符。",
                    ids: [id]
                )
            }
            return facts.refusal == nil
                ? facts.pastedSign(
                    "code-bad-key",
                    "a Sec-WebSocket-Key that is not 16 bytes in base64",
                    "不是 16 字节 base64 的 Sec-WebSocket-Key"
                ) : nil
        },
        Rule("tls-wss-to-plain", .encryption) { facts in
            guard let (id, _) = facts.clients.first(where: { $0.record.isTLSHello }) else { return nil }
            return Sign(
                .certain,
                "The client began with a TLS hello on a port that speaks plain ws://: its URL says wss:// (or its library always uses TLS).",
                zh: "客户端在明文 ws:// 端口上首先发送了 TLS ClientHello：它的 URL 是 wss://（或该库总是使用 TLS）。",
                ids: [id]
            )
        },
        Rule("code-unmasked-client", .frames) { facts in
            for (id, record) in facts.clients {
                guard let conversation = record.conversation,
                    conversation.clientViolations.contains(Violation.unmaskedClientFrame.code)
                        || conversation.sent.contains(where: { !$0.isMasked })
                else { continue }
                let close = conversation.close
                return Sign(
                    .certain,
                    "The client's own frames are not masked (the mask bit of the second byte is clear)\(close.map { "; the server closes with \($0.code ?? 1005) “\($0.reason)”" } ?? "").",
                    zh: "客户端自己的帧没有掩码（第二字节的掩码位为 0）\(close.map { "；服务器以 \($0.code ?? 1005)“\($0.reason)”关闭" } ?? "")。",
                    ids: [id]
                )
            }
            return nil
        },
        Rule("code-client-no-pong", .session) { facts in
            for (id, record) in facts.clients {
                guard let conversation = record.conversation else { continue }
                let pings = conversation.received.filter { $0.opcode == 9 }.count
                let pongs = conversation.sent.filter { $0.opcode == 10 }.count
                // A client that says good-bye first owes no answer to a ping that crosses it, and who is cut at once has
                // had no time for one.
                let isFirst = conversation.clientClose == nil || record.serverClosedFirst == true
                let pingMS = conversation.received.first { $0.opcode == 9 }?.atMS ?? 0
                let isCut = isFirst && (record.serverEnd.map { $0.atMS - pingMS >= 1_000 } ?? false)
                guard
                    conversation.close?.saysKeepAlive == true
                        || (pings > 0 && pongs == 0 && (conversation.close?.code == 1011 || isCut))
                else { continue }
                return Sign(
                    pings > 0 && pongs == 0 ? .certain : .likely,
                    "The server sent \(pings) Ping\(pings == 1 ? "" : "s") and the client answered \(pongs); the server then ended the connection\(conversation.close.map { " (\($0.code ?? 1005) “\($0.reason)”)" } ?? "").",
                    zh:
                        "服务器发送了 \(pings) 个 Ping，客户端回应了 \(pongs) 个；随后服务器结束了连接\(conversation.close.map { "（\($0.code ?? 1005)“\($0.reason)”）" } ?? "")。",
                    ids: [id]
                )
            }
            return facts.pastedSign("code-client-no-pong", "a client that does not answer Pings", "不回应 Ping 的客户端")
        },
    ]
}
