// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyWebSocket

extension Rule {
    /// The server program's behaviour on the open connection.
    static let sessions: [Rule] = [
        Rule("code-close-1011", .session) { facts in
            guard let item = facts.failing.first(where: { $0.seen.exchange.conversation?.close?.code == 1011 }),
                let close = item.seen.exchange.conversation?.close, !close.saysKeepAlive
            else { return nil }
            return Sign(
                .certain,
                "The server accepted the connection and closed it with 1011 (internal error) “\(close.reason)” after \(close.atMS) ms\(item.seen.exchange.conversation?.firstEvent == nil ? ", before any message" : ""): its handler raised an exception.",
                zh:
                    "服务器接受连接后在 \(close.atMS) ms 以 1011（内部错误）“\(close.reason)”关闭\(item.seen.exchange.conversation?.firstEvent == nil ? "，未发送任何消息" : "")：其处理函数抛出了异常。",
                [item.seen]
            )
        },
        Rule("code-abrupt-close", .session) { facts in
            for item in facts.failing {
                let exchange = item.seen.exchange
                switch item.failure {
                case .cut:
                    let direct = facts.betterDirect
                    let isReset = exchange.end?.kind == .reset
                    return Sign(
                        direct == nil && !facts.isCompressionAtFault(item.seen) ? .certain : .possible,
                        "After the 101 the connection was ended (\(isReset ? "RST" : "FIN")) at \(exchange.end?.atMS ?? 0) ms without a Close frame: clients report 1006.",
                        zh:
                            "101 之后连接在 \(exchange.end?.atMS ?? 0) ms 被结束（\(isReset ? "RST" : "FIN")），没有 Close 帧：客户端报告 1006。",
                        [item.seen, direct]
                    )
                case .closed(let code) where code == nil || [1000, 1001, 1005].contains(code ?? 0):
                    return Sign(
                        .likely,
                        "The server closed with \(code.map(String.init) ?? "no code") right after the 101, before it did what was expected: its handler ended.",
                        zh: "服务器在 101 之后立即以 \(code.map(String.init) ?? "无代码") 关闭，没有完成预期的动作：其处理函数已结束。",
                        [item.seen]
                    )
                case .closed(let code)
                where ![1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013].contains(code ?? 0) && (code ?? 0) < 3000:
                    return Sign(
                        .possible,
                        "The server closed with \(code ?? 0).",
                        zh: "服务器以 \(code ?? 0) 关闭连接。",
                        [item.seen]
                    )
                default: continue
                }
            }
            return nil
        },
        Rule("code-silence", .session) { facts in
            // One that was closed did not keep quiet.
            guard
                !facts.failing.contains(where: { item in
                    if case .closed = item.failure { true } else { false }
                })
            else { return nil }
            for item in facts.failing {
                guard [.noEvent, .noEcho].contains(item.failure), let conversation = item.seen.exchange.conversation,
                    !facts.isCompressionAtFault(item.seen)
                else { continue }
                let message = conversation.received.first { $0.opcode == 1 || $0.opcode == 2 }
                if message?.payload.text.hasPrefix("0{") == true
                    || message?.opcode == 2 && message?.payload.text.hasPrefix("{") == true
                {
                    continue
                }
                let ping =
                    switch conversation.pingAnswered {
                    case true?:
                        Text(
                            "a Ping is answered, so the session code waits or never runs",
                            zh: "Ping 有回应，说明会话代码在等待或没有运行"
                        )
                    case false?:
                        Text("a Ping stays unanswered too, so the process is blocked", zh: "Ping 也没有回应，说明进程被阻塞")
                    case nil: Text("no Ping was tried", zh: "没有尝试 Ping")
                    }
                let what =
                    item.failure == .noEvent
                    ? Text("no event (session.created) came", zh: "没有事件（session.created）到达")
                    : Text("the text that was sent did not come back", zh: "发送的文本没有返回")
                if let message {
                    return Sign(
                        .likely,
                        "The connection opens, and \(what.en): the first message was “\(message.payload.excerpt)”.",
                        zh: "连接已打开，但\(what.zh)：收到的第一条消息是“\(message.payload.excerpt)”。",
                        [item.seen]
                    )
                }
                let isBuffered = facts.betterDirect != nil
                return Sign(
                    isBuffered ? .possible : conversation.pingAnswered == nil ? .likely : .certain,
                    "The 101 is correct, then silence: \(what.en); \(ping.en).",
                    zh: "101 正确，之后是沉默：\(what.zh)；\(ping.zh)。",
                    [item.seen]
                )
            }
            return nil
        },
        Rule("code-no-pong", .session) { facts in
            let silent = facts.allOpened.filter { $0.exchange.conversation?.pingAnswered == false }
            guard let seen = silent.first,
                !facts.allOpened.contains(where: { $0.exchange.conversation?.pingAnswered == true }),
                ![.noEvent, .noEcho].contains(seen.exchange.failure(facts.expectation))
            else { return nil }
            return Sign(
                .likely,
                "The connection works and a Ping gets no Pong: Python clients give up after 20 s and 20 s more (keepalive ping timeout).",
                zh: "连接可用，但 Ping 得不到 Pong：Python 客户端会在 20 秒再加 20 秒后放弃（keepalive ping timeout）。",
                [seen]
            )
        },
    ]
}

extension Conversation.Close {
    /// The words of a server whose Pings got no Pong.
    var saysKeepAlive: Bool {
        let words = HeaderText.lowercased(reason)
        return words.contains("ping timeout") || words.contains("keepalive") || words.contains("heartbeat")
    }
}
