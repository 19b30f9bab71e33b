// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

extension Rule {
    /// Connections on which no HTTP answer comes, or comes late.
    static let answerless: [Rule] = [
        Rule("net-wrong-service", .interception) { facts in
            if let found = facts.onTheWay.lazy.compactMap({ item in item.exchange.otherService.map { (item, $0) } })
                .first
            {
                let (seen, words) = found
                return Sign(
                    .certain,
                    "What answers at \(seen.exchange.place) is no HTTP server: “\(words)”.",
                    zh: "\(seen.exchange.place) 上应答的不是 HTTP 服务：“\(words)”。",
                    [seen]
                )
            }
            if let seen = facts.failedTLS, case .notTLS(let bytes) = seen.exchange.tls?.result,
                !bytes.text.hasPrefix("HTTP/"),
                !facts.all(.otherScheme).contains(where: { $0.exchange.status != nil })
            {
                return Sign(
                    .likely,
                    "The answer to the TLS hello is neither TLS nor HTTP; it begins with “\(bytes.excerpt)”.",
                    zh: "对 TLS ClientHello 的应答既不是 TLS 也不是 HTTP，开头是“\(bytes.excerpt)”。",
                    [seen]
                )
            }
            guard let item = facts.failing.first(where: { $0.failure == .notHTTP }),
                let response = item.seen.exchange.response, !response.body.isTLSAlert, !response.body.isHTTP2
            else { return nil }
            return Sign(
                .likely,
                "The answer is no HTTP; it begins with “\(response.body.excerpt)”.",
                zh: "应答不是 HTTP，开头是“\(response.body.excerpt)”。",
                [item.seen]
            )
        },
        Rule("net-closed-before-response", .answer) { facts in
            guard let item = facts.failing.first(where: { $0.failure == .closedBeforeAnswer }),
                !facts.speaksTLSInstead
            else { return nil }
            return Sign(
                facts.dependsOnVariation ? .possible : .certain,
                "The connection was accepted, the handshake was sent, and the peer closed it after \(item.seen.exchange.end?.atMS ?? 0) ms without a byte of answer.",
                zh: "连接已建立并发出握手，对端在 \(item.seen.exchange.end?.atMS ?? 0) ms 后未回一字节就关闭了连接。",
                [item.seen]
            )
        },
        Rule("net-reset-before-response", .answer) { facts in
            guard let item = facts.failing.first(where: { $0.failure == .resetBeforeAnswer }),
                !facts.speaksTLSInstead
            else { return nil }
            return Sign(
                facts.dependsOnVariation ? .possible : .certain,
                "The handshake was answered by a TCP reset (RST) after \(item.seen.exchange.end?.atMS ?? 0) ms.",
                zh: "握手发出 \(item.seen.exchange.end?.atMS ?? 0) ms 后收到 TCP 重置（RST）。",
                [item.seen]
            )
        },
        Rule("net-handshake-slow", .answer) { facts in
            if let item = facts.failing.first(where: { $0.failure == .noAnswer }) {
                guard !facts.speaksTLSInstead, facts.otherPaths.isEmpty else { return nil }
                let isAnsweredElsewhere = (facts.all(.inventedPath) + facts.all(.plainGet) + facts.all(.variation))
                    .contains { $0.exchange.response != nil }
                return Sign(
                    isAnsweredElsewhere ? .possible : .likely,
                    "TCP connects, and within \(seconds(item.seen.exchange.end?.atMS ?? 0)) s no byte of an answer to the handshake came: the server is slow (cold start, a blocked event loop) or hangs.",
                    zh:
                        "TCP 已连通，但 \(seconds(item.seen.exchange.end?.atMS ?? 0)) 秒内没有收到握手应答的任何字节：服务器过慢（冷启动、事件循环阻塞）或已挂起。",
                    [item.seen]
                )
            }
            let slow = facts.asked.first {
                $0.exchange.isUpgraded && ($0.exchange.response?.atMS ?? 0) > facts.patienceMS
            }
            guard let slow else { return nil }
            return Sign(
                .certain,
                "The 101 came \(seconds(slow.exchange.response?.atMS ?? 0)) s after the connection attempt began; the client's own timeout is \(seconds(facts.patienceMS)) s.",
                zh:
                    "101 在开始连接 \(seconds(slow.exchange.response?.atMS ?? 0)) 秒后才到；客户端自己的超时是 \(seconds(facts.patienceMS)) 秒。",
                [slow]
            )
        },
    ]
}

/// Milliseconds in seconds, with one digit behind the point.
func seconds(_ milliseconds: Int) -> String {
    let tenths = (milliseconds + 50) / 100
    return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
}

extension Facts {
    /// The port of a ws URL speaks TLS.
    var speaksTLSInstead: Bool {
        !address.isSecure && all(.otherScheme).contains { $0.exchange.tls?.version != nil || $0.exchange.isUpgraded }
    }

    /// The reference handshake does better than the one that fails.
    var dependsOnVariation: Bool {
        guard let reference = seen(.reference) else { return false }
        return reference.exchange.isUpgraded || dependsOnRequest || !otherPaths.isEmpty
    }

    /// How long the least patient of the clients in question waits for a 101, in ms (measured).
    var patienceMS: Int {
        (ClientProfile.selected(question).compactMap(\.handshakeLimit).min() ?? .max / 1000) * 1000
    }
}

extension Bytes {
    /// A TLS record of type alert, as TLS servers answer plain text.
    var isTLSAlert: Bool { text.hasPrefix("\\x15\\x03") }

    /// A first frame of HTTP/2: SETTINGS of stream 0, with less than 256 bytes.
    var isHTTP2: Bool {
        guard text.hasPrefix("\\x00\\x00") else { return false }
        let length = text.dropFirst(8)
        return length.dropFirst(length.hasPrefix("\\x") ? 4 : 1).hasPrefix("\\x04\\x00\\x00\\x00\\x00\\x00")
    }

    /// Whether it begins as some service does that is no HTTP server, and the words that say so.
    fileprivate var otherService: String? {
        let beginnings = [
            "SSH-", "220 ", "220-", "+OK", "* OK", "-ERR", "-NOAUTH", "-DENIED", "+PONG", "RFB ", "AMQP", "RTSP/",
            "SIP/",
            "ICY ", "HELO", "@RSYNCD", "NATS", "INFO {", "ERROR ", "\\xff\\xfb", "\\xff\\xfd",
        ]
        if beginnings.contains(where: { text.hasPrefix($0) }) { return excerpt }
        let marks = ["mysql_native_password", "caching_sha2_password", "MariaDB", "OpenSSH", "ESMTP"]
        return marks.contains { text.contains($0) } ? excerpt : nil
    }
}

extension Exchange {
    /// What another service said on this connection.
    fileprivate var otherService: String? {
        if let greeting, !greeting.isEmpty { return greeting.otherService ?? greeting.excerpt }
        if case .notTLS(let bytes) = tls?.result, let words = bytes.otherService { return words }
        if let response, response.version == nil { return response.body.otherService }
        // AirPlay takes ports 5000 and 7000 of a Mac.
        return header("Server", has: "airtunes") ? header("Server") : nil
    }
}
