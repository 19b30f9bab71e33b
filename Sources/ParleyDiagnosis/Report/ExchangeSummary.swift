// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// How far a connection got, in one sentence without a full stop.
struct ExchangeSummary {
    let text: Text

    init(_ exchange: Exchange, of probe: Probe) {
        var parts: [Text] = []
        if let failure = Self.failedBeforeAnswer(exchange) {
            parts.append(failure)
        } else if let response = exchange.response {
            parts.append(Self.answer(response))
            if exchange.isUpgraded, let conversation = exchange.conversation { parts += Self.talk(conversation) }
        } else if let greeting = exchange.greeting {
            parts.append(Text("the server spoke first: \(greeting.quoted)", zh: "服务器先发送了 \(greeting.quoted)"))
        } else if exchange.request != nil {
            parts.append(Self.silence(exchange.end))
        } else if exchange.tls == nil {
            parts.append(Text("connected", zh: "已连接"))
        }
        if let tls = exchange.tls, tls.result == .completed {
            if exchange.response == nil || probe == .tls || probe == .tlsVariant {
                parts.insert(Self.agreed(tls), at: 0)
            }
            if !tls.faults.isEmpty { parts.append(Self.faults(tls.faults)) }
        }
        if exchange.isUpgraded, let end = exchange.end, exchange.conversation?.close == nil { parts += Self.end(end) }
        text = parts.listed()
    }

    /// Why no request could be sent; nil if it could.
    private static func failedBeforeAnswer(_ exchange: Exchange) -> Text? {
        if let tcp = exchange.tcp, tcp.result != .connected { return failed(tcp) }
        if let proxy = exchange.proxy, !(200..<300).contains(proxy.status ?? 0) {
            guard let status = proxy.status else {
                return Text(
                    "the proxy's answer was no HTTP: \(proxy.body.quoted)",
                    zh: "代理的应答不是 HTTP：\(proxy.body.quoted)"
                )
            }
            let reason = proxy.reason.isEmpty ? "" : " \(proxy.reason)"
            return Text("the proxy answered CONNECT with \(status)\(reason)", zh: "代理对 CONNECT 应答 \(status)\(reason)")
        }
        guard let tls = exchange.tls else { return nil }
        switch tls.result {
        case .completed: return nil
        case .alert(let number):
            let name = TLSAlert.name(number)
            return Text("the peer refused TLS with alert \(number) (\(name))", zh: "对方以 TLS 警报 \(number)（\(name)）拒绝")
        case .notTLS(let bytes):
            return Text("the answer to TLS was no TLS: \(bytes.quoted)", zh: "对 TLS 的应答不是 TLS：\(bytes.quoted)")
        case .closed: return Text("the peer closed the connection during TLS", zh: "TLS 握手期间对方关闭了连接")
        case .reset: return Text("the connection was reset during TLS", zh: "TLS 握手期间连接被重置")
        case .timedOut: return Text("no answer to the TLS hello in time", zh: "TLS 握手超时")
        case .failed(let detail): return Text("TLS failed: \(detail)", zh: "TLS 失败：\(detail)")
        }
    }

    private static func failed(_ tcp: Exchange.TCPOutcome) -> Text {
        switch tcp.result {
        case .connected: Text("connected", zh: "已连接")
        case .refused: Text("connection refused", zh: "连接被拒绝")
        case .reset: Text("connection reset", zh: "连接被重置")
        case .timedOut: Text("no answer to the connection attempt in time", zh: "连接超时")
        case .networkUnreachable: Text("network unreachable", zh: "网络不可达")
        case .hostUnreachable: Text("host unreachable", zh: "主机不可达")
        case .noAddress: Text("there is no address to connect to", zh: "没有可连接的地址")
        case .other: Text("connection failed: \(tcp.detail ?? "")", zh: "连接失败：\(tcp.detail ?? "")")
        }
    }

    private static func silence(_ end: Exchange.End?) -> Text {
        switch end?.kind {
        case .closed: Text("the server closed the connection without an answer", zh: "服务器未应答即关闭连接")
        case .reset: Text("the connection was reset without an answer", zh: "未应答即被重置")
        case .timedOut, .enough, nil: Text("no answer in time", zh: "未在时限内应答")
        }
    }

    private static func agreed(_ tls: Exchange.TLSOutcome) -> Text {
        var parts = [tls.version ?? "TLS"]
        if let chosen = tls.chosenProtocol { parts.append("ALPN \(chosen)") }
        var text = [Text(same: parts.joined(separator: ", "))]
        if let certificate = tls.chain.first {
            let names = certificate.names.isEmpty ? certificate.subject : certificate.names.joined(separator: ", ")
            text.append(Text("certificate for \(names)", zh: "证书属于 \(names)"))
        }
        if tls.asksForCertificate == true {
            text.append(Text("it asks for a client certificate", zh: "要求客户端证书"))
        }
        return text.listed()
    }

