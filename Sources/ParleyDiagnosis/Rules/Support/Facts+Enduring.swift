// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// The end of a connection on which nobody spoke.
struct QuietCut {
    enum Kind { case closed, reset, closeFrame, silent }

    let seen: Facts.Seen
    let kind: Kind
    /// From the last byte to the end, in ms.
    let quietMS: Int
    let pingsHelp: Bool

    /// How it ended.
    var words: Text {
        switch kind {
        case .closed: Text("FIN, no Close frame, 1006", zh: "FIN，无 Close 帧，1006")
        case .reset: Text("RST, 1006", zh: "RST，1006")
        case .closeFrame:
            Text(
                "Close \(seen.exchange.conversation?.close?.code.map(String.init) ?? "")",
                zh: "Close \(seen.exchange.conversation?.close?.code.map(String.init) ?? "")"
            )
        case .silent: Text("no packet at all", zh: "没有任何数据包")
        }
    }
}

extension Exchange {
    /// When an open connection was ended by the other side, in ms; nil if it was not.
    var cutMS: Int? {
        guard isUpgraded else { return nil }
        if let close = conversation?.closeOfServer { return close.atMS }
        guard conversation?.hasClosed != true, let end, end.kind == .closed || end.kind == .reset else { return nil }
        return end.atMS
    }
}

extension Facts {
    /// The end of the quiet connection, when it ended before it should have.
    var quietCut: QuietCut? {
        guard let seen = all(.hold).first, seen.exchange.isUpgraded else { return nil }
        let exchange = seen.exchange
        let pinged = all(.holdWithPings).first
        let pingsHelp =
            pinged.map {
                $0.exchange.isUpgraded && $0.exchange.cutMS == nil && $0.exchange.conversation?.pingAnswered != false
            } ?? false
        if let end = exchange.cutMS {
            // One that ends at once, or whatever one does, is not cut because it is quiet.
            guard end - exchange.lastByteMS > 500 || exchange.conversation?.close != nil else { return nil }
            let kind: QuietCut.Kind =
                exchange.conversation?.close != nil ? .closeFrame : exchange.end?.kind == .reset ? .reset : .closed
            if kind == .closeFrame, [1011, 1012, 1001].contains(exchange.conversation?.close?.code ?? 0) { return nil }
            let before = exchange.conversation?.received.last { $0.opcode != 8 }?.atMS ?? exchange.response?.atMS ?? 0
            return QuietCut(seen: seen, kind: kind, quietMS: max(0, end - before), pingsHelp: pingsHelp)
        }
        guard exchange.conversation?.pingAnswered == false, exchange.conversation?.clientClose == nil || pingsHelp
        else {
            return nil
        }
        // A server that answers no Ping at any time is another matter.
        guard asked.contains(where: { $0.exchange.conversation?.pingAnswered == true }) || pingsHelp else { return nil }
        return QuietCut(
            seen: seen,
            kind: .silent,
            quietMS: max(0, (exchange.end?.atMS ?? 0) - (exchange.response?.atMS ?? 0)),
            pingsHelp: pingsHelp
        )
    }

    /// Whether the connection past the proxy was ended as well.
    var isDirectCut: Bool {
        all(.direct).contains { $0.exchange.cutMS != nil && $0.exchange.lastByteMS + 1000 < ($0.exchange.cutMS ?? 0) }
    }

    /// The messages of several sizes, the smallest first.
    var sizes: [(bytes: Int, seen: Seen)] {
        all(.size)
            .compactMap { seen in seen.variant.flatMap { Int($0) }.map { ($0, seen) } }
            .sorted { $0.0 < $1.0 }
    }

    /// The largest size that passed.
    private var largestThatPassed: Int? {
        sizes.last { $0.seen.exchange.isUpgraded && $0.seen.exchange.conversation?.echoed == true }?.bytes
    }

    /// What the server says of a message that is too big for it.
    var tooBig: (bytes: Int?, code: Int?, reason: String, fits: Int?, ids: [String])? {
        for (bytes, seen) in sizes {
            guard let close = seen.exchange.conversation?.close, close.saysTooBig else { continue }
            return (bytes, close.code, close.reason, largestThatPassed, [seen.id])
        }
        for seen in asked {
            guard let close = seen.exchange.conversation?.close, close.saysTooBig else { continue }
            return (question.sendBytes, close.code, close.reason, nil, [seen.id])
        }
        for (id, record) in clients {
            guard let close = record.conversation?.close, close.saysTooBig else { continue }
            let largest = record.conversation?.sent.map(\.payload.count).max()
            return (largest, close.code, close.reason, nil, [id])
        }
        return nil
    }

    /// A message of the server that is too big for a client that fails.
    var tooBigForClient: (bytes: Int, limit: Int?, id: String)? {
        for (id, record) in clients where record.conversation?.clientClose?.code == 1009 {
            return (record.conversation?.messageSizes.max() ?? 0, nil, id)
        }
        let failing = Set(results.filter { $0.connects == false }.map(\.id))
        let limits = ClientProfile.selected(question).filter { failing.contains($0.id) }.compactMap(\.messageLimit)
        guard let limit = limits.min() else { return nil }
        for seen in allOpened {
            guard let bytes = seen.exchange.conversation?.messageSizes.max(), bytes > limit else { continue }
            return (bytes, limit, seen.id)
        }
        return nil
    }

    /// The smallest size at which the connection ended without a word.
    var sizeCut: (bytes: Int, seen: Seen, fits: Int?)? {
        let passed = largestThatPassed
        return
            sizes.first { item in
                guard item.seen.exchange.isUpgraded, item.seen.exchange.cutMS != nil else { return false }
                return item.seen.exchange.conversation?.echoed != true
            }
            .map { ($0.bytes, $0.seen, passed) }
    }

    /// The smallest size that nothing at all came back for, while the connection stayed.
    var lostSize: (bytes: Int, seen: Seen, fits: Int?)? {
        let passed = largestThatPassed
        return
            sizes.first { item in
                let exchange = item.seen.exchange
                return exchange.isUpgraded && exchange.cutMS == nil && item.bytes > passed ?? 0
                    && (exchange.conversation?.echoed == false && exchange.conversation?.pingAnswered == false)
            }
            .map { ($0.bytes, $0.seen, passed) }
    }
}

extension Conversation.Close {
    /// Close 1009, or another code with the words for it.
    var saysTooBig: Bool {
        if code == 1009 { return true }
        let words = reason.lowercased()
        return words.contains("too big") || words.contains("too large") || words.contains("max frame length")
            || words.contains("message size")
    }
}
