// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyWebSocket

extension Rule {
    /// What a browser decides before the first packet, by the page and the address.
    static let pages: [Rule] = [
        Rule("org-mixed-content", .address) { facts in
            guard facts.concernsBrowsers else { return nil }
            let isCertain = PageRules(facts).isMixedContent(.chromium)
            // The origin tells the scheme of the page.
            let isLikely =
                facts.question.page == nil && facts.question.origin?.hasPrefix("https://") == true
                && facts.address.scheme == "ws" && !Hosts.isLoopback(facts.address.host)
            guard isCertain || isLikely else { return nil }
            let page = isCertain ? facts.question.page ?? "" : facts.question.origin ?? ""
            return Sign(
                isCertain ? .certain : .likely,
                "The page \(page) is loaded over https, and the socket's URL is ws:// to \(facts.address.host), which is not this machine: mixed content, which browsers block before any packet leaves.",
                zh:
                    "页面 \(page) 通过 https 加载，而 WebSocket 的 URL 是指向 \(facts.address.host)（非本机）的 ws://：混合内容（mixed content），浏览器在发出任何数据包之前就会阻止。",
                ids: facts.pageIDs
            )
        },
        Rule("org-csp", .address) { facts in
            guard facts.concernsBrowsers, let directive = PageRules(facts).blockingDirective else {
                return facts.page == nil
                    ? facts.pastedSign("org-csp", "a Content Security Policy of the page", "页面的内容安全策略（CSP）") : nil
            }
            return Sign(
                .certain,
                "The page's Content-Security-Policy says “\(directive)”, which does not allow \(facts.address.scheme)://\(facts.address.hostHeader).",
                zh:
                    "页面的 Content-Security-Policy 为“\(directive)”，不允许 \(facts.address.scheme)://\(facts.address.hostHeader)。",
                ids: facts.pageIDs
            )
        },
        Rule("org-unsafe-port", .address) { facts in
            guard facts.concernsBrowsers || facts.chosenClients.contains("node-undici"),
                BrowserPorts.areBlocked(facts.address.port),
                facts.address.isWebSocketScheme
            else { return nil }
            return Sign(
                .certain,
                "Port \(facts.address.port) is on the list of ports that browsers refuse (net::ERR_UNSAFE_PORT): no packet leaves.",
                zh: "端口 \(facts.address.port) 在浏览器禁用端口列表中（net::ERR_UNSAFE_PORT）：不会发出任何数据包。",
                ids: []
            )
        },
        Rule("org-local-network-access", .address) { facts in
            let isPasted = facts.isPasted("org-local-network-access")
            let isSeen = PageRules(facts).isLocalNetworkAccess
            guard isSeen || isPasted, facts.concernsBrowsers else { return nil }
            guard isSeen else {
                return facts.pastedSign(
                    "org-local-network-access",
                    "the browser's check of local network access",
                    "浏览器的本地网络访问检查"
                )
            }
            return Sign(
                isPasted ? .certain : .likely,
                "The page \(facts.question.page?.prefix(60) ?? "") is of the public Internet and \(facts.address.host) is of this machine or the local network: Chromium asks for permission to reach it (local network access).",
                zh:
                    "页面 \(facts.question.page?.prefix(60) ?? "") 属于公网，而 \(facts.address.host) 属于本机或局域网：Chromium 需要用户授权（本地网络访问）。",
                ids: facts.pageIDs
            )
        },
        Rule("org-hsts", .address) { facts in
            guard facts.address.scheme == "ws", facts.concernsBrowsers, !Hosts.isAddress(facts.address.host),
                !Hosts.isLoopback(facts.address.host),
                let secure = facts.all(.otherScheme).first, !secure.exchange.isUpgraded
            else { return facts.pastedSign("org-hsts", "an HSTS rule of the host", "主机的 HSTS 规则") }
            let page = facts.page.flatMap { page -> String? in
                guard let rule = page.headers.first("Strict-Transport-Security") else { return nil }
                let host = TargetAddress(page.url).host
                let isParent =
                    facts.address.host.hasSuffix("." + host)
                    && HeaderText.lowercased(rule).contains("includesubdomains")
                return host == facts.address.host || isParent ? rule : nil
            }
            guard let rule = page ?? secure.exchange.header("Strict-Transport-Security") else { return nil }
            return Sign(
                .likely,
                "The host has sent Strict-Transport-Security: \(rule), so browsers turn ws:// into wss://, and wss:// on this port does not work.",
                zh: "该主机发送过 Strict-Transport-Security: \(rule)，浏览器会把 ws:// 变为 wss://，而该端口的 wss:// 不可用。",
                ids: facts.pageIDs + [secure.id]
            )
        },
    ]
}

extension Facts {
    /// Evidence that holds the page.
    var pageIDs: [String] { evidence.filter { $0.probe == .page }.map(\.id) }

    /// A cause that the message the user saw points to, when there is nothing else to go by.
    func pastedSign(_ causeID: String, _ what: String, _ whatZH: String) -> Sign? {
        guard isPasted(causeID) else { return nil }
        return Sign(
            isPastedAlone(causeID) ? .likely : .possible,
            "The message that the user saw points to \(what).",
            zh: "用户看到的消息指向\(whatZH)。",
            ids: []
        )
    }
}
