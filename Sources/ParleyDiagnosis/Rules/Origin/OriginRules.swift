// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyWebSocket

extension Rule {
    /// Checks of `Origin` by the server, told apart by handshakes that differ in it alone.
    static let origins: [Rule] = [
        Rule("org-rejected", .answer) { facts in
            guard let refused = facts.refusedOrigin, facts.origin != "null" else { return nil }
            let origin = facts.origin ?? refused.exchange.request?.headers.first("Origin") ?? ""
            let allowed =
                facts.cured(by: .sameOrigin) ?? facts.seen(.sameOrigin).flatMap { $0.exchange.isUpgraded ? $0 : nil }
            let isPlainFine = facts.seen(.reference)?.exchange.isUpgraded == true
            let other = facts.seen(.siblingOrigin).map(\.exchange.isUpgraded) == true || facts.isOwnOrigin
            return Sign(
                other ? .possible : isPlainFine || allowed != nil ? .certain : .likely,
                "With Origin: \(origin) the handshake is \(refused.exchange.refusalWords)\(isPlainFine ? "; without an Origin it gets 101" : "")\(allowed == nil ? "" : "; with the server's own origin it gets 101"): the server's origin check rejects this page.",
                zh:
                    "带 Origin: \(origin) 时握手\(refused.exchange.refusalWordsZH)\(isPlainFine ? "；不带 Origin 则得到 101" : "")\(allowed == nil ? "" : "；使用服务器自身的 origin 则得到 101")：服务器的 Origin 检查拒绝了该页面。",
                [refused, facts.seen(.reference), allowed]
            )
        },
        Rule("org-mismatch", .answer) { facts in
            guard let refused = facts.refusedOrigin, let origin = facts.origin else { return nil }
            if let sibling = facts.seen(.siblingOrigin), sibling.exchange.isUpgraded {
                return Sign(
                    .certain,
                    "Origin \(origin) is \(refused.exchange.refusalWords), and \(sibling.exchange.request?.headers.first("Origin") ?? "the other spelling of the same host") is accepted: the allow-list knows the page under another spelling.",
                    zh:
                        "Origin \(origin) \(refused.exchange.refusalWordsZH)，而 \(sibling.exchange.request?.headers.first("Origin") ?? "同一主机的另一种写法") 被接受：允许列表中是该页面的另一种写法。",
                    [refused, sibling]
                )
            }
            guard let allowed = refused.exchange.header("Access-Control-Allow-Origin"), allowed != "*",
                allowed != origin, allowed != "null"
            else { return nil }
            return Sign(
                .possible,
                "The refusal names \(allowed) as the allowed origin; the page's is \(origin).",
                zh: "拒绝应答中允许的来源是 \(allowed)；而页面的来源是 \(origin)。",
                [refused]
            )
        },
        Rule("org-rewritten-host", .answer) { facts in
            guard let refused = facts.refusedOrigin, facts.isOwnOrigin else { return nil }
            return Sign(
                .likely,
                "Origin \(facts.origin ?? "") is the very host that was asked, and it is \(refused.exchange.refusalWords): a proxy in front rewrites Host (changeOrigin), so that the server takes its own origin for a foreign one.",
                zh:
                    "Origin \(facts.origin ?? "") 正是所请求的主机，却\(refused.exchange.refusalWordsZH)：前面的代理改写了 Host（changeOrigin），服务器把自己的来源当成了外来来源。",
                [refused, facts.seen(.reference)],
                software: facts.proxy
            )
        },
        Rule("org-null", .answer) { facts in
            guard facts.origin == "null" else { return nil }
            let refused = facts.broken(by: .nullOrigin) ?? facts.refusedOrigin
            guard let refused else { return nil }
            return Sign(
                .certain,
                "With Origin: null (a page from file:, data: or a sandboxed frame) the handshake is \(refused.exchange.refusalWords), without it it gets 101.",
                zh: "带 Origin: null（来自 file:、data: 或沙箱框架的页面）时握手\(refused.exchange.refusalWordsZH)，不带则得到 101。",
                [refused, facts.seen(.reference)]
            )
        },
        Rule("org-required", .answer) { facts in
            let failed = facts.failing.first {
                !$0.seen.exchange.isUpgraded && $0.seen.exchange.request?.headers.first("Origin") == nil
            }
            guard let failed else { return nil }
            let cured = facts.cured(by: .sameOrigin) ?? facts.cured(by: .origin) ?? facts.cured(by: .foreignOrigin)
            if let cured {
                return Sign(
                    .certain,
                    "Without an Origin the handshake is \(failed.seen.exchange.refusalWords), with Origin: \(cured.exchange.request?.headers.first("Origin") ?? "") it gets 101: the server requires an Origin, which clients outside browsers do not send.",
                    zh:
                        "不带 Origin 时握手\(failed.seen.exchange.refusalWordsZH)，带 Origin: \(cured.exchange.request?.headers.first("Origin") ?? "") 则得到 101：服务器要求 Origin，而浏览器以外的客户端不发送它。",
                    [failed.seen, cured]
                )
            }
            guard
                failed.seen.exchange.bodyHas(
                    "missing origin",
                    "origin header required",
                    "origin required",
                    "origin header is required",
                    "no origin"
                )
            else { return nil }
            return Sign(
                .likely,
                "The refusal says “\(failed.seen.exchange.excerpt)”: an Origin is required, and none was sent.",
                zh: "拒绝的原因是“\(failed.seen.exchange.excerpt)”：服务器要求 Origin，而请求没有发送。",
                [failed.seen]
            )
        },
        Rule("org-cookie", .answer) { facts in
            let names = Set(facts.question.headers.map { HeaderText.lowercased($0.name) })
            if names == ["cookie"], facts.concernsBrowsers, let cured = facts.cured(by: .headers),
                let page = facts.pageAddress, page.host != facts.address.host
            {
                return Sign(
                    .likely,
                    "With the Cookie the handshake gets 101, without it \(facts.seen(.reference)?.exchange.status ?? 0); the page is on another site (\(page.host)), where browsers leave cookies out unless they are SameSite=None; Secure.",
                    zh:
                        "带 Cookie 时握手得到 101，不带则为 \(facts.seen(.reference)?.exchange.status ?? 0)；页面在另一站点（\(page.host)），除非 Cookie 为 SameSite=None; Secure，浏览器不会发送。",
                    [facts.seen(.reference), cured]
                )
            }
            for (id, record) in facts.clients {
                guard let request = record.request, request.headers.first("Origin") != nil,
                    request.headers.first("Cookie") == nil,
                    !request.carriesCredential,
                    [401, 403].contains(record.response?.status ?? 0) || record.conversation?.close?.code == 1008
                else { continue }
                return Sign(
                    .possible,
                    "The browser sent no cookie and was refused (\(record.response.map { "\($0.status)" } ?? "")): a session cookie may have been held back by SameSite or third-party rules.",
                    zh:
                        "浏览器没有发送 Cookie 并被拒绝（\(record.response.map { "\($0.status)" } ?? "")）：会话 Cookie 可能因 SameSite 或第三方 Cookie 规则未被发送。",
                    ids: [id]
                )
            }
            guard facts.isPasted("org-cookie") else { return nil }
            return Sign(
                .possible,
                "The message that the user saw fits a missing session cookie.",
                zh: "用户看到的消息符合缺少会话 Cookie 的情形。",
                []
            )
        },
    ]
}

