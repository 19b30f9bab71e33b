// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

extension ReportDocument {
    /// The connections that matter line by line, the certificates, the times, then all that was tried.
    mutating func addEvidence(_ report: Report) {
        let key = Self.keyEvidence(report)
        let entries = report.evidence.map { item in
            let summary = EvidenceSummary(item)
            return Entry(
                id: item.id,
                tried: summary.tried,
                special: summary.special,
                seen: summary.seen,
                lines: lines(item.data),
                isOpen: key.contains(item.id)
            )
        }
        add(.heading(words("Evidence", "证据")))
        add(.entries(entries.filter(\.isOpen)))
        addCertificates(report, key)
        addTimes(report, key)
        let others = entries.filter { !$0.isOpen }
        if !others.isEmpty {
            add(.heading(words("What else was tried", "其他探测")))
            add(.entries(others))
        }
    }

    /// Most connections that are shown line by line without being asked for.
    private static let mostOpen = 4

    /// What the cause rests on; without a cause the handshake as the client sends it, or the plainest.
    private static func keyEvidence(_ report: Report) -> Set<String> {
        let named = (report.cause?.evidence ?? []).filter { id in report.evidence.contains { $0.id == id } }
        guard named.isEmpty else { return Set(named.prefix(mostOpen)) }
        for probe in [Probe.tap, .mirror, .asAsked, .reference, .tls, .connect, .name] {
            if let item = report.evidence.first(where: { $0.probe == probe }) { return [item.id] }
        }
        return Set(report.evidence.prefix(1).map(\.id))
    }

    private func lines(_ data: Evidence.Data) -> [Cell] {
        switch data {
        case .exchange(let exchange): TranscriptLines(exchange, language: language).lines
        case .client(let record): TranscriptLines(record, language: language).lines
        case .page(let page): page.headers.map { Cell(text: "< \($0.name): \($0.value)") }
        case .name: []
        }
    }

    private mutating func addCertificates(_ report: Report, _ key: Set<String>) {
        let outcomes = report.evidence.filter { key.contains($0.id) } + report.evidence
        guard let tls = outcomes.lazy.compactMap(\.exchange?.tls).first(where: { !$0.chain.isEmpty }) else { return }
        add(.heading(words("Certificate chain as sent", "服务器发送的证书链")))
        for (index, certificate) in tls.chain.enumerated() {
            let key = certificate.keyBits.map { "\(certificate.keyType) \($0)" } ?? certificate.keyType
            let dates = "\(Timestamp.day(certificate.notBefore)) – \(Timestamp.day(certificate.notAfter))"
            var facts = [
                (words("certificate \(index + 1)", "证书 \(index + 1)"), certificate.subject),
                (words("issued by", "签发者"), certificate.issuer),
            ]
            if !certificate.names.isEmpty {
                facts.append((words("for", "名称"), certificate.names.joined(separator: ", ")))
            }
            facts += [(words("valid", "有效期"), dates), (words("key", "密钥"), "\(key), \(certificate.signatureDigest)")]
            if !certificate.fingerprint.isEmpty { facts.append(("SHA-256", certificate.fingerprint)) }
            add(.facts(facts.map { (name: $0.0, value: $0.1) }))
        }
        if !tls.faults.isEmpty {
            let list = tls.faults.map(\.title).listed()[language]
            add(.paragraph(Cell(text: words("What is wrong with it: ", "问题：") + list, tone: .bad)))
        }
    }

    private mutating func addTimes(_ report: Report, _ key: Set<String>) {
        let exchanges = report.evidence.filter { key.contains($0.id) } + report.evidence
        guard let exchange = exchanges.lazy.compactMap(\.exchange).first(where: { $0.tcp != nil }) else { return }
        var facts: [(name: String, value: String)] = []
        for case .name(let lookup) in report.evidence.map(\.data) where facts.isEmpty {
            facts.append((words("name", "域名解析"), "\(lookup.durationMS) ms"))
        }
        if let tcp = exchange.tcp { facts.append(("TCP", "\(tcp.durationMS) ms")) }
        if let tls = exchange.tls { facts.append(("TLS", "\(tls.durationMS) ms")) }
        if let response = exchange.response { facts.append((words("answer", "应答"), at(response.atMS))) }
        if let event = exchange.conversation?.firstEvent {
            facts.append((words("first event", "首个事件"), at(event.atMS)))
        }
        if let end = exchange.end { facts.append((words("end", "结束"), at(end.atMS))) }
        add(.heading(words("Times", "时间")))
        add(.facts(facts))
    }

    private func at(_ milliseconds: Int) -> String { words("after \(milliseconds) ms", "第 \(milliseconds) ms") }
}

extension Evidence {
    fileprivate var exchange: Exchange? {
        guard case .exchange(let exchange) = data else { return nil }
        return exchange
    }
}
