// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// A connection line by line: `*` is what the doctor says of it, `>` was sent, `<` came.
struct TranscriptLines {
    private let language: Language
    private(set) var lines: [ReportDocument.Cell] = []

    /// Most lines of a body and most frames of a direction that are shown.
    private static let mostLines = 20
    /// Longest piece of a payload that is shown, in characters.
    private static let longestPayload = 240

    init(_ exchange: Exchange, language: Language) {
        self.language = language
        let endpoint = exchange.endpoint
        let way = endpoint.proxy.map { words(" through the proxy \($0)", "，经代理 \($0)") } ?? ""
        let address = endpoint.address.map { $0 == endpoint.host ? "" : " (\($0))" } ?? ""
        note("\(endpoint.isSecure ? "wss" : "ws")://\(endpoint.written)\(address)\(way)")
        if let tcp = exchange.tcp, tcp.result != .connected {
            note("TCP: \(tcp.result.rawValue)\(tcp.detail.map { ", \($0)" } ?? "")")
        }
        if let proxy = exchange.proxy {
            came("HTTP \(proxy.status.map { "\($0)" } ?? "?") \(proxy.reason)")
            for header in proxy.headers { came("\(header.name): \(header.value)") }
            came(proxy.body)
        }
        if let tls = exchange.tls { add(tls) }
        if let greeting = exchange.greeting { came(greeting) }
        if let request = exchange.request { add(request) }
        if let response = exchange.response { add(response) }
        if let conversation = exchange.conversation { add(conversation) }
        if let end = exchange.end { add(end, words("the server", "服务器")) }
    }

    init(_ record: ClientRecord, language: Language) {
        self.language = language
        if let bytes = record.notHTTP { sent(bytes.text) }
        if let request = record.request { add(request) }
        if let failure = record.upstreamFailure { lines += TranscriptLines(failure, language: language).lines }
        if let response = record.response { add(response) }
        if let conversation = record.conversation { add(conversation) }
        if let end = record.clientEnd { add(end, words("the client", "客户端")) }
        if let end = record.serverEnd { add(end, words("the server", "服务器")) }
    }

    private func words(_ en: String, _ zh: String) -> String { Text(en, zh: zh)[language] }

    private mutating func note(_ text: String) { lines.append(.init(text: "* \(text)", tone: .faint)) }
    private mutating func sent(_ text: String) { lines.append(.init(text: "> \(text)")) }
    private mutating func came(_ text: String) { lines.append(.init(text: "< \(text)")) }

    private mutating func came(_ bytes: Bytes) {
        guard bytes.count > 0 else { return }
        let all = bytes.text.split(omittingEmptySubsequences: false) { $0.isNewline }
        for line in all.prefix(Self.mostLines) { came(String(line.prefix(Self.longestPayload))) }
        if bytes.text.utf8.count < bytes.count || all.count > Self.mostLines {
            note(words("\(bytes.count) bytes in all", "共 \(bytes.count) 字节"))
        }
    }

    private mutating func add(_ tls: Exchange.TLSOutcome) {
        var parts = [tls.version ?? "TLS"]
        parts.append(tls.serverName.map { "SNI \($0)" } ?? words("no SNI", "无 SNI"))
        if !tls.offeredProtocols.isEmpty {
            let chosen = tls.chosenProtocol ?? words("none", "无")
            parts.append("ALPN \(tls.offeredProtocols.joined(separator: ", ")) → \(chosen)")
        }
        if case .alert(let number) = tls.result { parts.append("alert \(number) (\(TLSAlert.name(number)))") }
        if case .failed(let detail) = tls.result { parts.append(detail) }
        note(parts.joined(separator: " · "))
        if case .notTLS(let bytes) = tls.result { came(bytes) }
    }

    private mutating func add(_ request: Exchange.Request) {
        sent("\(request.method) \(request.target) HTTP/\(request.version)")
        for header in request.headers { sent("\(header.name): \(header.value)") }
    }

    private mutating func add(_ response: Exchange.Response) {
        if let version = response.version {
            came("HTTP/\(version) \(response.status) \(response.reason)")
            for header in response.headers { came("\(header.name): \(header.value)") }
            if response.hasBareLF { note(words("lines end in a bare LF", "行尾只有 LF")) }
            if response.body.count > 0 { came("") }
        }
        came(response.body)
    }

    private mutating func add(_ conversation: Conversation) {
        let all =
            conversation.sent.map { (">", $0) }
            + conversation.received.map { ("<", $0) }
        let ordered = all.enumerated()
            .sorted { ($0.element.1.atMS, $0.offset) < ($1.element.1.atMS, $1.offset) }
            .map(\.element)
        for (direction, frame) in ordered.prefix(Self.mostLines) {
            lines.append(.init(text: "\(direction) \(frame.words(Self.longestPayload))"))
        }
        let left = max(0, ordered.count - Self.mostLines)
        let more = left + max(0, conversation.receivedCount - conversation.received.count)
        if more > 0 { note(words("\(more) more frames", "另有 \(more) 帧")) }
        if let bytes = conversation.unreadable { came(bytes) }
        if !conversation.violations.isEmpty {
            note(words("violations: ", "违反协议：") + conversation.violations.joined(separator: ", "))
        }
    }

    private mutating func add(_ end: Exchange.End, _ side: String) {
        switch end.kind {
        case .closed: note(words("\(side) closed the connection after \(end.atMS) ms", "\(side)在第 \(end.atMS) ms 关闭连接"))
        case .reset: note(words("the connection was reset after \(end.atMS) ms", "第 \(end.atMS) ms 连接被重置"))
        case .timedOut: note(words("nothing more came until \(end.atMS) ms", "直到第 \(end.atMS) ms 没有更多数据"))
        case .enough: break
        }
    }
}

extension Conversation.Frame {
    private static let names = [0: "continuation", 1: "text", 2: "binary", 8: "close", 9: "ping", 10: "pong"]

    /// As in `text, 312 bytes: {"type":…`.
    func words(_ longest: Int) -> String {
        var parts = [Self.names[opcode] ?? "opcode \(opcode)", "\(payload.count) bytes"]
        if !isFinal { parts.append("not final") }
        if isMasked { parts.append("masked") }
        if reservedBits != 0 { parts.append("RSV \(reservedBits)") }
        let head = parts.joined(separator: ", ")
        return payload.text.isEmpty ? head : "\(head): \(payload.text.prefix(longest))"
    }
}
