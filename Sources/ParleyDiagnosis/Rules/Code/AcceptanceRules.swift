// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyWebSocket

extension Rule {
    /// A 101 that is not as RFC 6455 wants it.
    static let acceptance: [Rule] = [
        Rule("ver-hixie", .acceptance) { facts in
            let old = facts.allOpened.first {
                $0.exchange.header("Sec-WebSocket-Origin") != nil || $0.exchange.header("WebSocket-Origin") != nil
            }
            let refused = facts.refusal.flatMap { item in
                item.seen.exchange.bodyHas("sec-websocket-key1", "key1", "hixie", "draft-76", "draft 76")
                    ? item.seen : nil
            }
            guard let seen = old ?? refused else { return nil }
            return Sign(
                .certain,
                old == nil
                    ? "The refusal “\(seen.exchange.excerpt)” asks for Sec-WebSocket-Key1: the server speaks the draft of 2010 (Hixie 76)."
                    : "The 101 carries \(seen.exchange.header("Sec-WebSocket-Origin") != nil ? "Sec-WebSocket-Origin" : "WebSocket-Origin"): the server speaks a draft of 2010 (Hixie), not RFC 6455.",
                zh: old == nil
                    ? "拒绝应答“\(seen.exchange.excerpt)”要求 Sec-WebSocket-Key1：服务器使用 2010 年的草案（Hixie 76）。"
                    : "101 带有 \(seen.exchange.header("Sec-WebSocket-Origin") != nil ? "Sec-WebSocket-Origin" : "WebSocket-Origin")：服务器使用 2010 年的草案（Hixie），而非 RFC 6455。",
                [seen]
            )
        },
        Rule("ver-http-version", .acceptance) { facts in
            guard let seen = facts.answer(with: [.http10]) else { return nil }
            return Sign(
                .certain,
                "The answer is HTTP/\(seen.exchange.response?.version ?? "1.0") 101; an upgrade needs HTTP/1.1, and Firefox and Python refuse it.",
                zh: "应答是 HTTP/\(seen.exchange.response?.version ?? "1.0") 101；升级需要 HTTP/1.1，Firefox 与 Python 会拒绝。",
                [seen]
            )
        },
        Rule("code-bare-lf", .acceptance) { facts in
            guard
                let seen = facts.asked.first(where: {
                    $0.exchange.response?.hasBareLF == true && $0.exchange.isUpgraded
                })
            else { return nil }
            return Sign(
                .certain,
                "Lines of the answer end in LF without CR; Node and Python refuse that, browsers do not.",
                zh: "应答的行以 LF 结尾，没有 CR；Node 与 Python 会拒绝，浏览器则接受。",
                [seen]
            )
        },
        Rule("code-missing-upgrade", .acceptance) { facts in
            guard let seen = facts.answer(with: [.missingUpgrade, .otherUpgrade]), facts.openedDirect == nil else {
                return nil
            }
            let value = seen.exchange.header("Upgrade")
            return Sign(
                .certain,
                "The 101 has \(value.map { "Upgrade: \($0) where websocket belongs" } ?? "no Upgrade field").",
                zh: "101 \(value.map { "的 Upgrade 为 \($0)，应为 websocket" } ?? "没有 Upgrade 字段")。",
                [seen]
            )
        },
        Rule("code-missing-connection", .acceptance) { facts in
            guard let seen = facts.answer(with: [.missingConnection, .otherConnection]), facts.openedDirect == nil
            else { return nil }
            let value = seen.exchange.header("Connection")
            let accept =
                AnswerDefect.find(in: seen.exchange).contains(.wrongAccept) ? "" : " The accept value is right."
            return Sign(
                .certain,
                "The 101 has \(value.map { "Connection: \($0) where Upgrade belongs" } ?? "no Connection field: it is missing").\(accept)",
                zh: "101 \(value.map { "的 Connection 为 \($0)，应为 Upgrade" } ?? "没有 Connection 字段")。",
                [seen]
            )
        },
        Rule("code-bad-accept", .acceptance) { facts in
            guard let seen = facts.answer(with: [.missingAccept, .wrongAccept, .repeatedAccept, .acceptCase]) else {
                return nil
            }
            let value = seen.exchange.header("Sec-WebSocket-Accept").map(HeaderText.trimmed) ?? ""
            if value.isEmpty {
                guard seen.exchange.header("Sec-WebSocket-Origin") == nil else { return nil }
                return Sign(
                    .certain,
                    "The 101 has no Sec-WebSocket-Accept: it is missing.",
                    zh: "101 没有 Sec-WebSocket-Accept。",
                    [seen]
                )
            }
            let key = seen.exchange.request?.headers.first("Sec-WebSocket-Key").map(HeaderText.trimmed) ?? ""
            let expected = AcceptKey.value(for: key)
            let second = facts.seen(.secondKey)
                .flatMap { other in
                    other.exchange.header("Sec-WebSocket-Accept").map(HeaderText.trimmed) == value
                        && other.id != seen.id
                        && other.exchange.request?.headers.first("Sec-WebSocket-Key")
                            != seen.exchange.request?.headers.first("Sec-WebSocket-Key")
                        ? other : nil
                }
            let why: Text
            if second != nil {
                why = Text(
                    "the same value answers every key: it is hard-wired, or a cache replays an old answer",
                    zh: "不同的 key 得到相同的值：该值是写死的，或被缓存重放"
                )
            } else if value.utf8.count == 56 {
                why = Text(
                    "it is 56 characters long, the base64 of the SHA-1 digest in hexadecimal instead of its 20 bytes",
                    zh: "它有 56 个字符，是十六进制 SHA-1 摘要的 base64，而不是 20 个原始字节的 base64"
                )
            } else if value.utf8.count == 40 {
                why = Text("it is the hexadecimal SHA-1 digest without base64", zh: "它是未经 base64 的十六进制 SHA-1 摘要")
            } else if value == key {
                why = Text("it is the key sent back", zh: "它只是原样返回的 key")
            } else if HeaderText.matches(value, expected) {
                why = Text("only its letters are in another case", zh: "只是大小写不同")
            } else {
                why = Text(
                    "it fits another key: the GUID or the key that was hashed is not right",
                    zh: "它对应另一个 key：参与散列的 GUID 或 key 有误"
                )
            }
            return Sign(
                .certain,
                "Sec-WebSocket-Accept is “\(value)” and should be “\(expected)”: a wrong value; \(why.en).",
                zh: "Sec-WebSocket-Accept 为“\(value)”，应为“\(expected)”：\(why.zh)。",
                [seen, second]
            )
        },
        Rule("code-101-with-body", .acceptance) { facts in
            guard let seen = facts.answer(with: [.bodyAnnounced, .textForFrames]),
                !AnswerDefect.find(in: seen.exchange).contains(.chunked),
                // The drafts of 2010 sign the handshake with 16 bytes behind the head.
                seen.exchange.header("Sec-WebSocket-Origin") == nil, seen.exchange.header("WebSocket-Origin") == nil
            else { return nil }
            let length = seen.exchange.header("Content-Length")
            let text = seen.exchange.conversation?.unreadable?.excerpt ?? ""
            return Sign(
                .certain,
                "The 101 \(length.map { "announces a body (Content-Length: \($0))" } ?? "is followed by")\(text.isEmpty ? "" : " readable text, “\(text)”,") where frames belong.",
                zh:
                    "101 \(length.map { "声明了正文（Content-Length: \($0)）" } ?? "之后是")\(text.isEmpty ? "" : "可读文本“\(text)”")，而此处应为帧。",
                [seen]
            )
        },
        Rule("code-101-chunked", .acceptance) { facts in
            guard let seen = facts.answer(with: [.chunked]) else { return nil }
            let text = seen.exchange.conversation?.unreadable?.excerpt ?? ""
            return Sign(
                .certain,
                "The 101 carries Transfer-Encoding: chunked\(text.isEmpty ? "" : ", and “\(text)” stands where frames belong").",
                zh: "101 带有 Transfer-Encoding: chunked\(text.isEmpty ? "" : "，本应是帧的位置出现“\(text)”")。",
                [seen]
            )
        },
        Rule("code-header-case", .answer) { facts in
            guard facts.failing.contains(where: { !$0.seen.exchange.isUpgraded }),
                let broken = facts.broken(by: .lowerCaseNames)
            else { return nil }
            return Sign(
                .certain,
                "With the field names in lower case, and nothing else changed, the 101 becomes \(broken.exchange.status.map(String.init) ?? "no answer"): the server compares names with regard to case.",
                zh: "只把字段名改为小写，101 就变为 \(broken.exchange.status.map(String.init) ?? "无应答")：服务器比较字段名时区分大小写。",
                [facts.seen(.reference), broken]
            )
        },
        Rule("code-connection-exact-match", .answer) { facts in
            let broken = facts.broken(by: .lowerCaseConnection) ?? facts.broken(by: .connectionList)
            if facts.failing.contains(where: { !$0.seen.exchange.isUpgraded }), let broken {
                return Sign(
                    .certain,
                    "With Connection: \(broken.exchange.request?.headers.first("Connection") ?? "upgrade") in place of Upgrade the 101 becomes \(broken.exchange.status.map(String.init) ?? "no answer"): the server compares the field as a whole and with regard to case, though it is a list of tokens in any case.",
                    zh:
                        "把 Connection 由 Upgrade 改为 \(broken.exchange.request?.headers.first("Connection") ?? "upgrade") 后，101 变为 \(broken.exchange.status.map(String.init) ?? "无应答")：服务器按整体且区分大小写比较该字段，而它应是不区分大小写的列表。",
                    [facts.seen(.reference), broken]
                )
            }
            guard facts.results.contains(where: { $0.connects == false }),
                let seen = facts.answer(with: [.connectionList]),
                seen.exchange.failure(facts.expectation) == nil
            else { return nil }
            return Sign(
                .likely,
                "The 101 says Connection: \(seen.exchange.header("Connection") ?? ""); that is lawful, and some clients compare the whole field with “Upgrade” and refuse it.",
                zh:
                    "101 的 Connection 为 \(seen.exchange.header("Connection") ?? "")；这符合规范，但有些客户端要求整个字段恰为“Upgrade”，因而拒绝。",
                [seen]
            )
        },
    ]
}
