// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

extension Rule {
    /// Names, addresses and TCP.
    static let reach: [Rule] = [
        Rule("net-dns", .name) { facts in
            let host = facts.address.host
            let ids = facts.evidence.filter { $0.probe == .name }.map(\.id)
            if let lookup = facts.name, lookup.addresses.isEmpty, let words = lookup.failure {
                return Sign(
                    .certain,
                    "The name \(host) has no address: \(words.en).",
                    zh: "域名 \(host) 解析不到地址：\(words.zh)。",
                    ids: ids
                )
            }
            guard let seen = facts.tcpFailure([.noAddress]) else { return nil }
            return Sign(
                .certain,
                "No address is known for the name \(host).",
                zh: "域名 \(host) 没有任何地址。",
                ids: ids + [seen.id]
            )
        },
        Rule("net-family-mismatch", .connection) { facts in
            let here = facts.main
            if let other = facts.all(.otherFamily).first(where: { $0.exchange.isUpgraded }), let here,
                here.exchange.failure(facts.expectation) != nil, !here.exchange.isUpgraded
            {
                let place = here.exchange.place
                return Sign(
                    .certain,
                    "\(place) \(here.exchange.brief.en), while \(other.exchange.place) answers 101: the server listens on one address family only (IPv4 or IPv6), and the URL leads to the other.",
                    zh:
                        "\(place) \(here.exchange.brief.zh)，而 \(other.exchange.place) 返回 101：服务器只监听一个地址族（IPv4 或 IPv6），而 URL 指向另一个。",
                    [here, other]
                )
            }
            guard let failed = facts.tcpFailure([.refused, .networkUnreachable, .hostUnreachable, .timedOut]),
                let good = (facts.all(.connect) + facts.all(.otherFamily))
                    .first(where: {
                        $0.exchange.tcp?.result == .connected && $0.exchange.place != failed.exchange.place
                    })
            else { return nil }
            return Sign(
                .likely,
                "\(failed.exchange.place) \(failed.exchange.brief.en), while \(good.exchange.place) accepts connections: the addresses (IPv4 and IPv6) of the host do not lead to the same server.",
                zh:
                    "\(failed.exchange.place) \(failed.exchange.brief.zh)，而 \(good.exchange.place) 接受连接：主机的各地址（IPv4 与 IPv6）并非通向同一服务器。",
                [failed, good]
            )
        },
        Rule("net-refused", .connection) { facts in
            guard let seen = facts.tcpFailure([.refused]) else { return nil }
            let who = seen.exchange.role
            let isElsewhere = facts.all(.otherFamily).contains { $0.exchange.isUpgraded }
            return Sign(
                isElsewhere ? .possible : .certain,
                "\(seen.exchange.place) refused the TCP connection after \(seen.exchange.tcp?.durationMS ?? 0) ms: \(who.en) is reached, and nothing listens on that port.",
                zh:
                    "\(seen.exchange.place) 在 \(seen.exchange.tcp?.durationMS ?? 0) ms 后拒绝了 TCP 连接：\(who.zh)可达，但该端口没有程序在监听。",
                [seen]
            )
        },
        Rule("net-unreachable", .connection) { facts in
            guard let seen = facts.tcpFailure([.networkUnreachable, .hostUnreachable]) else {
                guard let seen = facts.tcpFailure([.timedOut]), facts.livePort == nil else { return nil }
                return Sign(
                    .possible,
                    "\(seen.exchange.place) did not answer, and no other port of the host did: the host may be off or the way to it broken.",
                    zh: "\(seen.exchange.place) 没有回应，该主机的其他端口也没有：主机可能已关机或路由不通。",
                    [seen] + facts.all(.otherPort)
                )
            }
            let isSure = seen.exchange.tcp?.result == .networkUnreachable || facts.livePort == nil
            return Sign(
                isSure ? .certain : .possible,
                "There is no way to \(seen.exchange.place): \(seen.exchange.tcp?.detail ?? "unreachable").",
                zh: "无法到达 \(seen.exchange.place)：\(seen.exchange.tcp?.detail ?? "不可达")。",
                [seen] + facts.all(.otherPort)
            )
        },
        Rule("fw-rejected", .connection) { facts in
            guard let seen = facts.tcpFailure([.hostUnreachable]), let live = facts.livePort else { return nil }
            return Sign(
                .certain,
                "\(seen.exchange.place) was rejected at once (\(seen.exchange.tcp?.detail ?? "no route to host")), while port \(live.exchange.endpoint.port) of the same host can be reached: a firewall rejects this port.",
                zh:
                    "\(seen.exchange.place) 立即被拒（\(seen.exchange.tcp?.detail ?? "no route to host")），而同一主机的端口 \(live.exchange.endpoint.port) 可达：防火墙拒绝了该端口。",
                [seen, live]
            )
        },
        Rule("fw-filtered", .connection) { facts in
            guard let seen = facts.tcpFailure([.timedOut]) else { return nil }
            let live = facts.livePort
            let rest =
                live.map {
                    Text(
                        ", while port \($0.exchange.endpoint.port) of the same host \($0.exchange.brief.en)",
                        zh: "，而同一主机的端口 \($0.exchange.endpoint.port) \($0.exchange.brief.zh)"
                    )
                } ?? Text("", zh: "")
            return Sign(
                live == nil ? .likely : .certain,
                "\(seen.exchange.place) answered no SYN: the attempt timed out after \(seen.exchange.tcp?.durationMS ?? 0) ms\(rest.en). A firewall drops the packets, or the queue of the listener is full.",
                zh:
                    "\(seen.exchange.place) 对 SYN 没有回应：连接在 \(seen.exchange.tcp?.durationMS ?? 0) ms 后超时\(rest.zh)。防火墙丢弃了数据包，或监听队列已满。",
                [seen, live]
            )
        },
        Rule("net-reset-before-response", .connection) { facts in
            guard let seen = facts.tcpFailure([.reset]) else { return nil }
            return Sign(
                .likely,
                "\(seen.exchange.place) reset the connection while it was being opened.",
                zh: "\(seen.exchange.place) 在建立连接时发送了 RST。",
                [seen]
            )
        },
    ]
}

