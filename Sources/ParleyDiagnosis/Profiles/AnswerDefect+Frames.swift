// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyWebSocket

extension AnswerDefect {
    /// What the frames break, by the codes of ``ParleyWebSocket/Violation`` and the frames that were kept.
    static func inFrames(of exchange: Exchange) -> Set<AnswerDefect> {
        guard let conversation = exchange.conversation else { return [] }
        var found: Set<AnswerDefect> = []
        // What is no frame would show as a handful of broken rules, none of which is the fault.
        if isText(conversation) { return [.textForFrames] }
        for code in conversation.violations {
            if let defect = byCode[code] { found.insert(defect) }
        }
        if conversation.received.contains(where: \.isMasked) { found.insert(.maskedFrames) }
        let agreed = HeaderLists.elements(of: exchange.response?.headers.values("Sec-WebSocket-Extensions") ?? [])
            .contains { $0.hasPrefix("permessage-deflate") }
        if agreed, !found.isDisjoint(with: [.reservedBits, .invalidUTF8]) { found.insert(.badCompression) }
        return found
    }

    /// Two bytes of printable ASCII are a frame with reserved bits set, which no text or binary frame has.
    private static func isText(_ conversation: Conversation) -> Bool {
        guard conversation.received.isEmpty, let bytes = conversation.unreadable, bytes.count > 1 else { return false }
        let beginning = bytes.text.utf8.prefix(64)
        // `\x` begins an unprintable byte, as `Bytes` writes them.
        return !bytes.text.hasPrefix("\\x") && !beginning.isEmpty
            && beginning.prefix(2).allSatisfy { (0x20...0x7E).contains($0) || [0x09, 0x0A, 0x0D].contains($0) }
    }

    private static let byCode: [String: AnswerDefect] = Dictionary(
        Violation.allCases.compactMap { violation in defect(of: violation).map { (violation.code, $0) } },
        uniquingKeysWith: { first, _ in first }
    )

    private static func defect(of violation: Violation) -> AnswerDefect? {
        switch violation {
        case .maskedServerFrame: .maskedFrames
        case .reservedBits: .reservedBits
        case .reservedOpcode: .reservedOpcode
        case .unexpectedContinuation, .expectedContinuation: .strayContinuation
        case .fragmentedControlFrame: .fragmentedControlFrame
        case .oversizedControlFrame: .longControlFrame
        case .nonMinimalLength, .negativeLength: .badLength
        case .invalidUTF8: .invalidUTF8
        case .truncatedCloseCode, .invalidCloseCode: .invalidCloseCode
        case .invalidCloseReason: .invalidCloseReason
        case .corruptCompression: .badCompression
        case .unmaskedClientFrame, .frameTooBig, .messageTooBig, .inflationRatio: nil
        }
    }
}
