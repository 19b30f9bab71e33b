// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyWebSocket

extension Rule {
    /// Who may come in.
    static let access: [Rule] = [
        Rule("srv-auth-required", .answer) { facts in
            guard let refusal = facts.refusal else { return nil }
            let exchange = refusal.seen.exchange
            // Who lets in without credentials does not ask for them, whatever the words of the refusal.
            guard facts.broken(by: .origin) == nil, facts.cured(by: .sameOrigin) == nil,
                facts.cured(by: .browserAgent) == nil
            else {
                return nil
            }
            if let target = exchange.redirectTarget, target.path.namesLogin, target.host == facts.address.host {
                return Sign(
                    .likely,
                    "The handshake was redirected (\(refusal.status)) to the log-in page \(exchange.header("Location") ?? ""): the server wants a session.",
                    zh: "握手被重定向（\(refusal.status)）到登录页 \(exchange.header("Location") ?? "")：服务器需要已登录的会话。",
                    [refusal.seen]
                )
            }
            let challenge = exchange.header("WWW-Authenticate")
            let says = facts.saysToken(exchange)
            let has = exchange.request?.carriesCredential == true
            if refusal.status == 403, !says, challenge == nil, !facts.dependsOnRequest, facts.openedDirect == nil,
                !exchange.isBareRefusal, exchange.filterWords == nil, !exchange.namesHost, !exchange.bodyHas("origin")
            {
                return Sign(
                    .possible,
                    "The answer is 403 “\(exchange.excerpt)” whatever Origin, Host and User-Agent are sent: the server may want credentials.",
                    zh: "无论发送什么 Origin、Host 与 User-Agent 都返回 403“\(exchange.excerpt)”：服务器可能需要凭据。",
                    [refusal.seen]
                )
            }
            guard
                refusal.status == 401 || (refusal.status == 403 && (says || challenge != nil))
                    || (refusal.status == 400 && says)
            else { return nil }
            let other = facts.seen(.withoutAuthorization) ?? facts.isAnsweredAnywhere(refusal.seen)
            return Sign(
                challenge != nil || says || refusal.seen.exchange.request?.headers.first("Origin") == nil
                    ? .certain : .likely,
                "The answer is \(refusal.status)\(challenge.map { " with WWW-Authenticate: \($0)" } ?? "")\(exchange.excerpt.isEmpty ? "" : " “\(exchange.excerpt)”"): \(has ? "the credentials (API key, token) that were sent are not accepted" : "the server wants credentials (API key, token) and none were sent").",
                zh:
                    "返回 \(refusal.status)\(challenge.map { "，WWW-Authenticate: \($0)" } ?? "")\(exchange.excerpt.isEmpty ? "" : "“\(exchange.excerpt)”")：\(has ? "所发送的凭据（API 密钥、令牌）未被接受" : "服务器需要凭据（API 密钥、令牌），但请求没有携带")。",
                [refusal.seen, other]
            )
        },
        Rule("srv-auth-in-band", .session) { facts in
            for item in facts.failing where item.seen.exchange.isUpgraded {
                guard let conversation = item.seen.exchange.conversation else { continue }
                let event = conversation.firstEvent
                let close = conversation.close
                let words = "\(event?.errorCode ?? "") \(event?.errorMessage ?? "") \(close?.reason ?? "")"
                let says = words.namesCredential
                guard says || [3000, 4001, 4003, 4401, 4403, 1008].contains(close?.code ?? 0),
                    event?.type == "error" || close != nil, !words.lowercased().contains("beta")
                else { continue }
                // Close 1008 is for every policy, and the codes from 4000 on are each application's own.
                let isClear = says || close?.code == 3000
                if !isClear, facts.seen(.reference)?.exchange.failure(facts.expectation) == nil,
                    item.seen.exchange.request?.headers.first("Origin") != nil
                {
                    continue
                }
                return Sign(
                    isClear ? .certain : .likely,
                    "After the 101 the server says \(event?.errorCode.map { "error “\($0)” " } ?? "")\(event?.errorMessage.map { "(“\($0)”) " } ?? "")\(close.map { "and closes with \($0.code ?? 1005) “\($0.reason)”" } ?? ""): it does not accept the credentials.",
                    zh:
                        "101 之后服务器返回\(event?.errorCode.map { "错误“\($0)”" } ?? "")\(event?.errorMessage.map { "（“\($0)”）" } ?? "")\(close.map { "，并以 \($0.code ?? 1005)“\($0.reason)”关闭" } ?? "")：凭据未被接受。",
                    [item.seen]
                )
            }
            return nil
        },
    ]
}

extension Facts {
    /// Whether an answer speaks of credentials.
    fileprivate func saysToken(_ exchange: Exchange) -> Bool { exchange.bodyText.namesCredential }
}

extension String {
    /// Whether a text speaks of keys, tokens or logging in.
    var namesCredential: Bool {
        let lower = HeaderText.lowercased(self)
        return [
            "api key", "api_key", "apikey", "api-key", "token", "unauthorized", "unauthorised", "authentication",
            "authorization",
            "not authenticated", "credential", "login required", "invalid_auth", "permission denied",
            "access denied due to invalid subscription",
        ]
        .contains { lower.contains($0) } && !lower.contains("unexpected token") && !lower.contains("origin")
    }
}

extension Exchange.Request {
    /// Whether it holds something to prove who asks.
    var carriesCredential: Bool {
        headers.contains {
            ["authorization", "api-key", "x-api-key", "cookie"].contains(HeaderText.lowercased($0.name))
        }
            || subprotocols.contains { $0.contains("api-key") || $0.contains("bearer") || $0.contains("token") }
            || ["api-key=", "api_key=", "key=", "token=", "authorization="]
                .contains { HeaderText.lowercased(target).contains($0) }
    }
}