extension Facts {
    /// The handshake that was refused for its Origin alone, while the same without it is accepted.
    var refusedOrigin: Seen? {
        if let broken = broken(by: .origin) { return broken }
        if origin == "null", let broken = broken(by: .nullOrigin) { return broken }
        guard let reference = seen(.reference) else { return nil }
        let item = failing.first { item in
            guard item.seen.exchange.request?.headers.first("Origin") != nil, item.seen.id != reference.id else {
                return false
            }
            if item.seen.exchange.conversation?.saysOrigin == true { return true }
            guard !item.seen.exchange.isUpgraded else { return false }
            // A server that refuses a missing Origin as well accepts its own.
            if cured(by: .sameOrigin) != nil { return true }
            return item.seen.exchange.bodyHas("origin") || (reference.exchange.isUpgraded && isOriginAlone(item.seen))
        }
        if let item { return item.seen }
        // Accepted, and then closed for its Origin.
        guard reference.exchange.failure(expectation) == nil, reference.exchange.isUpgraded,
            let changed = seen(.origin), changed.exchange.isUpgraded,
            [1008, 4003, 4403].contains(changed.exchange.conversation?.close?.code ?? 0)
        else { return nil }
        return changed
    }

    /// Whether nothing else was found that turns the reference handshake's 101 into a refusal.
    private func isOriginAlone(_ refused: Seen) -> Bool {
        guard [401, 403].contains(refused.exchange.status ?? 0) else { return false }
        return seen(.origin).map { !$0.exchange.isUpgraded }
            ?? ([.subprotocols, .headers, .compression, .browserAgent, .betaHeader].allSatisfy { broken(by: $0) == nil }
                && broken(by: .foreignOrigin) != nil)
    }

    /// Whether the page's origin is the host that the socket goes to.
    var isOwnOrigin: Bool {
        guard let origin, origin != "null" else { return false }
        let page = TargetAddress(origin)
        return !page.host.isEmpty && page.host == address.host && page.port == address.port
    }
}

extension Conversation {
    /// Whether the server closed it for its Origin.
    fileprivate var saysOrigin: Bool {
        HeaderText.lowercased("\(close?.reason ?? "") \(firstEvent?.errorMessage ?? "")").contains("origin")
    }
}

extension Exchange {
    /// How the handshake was refused, as in `refused with 403`.
    var refusalWords: String {
        if let close = conversation?.close { return "closed with \(close.code.map(String.init) ?? "no code")" }
        let words = excerpt
        return status.map { "refused with \($0)\(words.isEmpty ? "" : " “\(words)”")" } ?? "not answered"
    }

    var refusalWordsZH: String {
        if let close = conversation?.close { return "被以 \(close.code.map(String.init) ?? "无代码") 关闭" }
        let words = excerpt
        return status.map { "被拒绝（\($0)\(words.isEmpty ? "" : "“\(words)”")）" } ?? "没有应答"
    }
}