extension NameLookup {
    /// Why there is no address; nil when there is one or none was asked for.
    fileprivate var failure: Text? {
        let answers = [ipv4, ipv6]
        for case .failed(let words) in answers {
            return Text("the resolver failed (\(words))", zh: "解析器出错（\(words)）")
        }
        if answers.contains(.timedOut) { return Text("the resolver did not answer", zh: "解析器没有回应") }
        if answers.contains(.noSuchName) { return Text("there is no such name (NXDOMAIN)", zh: "域名不存在（NXDOMAIN）") }
        if answers.contains(.noAddress) { return Text("the name exists without an address", zh: "域名存在但没有地址记录") }
        return nil
    }
}

extension Facts {
    /// The attempt that ended in one of some ways, when TCP is what failed.
    func tcpFailure(_ results: Set<Exchange.TCPOutcome.Result>) -> Seen? {
        let tried = asked.filter { $0.exchange.tcp != nil }
        if !tried.isEmpty { return tried.first { results.contains($0.exchange.tcp?.result ?? .connected) } }
        let attempts = all(.connect)
        guard !attempts.contains(where: { $0.exchange.tcp?.result == .connected }) else { return nil }
        return attempts.first { $0.exchange.tcp.map { results.contains($0.result) } ?? false }
    }

    /// Another port of the host that answers or refuses.
    var livePort: Seen? {
        all(.otherPort).first { [.connected, .refused].contains($0.exchange.tcp?.result ?? .other) }
    }
}

extension Exchange {
    /// The address and port that were connected to.
    var place: String {
        if let proxy = endpoint.proxy { return proxy }
        let host = endpoint.address ?? endpoint.host
        return host.contains(":") ? "[\(host)]:\(endpoint.port)" : "\(host):\(endpoint.port)"
    }

    /// Who was connected to.
    var role: Text { endpoint.proxy == nil ? Text("the host", zh: "主机") : Text("the proxy's host", zh: "代理主机") }

    /// What it came to, in a few words that follow the place.
    var brief: Text {
        switch tcp?.result {
        case .refused: return Text("refuses the connection", zh: "拒绝连接")
        case .timedOut: return Text("does not answer", zh: "没有回应")
        case .reset: return Text("resets the connection", zh: "重置连接")
        case .networkUnreachable, .hostUnreachable: return Text("cannot be reached", zh: "不可达")
        case .noAddress: return Text("has no address", zh: "没有地址")
        case .connected, .other, nil: break
        }
        guard let status else {
            return response == nil && end == nil
                ? Text("accepts the connection", zh: "接受连接") : Text("gives no HTTP answer", zh: "没有 HTTP 应答")
        }
        return Text("answers \(status)", zh: "返回 \(status)")
    }
}
