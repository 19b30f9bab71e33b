// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyWebSocket

extension Rule {
    /// Versions of the protocol, subprotocols and extensions.
    static let versions: [Rule] = [
        Rule("ver-ws-version", .answer) { facts in
            let cured = facts.cured(by: .version8)
            guard let refusal = facts.refusal else { return nil }
            let listed = refusal.seen.exchange.response?.headers.elements("Sec-WebSocket-Version") ?? []
            let says = refusal.seen.exchange.bodyHas(
                "unsupported websocket version",
                "unsupported version",
                "sec-websocket-version"
            )
            guard (!listed.isEmpty && !listed.contains("13")) || cured != nil || (says && listed.isEmpty) else {
                return nil
            }
            return Sign(
                listed.isEmpty && cured == nil ? .likely : .certain,
                "The handshake asks for version 13 and is answered \(refusal.status)\(listed.isEmpty ? "" : " with Sec-WebSocket-Version: \(listed.joined(separator: ", "))")\(cured == nil ? "" : "; version 8 gets 101"): the server does not know version 13 (RFC 6455).",
                zh:
                    "握手请求版本 13，得到 \(refusal.status)\(listed.isEmpty ? "" : "，Sec-WebSocket-Version: \(listed.joined(separator: ", "))")\(cured == nil ? "" : "；版本 8 得到 101")：服务器不支持版本 13（RFC 6455）。",
                [refusal.seen, cured]
            )
        },
        Rule("ver-subproto-none", .acceptance) { facts in
            guard let seen = facts.answer(with: [.subprotocolMissing]) else { return nil }
            let direct = facts.openedDirect
            if let direct, !direct.exchange.offered.isEmpty, direct.exchange.header("Sec-WebSocket-Protocol") != nil {
                return nil
            }
            return Sign(
                .certain,
                "\(seen.exchange.offeredWords) was offered, and the 101 has no Sec-WebSocket-Protocol: the server selected none. Chromium and Node's ws abort then, Firefox and Python connect.",
                zh:
                    "客户端提供了 \(seen.exchange.offeredWords)，而 101 没有 Sec-WebSocket-Protocol：服务器没有选择任何子协议。Chromium 与 Node 的 ws 会因此中止，Firefox 与 Python 可以连接。",
                [seen, facts.seen(.reference), direct]
            )
        },
        Rule("ver-subproto-unoffered", .acceptance) { facts in
            guard let seen = facts.answer(with: [.subprotocolUnoffered]) else { return nil }
            return Sign(
                .certain,
                "The request offered no subprotocol, and the 101 says Sec-WebSocket-Protocol: \(seen.exchange.header("Sec-WebSocket-Protocol") ?? ""): a subprotocol that was not offered.",
                zh:
                    "请求没有提供子协议，而 101 带有 Sec-WebSocket-Protocol: \(seen.exchange.header("Sec-WebSocket-Protocol") ?? "")：选择了未提供的子协议。",
                [seen]
            )
        },
        Rule("ver-subproto-multiple", .acceptance) { facts in
            guard let seen = facts.answer(with: [.subprotocolList, .subprotocolRepeated]) else { return nil }
            let values = (seen.exchange.response?.headers.values("Sec-WebSocket-Protocol") ?? [])
                .joined(separator: " | ")
            return Sign(
                .certain,
                "The 101 selects several subprotocols (“\(values)”) where exactly one is allowed: the server echoes the offer.",
                zh: "101 选择了多个子协议（“\(values)”），而只允许一个：服务器原样返回了客户端的列表。",
                [seen]
            )
        },
        Rule("ver-subproto-mismatch", .acceptance) { facts in
            if let seen = facts.answer(with: [
                .subprotocolOther, .subprotocolCase, .subprotocolEmpty, .subprotocolQuoted, .subprotocolSpaces,
            ]) {
                let value = seen.exchange.header("Sec-WebSocket-Protocol") ?? ""
                return Sign(
                    .certain,
                    "The 101 selects “\(value)”, and \(seen.exchange.offeredWords) was offered: not one of them, byte for byte.",
                    zh: "101 选择了“\(value)”，而客户端提供的是 \(seen.exchange.offeredWords)：并非其中逐字节相同的一项。",
                    [seen]
                )
            }
            if let item = facts.failing.first(where: {
                !$0.seen.exchange.offered.isEmpty && $0.failure == .closed(4406)
                    || !$0.seen.exchange.offered.isEmpty
                        && ($0.seen.exchange.conversation?.close?.reason)
                            .map { HeaderText.lowercased($0).contains("subprotocol") } ?? false
            }) {
                let close = item.seen.exchange.conversation?.close
                return Sign(
                    .certain,
                    "The server closed with \(close?.code ?? 4406) “\(close?.reason ?? "")”: client and server do not speak the same subprotocol.",
                    zh: "服务器以 \(close?.code ?? 4406)“\(close?.reason ?? "")”关闭：客户端与服务器的子协议不同。",
                    [item.seen]
                )
            }
            guard
                let refused = facts.failing.first(where: {
                    !$0.seen.exchange.isUpgraded && !$0.seen.exchange.offered.isEmpty
                })?
                .seen,
                let broken = facts.broken(by: .subprotocols), facts.broken(by: .origin) == nil
            else { return nil }
            return Sign(
                .certain,
                "Without a subprotocol the handshake gets 101, with \(broken.exchange.offeredWords) it is \(broken.exchange.refusalWords): the server refuses subprotocols that it does not know.",
                zh:
                    "不带子协议时握手得到 101，带 \(broken.exchange.offeredWords) 时\(broken.exchange.refusalWordsZH)：服务器拒绝它不认识的子协议。",
                [refused, broken, facts.seen(.reference)]
            )
        },
        Rule("ver-subproto-required", .answer) { facts in
            if let item = facts.failing.first(where: { item in
                guard item.seen.exchange.offered.isEmpty, let close = item.seen.exchange.conversation?.close else {
                    return false
                }
                return close.code == 4406 || HeaderText.lowercased(close.reason).contains("subprotocol")
            }) {
                let close = item.seen.exchange.conversation?.close
                return Sign(
                    .certain,
                    "No subprotocol was offered, and the server closed with \(close?.code ?? 4406) “\(close?.reason ?? "")”: it requires one.",
                    zh: "没有提供子协议，服务器以 \(close?.code ?? 4406)“\(close?.reason ?? "")”关闭：它要求子协议。",
                    [item.seen]
                )
            }
            guard let refused = facts.failing.first(where: { !$0.seen.exchange.isUpgraded })?.seen,
                refused.exchange.status != 401
            else { return nil }
            let cured = facts.cured(by: .subprotocols)
            let says =
                refused.exchange.bodyHas("subprotocol", "sub-protocol", "sec-websocket-protocol")
                && refused.exchange.status != 200
            guard says || (cured != nil && refused.exchange.offered.isEmpty) else { return nil }
            return Sign(
                cured != nil || says ? .certain : .likely,
                "\(refused.exchange.offered.isEmpty ? "Without a subprotocol" : "With \(refused.exchange.offeredWords)") the handshake is \(refused.exchange.refusalWords)\(cured.map { ", with \($0.exchange.offeredWords) it gets 101" } ?? ""): the server requires a subprotocol of its own.",
                zh:
                    "\(refused.exchange.offered.isEmpty ? "不带子协议" : "带 \(refused.exchange.offeredWords)")时握手\(refused.exchange.refusalWordsZH)\(cured.map { "，带 \($0.exchange.offeredWords) 则得到 101" } ?? "")：服务器要求特定的子协议。",
                [refused, cured]
            )
        },
        Rule("ver-ext-unoffered", .acceptance) { facts in
            guard let seen = facts.answer(with: [.extensionUnoffered, .extensionEmpty]) else { return nil }
            let offered = seen.exchange.request?.headers.first("Sec-WebSocket-Extensions")
            return Sign(
                .certain,
                "The 101 says Sec-WebSocket-Extensions: \(seen.exchange.header("Sec-WebSocket-Extensions") ?? "") (permessage-deflate is compression), and the request offered \(offered.map { "“\($0)”" } ?? "no extension"): an extension that was not offered.",
                zh:
                    "101 带有 Sec-WebSocket-Extensions: \(seen.exchange.header("Sec-WebSocket-Extensions") ?? "")，而请求\(offered.map { "提供的是“\($0)”" } ?? "没有提供扩展")：接受了未提供的扩展。",
                [seen]
            )
        },
        Rule("ver-ext-params", .acceptance) { facts in
            let defects: Set<AnswerDefect> = [.extensionParameters, .extensionParameterUnoffered, .extensionRepeated]
            let closed = facts.failing.first { $0.failure == .closed(1010) }?.seen
            let small = facts.results.contains { $0.connects == false } ? facts.answer(with: [.smallClientWindow]) : nil
            guard let seen = facts.answer(with: defects) ?? closed ?? small,
                !AnswerDefect.find(in: seen.exchange).contains(.extensionUnoffered)
            else { return nil }
            return Sign(
                .certain,
                "The 101 accepts “\(seen.exchange.header("Sec-WebSocket-Extensions") ?? "")”; parameters of permessage-deflate in it are invalid or were not offered (“\(seen.exchange.request?.headers.first("Sec-WebSocket-Extensions") ?? "")”).",
                zh:
                    "101 接受了“\(seen.exchange.header("Sec-WebSocket-Extensions") ?? "")”；其中 permessage-deflate 的参数无效或未被提供（“\(seen.exchange.request?.headers.first("Sec-WebSocket-Extensions") ?? "")”）。",
                [seen]
            )
        },
        Rule("ver-h2-extended-connect", .answer) { facts in
            let h2 = facts.seen(.tlsVariant, "alpn-h2").flatMap { $0.exchange.tls?.chosenProtocol == "h2" ? $0 : nil }
            guard facts.isPasted("ver-h2-extended-connect") else { return nil }
            let works = facts.asked.contains { $0.exchange.isUpgraded }
            return Sign(
                h2 != nil && works ? .likely : .possible,
                "The message that the user saw is one of HTTP/2\(h2 == nil ? "" : ", the server chooses h2 by ALPN")\(works ? ", and over HTTP/1.1 the handshake gets 101" : "").",
                zh: "用户看到的是 HTTP/2 的错误\(h2 == nil ? "" : "，服务器通过 ALPN 选择 h2")\(works ? "，而通过 HTTP/1.1 握手得到 101" : "")。",
                [h2] + facts.asked.prefix(1).map { Optional($0) }
            )
        },
        Rule("ver-socketio-eio", .answer) { facts in
            let refused = facts.refusal.flatMap { $0.seen.exchange.isEngineIO ? $0.seen : nil }
            let opened = facts.allOpened.first(where: \.exchange.opensEngineIO)
            if facts.failing.contains(where: { !$0.seen.exchange.isUpgraded }), facts.otherPaths.isEmpty,
                let other = facts.all(.variation)
                    .first(where: { $0.variant?.contains("socket.io") == true && $0.exchange.opensEngineIO })
            {
                return Sign(
                    .certain,
                    "The path \(facts.address.path) does not open, and /socket.io/ on the same server does: it speaks Engine.IO (socket.io), which a plain WebSocket client cannot.",
                    zh:
                        "路径 \(facts.address.path) 无法打开，而同一服务器的 /socket.io/ 可以：它使用 Engine.IO（socket.io），普通 WebSocket 客户端无法与之通信。",
                    [facts.failing.first?.seen, other],
                    software: .socketIO
                )
            }
            guard let seen = refused ?? opened else { return nil }
            let words =
                refused == nil
                ? seen.exchange.conversation?.received.first?.payload.excerpt ?? "" : seen.exchange.excerpt
            return Sign(
                .certain,
                "The server speaks Engine.IO (socket.io): “\(words)”. A plain WebSocket client, or one of another major version, cannot talk to it.",
                zh: "服务器使用 Engine.IO（socket.io）：“\(words)”。普通 WebSocket 客户端或其他主版本的客户端无法与之通信。",
                [seen],
                software: .socketIO
            )
        },
    ]
}

extension Exchange {
    /// Whether the open connection begins as Engine.IO does.
    fileprivate var opensEngineIO: Bool {
        isUpgraded && conversation?.received.first?.payload.text.hasPrefix("0{\"sid\"") == true
    }
}