    private static func faults(_ faults: [Exchange.CertificateFault]) -> Text {
        Text("the certificate is not trusted: ", zh: "证书不受信任：") + faults.map(\.title).listed()
    }

    /// The answer to a request.
    static func answer(_ response: Exchange.Response) -> Text {
        guard response.version != nil else {
            return Text("the answer was no HTTP: \(response.body.quoted)", zh: "应答不是 HTTP：\(response.body.quoted)")
        }
        let reason = response.reason.isEmpty ? "" : " \(response.reason)"
        var parts = [Text("answered \(response.status)\(reason)", zh: "应答 \(response.status)\(reason)")]
        if response.status == 101 {
            let chosen = response.headers.values("Sec-WebSocket-Protocol")
            if !chosen.isEmpty {
                let list = chosen.joined(separator: " | ")
                parts.append(Text("subprotocol \(list)", zh: "子协议 \(list)"))
            }
            let extensions = response.headers.values("Sec-WebSocket-Extensions")
            if !extensions.isEmpty {
                let list = extensions.joined(separator: " | ")
                parts.append(Text("extensions \(list)", zh: "扩展 \(list)"))
            }
        } else if let location = response.headers.first("Location") {
            parts.append(Text("Location: \(location)", zh: "Location：\(location)"))
        }
        return parts.listed()
    }

    /// What was said after a 101.
    static func talk(_ conversation: Conversation) -> [Text] {
        var parts: [Text] = []
        if let event = conversation.firstEvent {
            let code = event.errorCode.map { " (\($0))" } ?? ""
            let dialect = event.dialect.map { ", \($0)" } ?? ""
            parts.append(Text("first event \(event.type)\(code)\(dialect)", zh: "首个事件 \(event.type)\(code)\(dialect)"))
        }
        if !conversation.violations.isEmpty {
            let list = conversation.violations.joined(separator: ", ")
            parts.append(Text("the server's frames break the protocol: \(list)", zh: "服务器的帧违反协议：\(list)"))
        }
        if !conversation.clientViolations.isEmpty {
            let list = conversation.clientViolations.joined(separator: ", ")
            parts.append(Text("the client's frames break the protocol: \(list)", zh: "客户端的帧违反协议：\(list)"))
        }
        if let bytes = conversation.unreadable {
            parts.append(Text("no frames came but \(bytes.quoted)", zh: "收到的不是帧，而是 \(bytes.quoted)"))
        }
        if let echoed = conversation.echoed {
            parts.append(
                echoed ? Text("the text came back", zh: "文本已回显") : Text("the text did not come back", zh: "文本未回显")
            )
        }
        if conversation.pingAnswered == false { parts.append(Text("the ping was not answered", zh: "ping 未得到应答")) }
        if let close = conversation.close, !conversation.answersClose(close) {
            let code = close.code.map { Text(same: "\($0)") } ?? Text("without a code", zh: "无代码")
            let reason = Text(same: close.reason.isEmpty ? "" : " \"\(close.reason)\"")
            parts.append(Text("closed by the server: ", zh: "服务器关闭：") + code + reason)
        }
        return parts
    }

    private static func end(_ end: Exchange.End) -> [Text] {
        let seconds = "\(end.atMS / 1000).\(end.atMS % 1000 / 100)"
        return switch end.kind {
        case .closed: [Text("then closed without a close frame after \(seconds) s", zh: "\(seconds) 秒后未发送关闭帧即断开")]
        case .reset: [Text("then reset after \(seconds) s", zh: "\(seconds) 秒后被重置")]
        case .timedOut, .enough: []
        }
    }
}

extension Conversation {
    /// Whether a close frame of the server only answers the client's, with the code that was sent.
    fileprivate func answersClose(_ close: Close) -> Bool {
        let asked = sent.contains { $0.opcode == 8 && $0.atMS <= close.atMS }
        return asked && (close.code == 1000 || close.code == clientClose?.code)
    }
}

/// Names of TLS alerts (RFC 8446 section 6).
enum TLSAlert {
    private static let names: [Int: String] = [
        0: "close_notify", 10: "unexpected_message", 20: "bad_record_mac", 22: "record_overflow",
        40: "handshake_failure", 42: "bad_certificate", 43: "unsupported_certificate", 44: "certificate_revoked",
        45: "certificate_expired", 46: "certificate_unknown", 47: "illegal_parameter", 48: "unknown_ca",
        49: "access_denied", 50: "decode_error", 51: "decrypt_error", 70: "protocol_version",
        71: "insufficient_security", 80: "internal_error", 86: "inappropriate_fallback", 90: "user_canceled",
        109: "missing_extension", 110: "unsupported_extension", 112: "unrecognized_name",
        113: "bad_certificate_status_response", 115: "unknown_psk_identity", 116: "certificate_required",
        120: "no_application_protocol",
    ]

    /// As the RFC names it.
    static func name(_ number: Int) -> String { names[number] ?? "unknown" }
}
