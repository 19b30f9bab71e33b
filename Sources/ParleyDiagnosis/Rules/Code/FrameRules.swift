// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyWebSocket

extension Rule {
    /// Frames that break RFC 6455.
    static let frames: [Rule] = [
        Rule("code-masked-server", .frames) { facts in
            guard let seen = facts.answer(with: [.maskedFrames]) else { return nil }
            return Sign(
                .certain,
                "The server's frames are masked (the top bit of their second byte is set); only a client may mask.",
                zh: "服务器发送的帧带有掩码（第二字节最高位为 1）；只有客户端才可以使用掩码。",
                [seen]
            )
        },
        Rule("code-bad-utf8", .frames) { facts in
            guard let seen = facts.answer(with: [.invalidUTF8]), !facts.isCompressionAtFault(seen),
                // Compressed bytes are no text: what is wrong then is the bit.
                !AnswerDefect.find(in: seen.exchange).contains(.reservedBits)
            else { return nil }
            return Sign(
                .certain,
                "A text message of the server is not valid UTF-8.",
                zh: "服务器发送的文本消息不是有效的 UTF-8。",
                [seen]
            )
        },
        Rule("code-rsv", .frames) { facts in
            guard let seen = facts.answer(with: [.reservedBits]), !facts.isCompressionAtFault(seen) else { return nil }
            let bits = seen.exchange.conversation?.received.first { $0.reservedBits != 0 }?.reservedBits
            return Sign(
                .certain,
                "A frame of the server has a reserved bit set (\(bits.map { $0 & 4 != 0 ? "RSV1" : "RSV2 or RSV3" } ?? "RSV")), and no extension was agreed on that gives it a meaning.",
                zh: "服务器的帧设置了保留位（\(bits.map { $0 & 4 != 0 ? "RSV1" : "RSV2 或 RSV3" } ?? "RSV")），而没有协商任何赋予其含义的扩展。",
                [seen]
            )
        },
        Rule("code-bad-frame", .frames) { facts in
            let defects: Set<AnswerDefect> = [
                .reservedOpcode, .strayContinuation, .longControlFrame, .fragmentedControlFrame, .badLength,
            ]
            if let seen = facts.answer(with: defects) {
                let codes = (seen.exchange.conversation?.violations ?? []).joined(separator: ", ")
                let words =
                    Violation.allCases.first { seen.exchange.conversation?.violations.first == $0.code }?.entry.sentence
                    ?? "it is malformed"
                return Sign(
                    .certain,
                    "A frame of the server breaks RFC 6455: \(words) (\(codes)).",
                    zh: "服务器的帧违反 RFC 6455：\(codes)。",
                    [seen]
                )
            }
            guard let item = facts.failing.first(where: { $0.failure == .closed(1002) }),
                item.seen.exchange.conversation?.clientViolations.isEmpty != false,
                !facts.isCompressionAtFault(item.seen)
            else { return nil }
            return Sign(
                .likely,
                "The server closed with 1002 (protocol error) “\(item.seen.exchange.conversation?.close?.reason ?? "")” although the frames sent to it are right: it reads or writes frames wrongly.",
                zh: "发送给服务器的帧是正确的，但它以 1002（协议错误）“\(item.seen.exchange.conversation?.close?.reason ?? "")”关闭：其帧的读写有误。",
                [item.seen]
            )
        },
        Rule("code-bad-close-code", .frames) { facts in
            guard let seen = facts.answer(with: [.invalidCloseCode, .invalidCloseReason]) else { return nil }
            let code = seen.exchange.conversation?.close?.code
            return Sign(
                .certain,
                "The server's Close frame carries \(code.map { "the code \($0)" } ?? "a broken code or reason"), which must not be sent.",
                zh: "服务器的 Close 帧带有\(code.map { "代码 \($0)" } ?? "损坏的代码或原因")，这是不允许发送的。",
                [seen]
            )
        },
        Rule("ver-ext-not-implemented", .frames) { facts in
            guard let item = facts.failing.first(where: { facts.isCompressionAtFault($0.seen) }) else { return nil }
            let plain = facts.seen(.reference)
            return Sign(
                plain?.exchange.failure(facts.expectation) == nil && plain != nil ? .certain : .likely,
                "The server agreed to permessage-deflate (“\(item.seen.exchange.header("Sec-WebSocket-Extensions") ?? "")”) and does not do it: \(item.seen.exchange.compressionWords); without the offer of compression all is well.",
                zh:
                    "服务器同意了 permessage-deflate（“\(item.seen.exchange.header("Sec-WebSocket-Extensions") ?? "")”）却没有实现：\(item.seen.exchange.compressionWords)；不提供压缩时一切正常。",
                [item.seen, plain]
            )
        },
        Rule("code-compression-safari", .frames) { facts in
            let isApple = facts.chosenClients.contains { $0.contains("safari") || $0.contains("urlsession") }
            let isPasted = facts.isPasted("code-compression-safari")
            guard isApple || isPasted else { return nil }
            let agreed = (facts.asked + facts.all(.variation)).first { $0.exchange.agreesToCompress }
            guard agreed != nil || isPasted else { return nil }
            return Sign(
                isPasted ? (facts.isPastedAlone("code-compression-safari") ? .certain : .likely) : .possible,
                "\(isPasted ? "The message that the user saw is that of Safari or iOS about compression" : "The client is Apple's")\(agreed == nil ? "" : ", and the server agrees to permessage-deflate").",
                zh:
                    "\(isPasted ? "用户看到的是 Safari 或 iOS 关于压缩的消息" : "客户端是苹果的")\(agreed == nil ? "" : "，且服务器同意 permessage-deflate")。",
                [agreed]
            )
        },
        Rule("code-binary-vs-text", .frames) { facts in
            guard facts.expectation == .sessionCreated || facts.isPasted("code-binary-vs-text") else { return nil }
            for seen in facts.allOpened {
                if let conversation = seen.exchange.conversation,
                    let first = conversation.received.first(where: { $0.opcode < 8 }),
                    first.opcode == 2, first.payload.text.hasPrefix("{")
                {
                    return Sign(
                        .certain,
                        "The first event comes in a binary frame (opcode 2): “\(first.payload.excerpt)”; JSON events belong in text frames, and page code gets a Blob.",
                        zh: "第一个事件以二进制帧（opcode 2）发送：“\(first.payload.excerpt)”；JSON 事件应使用文本帧，页面代码会收到 Blob。",
                        [seen]
                    )
                }
                if seen.exchange.conversation?.close?.code == 1003 {
                    return Sign(
                        .likely,
                        "The server closed with 1003 (unsupported data) “\(seen.exchange.conversation?.close?.reason ?? "")”: it wants binary where text was sent, or the reverse.",
                        zh:
                            "服务器以 1003（不支持的数据）“\(seen.exchange.conversation?.close?.reason ?? "")”关闭：它期望的帧类型（文本/二进制）与发送的不同。",
                        [seen]
                    )
                }
            }
            return facts.pastedSign("code-binary-vs-text", "events in binary frames", "以二进制帧发送的事件")
        },
    ]
}

extension Facts {
    /// Whether compression was agreed on and is what breaks the exchange.
    func isCompressionAtFault(_ seen: Seen) -> Bool {
        let exchange = seen.exchange
        guard exchange.agreesToCompress, exchange.request?.headers.first("Sec-WebSocket-Extensions") != nil else {
            return false
        }
        if AnswerDefect.find(in: exchange).contains(.badCompression) { return true }
        guard let failure = exchange.failure(expectation) else { return false }
        let plain = self.seen(.reference)
        let isPlainFine = plain.map { $0.exchange.isUpgraded && $0.exchange.failure(expectation) == nil } ?? false
        switch failure {
        case .closed(let code): return isPlainFine || [1002, 1007].contains(code ?? 0)
        case .defects(let defects): return isPlainFine && !Set(defects).isDisjoint(with: [.reservedBits, .invalidUTF8])
        case .noEcho, .cut: return isPlainFine
        default: return false
        }
    }
}

extension Exchange {
    /// What shows that compression is not done.
    fileprivate var compressionWords: String {
        let violations = conversation?.violations ?? []
        if !violations.isEmpty { return violations.joined(separator: ", ") }
        return conversation?.close.map { "Close \($0.code ?? 1005) \($0.reason)" } ?? "no echo"
    }
}
