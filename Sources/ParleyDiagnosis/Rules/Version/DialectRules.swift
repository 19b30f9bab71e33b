// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyWebSocket

extension Rule {
    /// The dialects of the Realtime protocol.
    static let dialects: [Rule] = [
        Rule("ver-realtime-beta-rejected", .session) { facts in
            let item = facts.failing.first { item in
                let exchange = item.seen.exchange
                return exchange.isUpgraded && exchange.request?.asksForBeta == true
                    && exchange.conversation?.saysError == true
            }
            guard let item else { return nil }
            let words = item.seen.exchange.conversation?.errorWords ?? ""
            let says = words.contains("beta_api_shape_disabled") || words.contains("beta api is no longer")
            let plain = facts.seen(.reference)
                .flatMap { $0.exchange.conversation?.firstEvent?.type == "session.created" ? $0 : nil }
            let beta = facts.seen(.betaHeader).flatMap { $0.exchange.conversation?.saysError == true ? $0 : nil }
            guard says || (plain != nil && (beta != nil || words.contains("beta"))) else { return nil }
            return Sign(
                .certain,
                "The client asks for the beta dialect (OpenAI-Beta: realtime=v1 or the subprotocol openai-beta.realtime-v1), and the server answers \(item.seen.exchange.conversation?.errorQuote ?? "an error")\(plain == nil ? "" : "; without it session.created comes"): it speaks GA (general availability) only.",
                zh:
                    "客户端请求 beta 方言（OpenAI-Beta: realtime=v1 或子协议 openai-beta.realtime-v1），服务器返回 \(item.seen.exchange.conversation?.errorQuote ?? "错误")\(plain == nil ? "" : "；不带则收到 session.created")：它只支持 GA。",
                [item.seen, plain, beta]
            )
        },
        Rule("ver-realtime-beta-only", .session) { facts in
            let item = facts.failing.first {
                $0.seen.exchange.isUpgraded && $0.seen.exchange.request?.asksForBeta != true
                    && $0.seen.exchange.conversation?.firstEvent?.type != "session.created"
            }
            guard let item else { return nil }
            let words = item.seen.exchange.conversation?.errorWords ?? ""
            let says = words.contains("missing_beta_header") || words.contains("openai-beta")
            let beta = facts.seen(.betaHeader)
                .flatMap { $0.exchange.conversation?.firstEvent?.type == "session.created" ? $0 : nil }
            guard says || beta != nil else { return nil }
            return Sign(
                beta != nil || says ? .certain : .likely,
                "Without OpenAI-Beta: realtime=v1 the server answers \(item.seen.exchange.conversation?.errorQuote ?? "nothing")\(beta == nil ? "" : ", with it session.created comes\(beta?.exchange.conversation?.firstEvent?.dialect == "beta" ? " in the beta shape" : "")"): it speaks the beta dialect only, the client GA.",
                zh:
                    "不带 OpenAI-Beta: realtime=v1 时服务器返回 \(item.seen.exchange.conversation?.errorQuote ?? "空")\(beta == nil ? "" : "，带上则收到 session.created\(beta?.exchange.conversation?.firstEvent?.dialect == "beta" ? "（beta 形式）" : "")")：它只支持 beta 方言，而客户端使用 GA。",
                [item.seen, beta]
            )
        },
        Rule("ver-realtime-event-shape", .session) { facts in
            let conversations =
                facts.allOpened.map { ($0.id, $0.exchange.conversation) }
                + facts.clients.map { ($0.id, $0.record.conversation) }
            for case (let id, let conversation?) in conversations {
                let message = conversation.received.first { frame in
                    frame.payload.text.contains("session.type")
                        && (frame.payload.text.contains("Unknown parameter")
                            || frame.payload.text.contains("Missing required parameter"))
                }
                guard let message else { continue }
                let isBeta = message.payload.text.contains("Unknown parameter")
                return Sign(
                    .certain,
                    "session.update was answered “\(message.payload.excerpt)”: the server's events have the \(isBeta ? "beta" : "GA") shape, the client's the other.",
                    zh: "session.update 得到“\(message.payload.excerpt)”：服务器的事件是 \(isBeta ? "beta" : "GA") 形式，客户端则是另一种。",
                    ids: [id]
                )
            }
            guard facts.isPasted("ver-realtime-event-shape") else { return nil }
            let dialect = facts.allOpened.lazy.compactMap { $0.exchange.conversation?.firstEvent?.dialect }.first
            return Sign(
                facts.isPastedAlone("ver-realtime-event-shape") ? .likely : .possible,
                "The message that the user saw is about the shape of session.update\(dialect.map { "; the server's session.created has the \($0) shape" } ?? "").",
                zh: "用户看到的消息与 session.update 的形式有关\(dialect.map { "；服务器的 session.created 是 \($0) 形式" } ?? "")。",
                [facts.allOpened.first]
            )
        },
        Rule("ver-realtime-azure", .answer) { facts in
            guard let refusal = facts.refusal, [404, 400, 401].contains(refusal.status) else { return nil }
            let exchange = refusal.seen.exchange
            let isAzureHost = [".openai.azure.com", ".cognitiveservices.azure.com", ".services.ai.azure.com"]
                .contains { facts.address.host.hasSuffix($0) }
            guard exchange.isAzureNotFound || (isAzureHost && refusal.status != 401) else { return nil }
            return Sign(
                exchange.bodyHas("resource not found", "deploymentnotfound", "api version not supported", "api-version")
                    || exchange.isAzureNotFound ? .certain : .likely,
                "Azure's gateway answered \(refusal.status) “\(exchange.excerpt)” for \(facts.address.path): the path or its parameters (api-version, deployment, model) are not those of Azure.",
                zh:
                    "Azure 网关对 \(facts.address.path) 返回 \(refusal.status)“\(exchange.excerpt)”：路径或参数（api-version、deployment、model）与 Azure 不符。",
                [refusal.seen],
                software: .azureOpenAI
            )
        },
    ]
}

extension Exchange.Request {
    /// Whether it asks for the retired beta dialect.
    var asksForBeta: Bool {
        headers.values("OpenAI-Beta").contains { $0.contains("realtime=v1") }
            || subprotocols.contains { $0.hasPrefix("openai-beta.") }
    }
}

extension Conversation {
    /// Whether it begins with an error or ends with a code for one.
    var saysError: Bool { firstEvent?.type == "error" || (close?.code ?? 0) >= 3000 }

    /// Code, message and reason in lower case.
    var errorWords: String {
        HeaderText.lowercased("\(firstEvent?.errorCode ?? "") \(firstEvent?.errorMessage ?? "") \(close?.reason ?? "")")
    }

    /// The error and the close, to quote.
    var errorQuote: String {
        let error = firstEvent.flatMap {
            $0.type == "error" ? "error “\($0.errorCode ?? "")” (“\($0.errorMessage ?? "")”)" : nil
        }
        let ending = close.map { "Close \($0.code ?? 1005) “\($0.reason)”" }
        let words = [error, ending].compactMap { $0 }.joined(separator: ", ")
        return words.isEmpty ? "nothing" : words
    }
}
