// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

extension ClientProfile {
    /// What becomes of the open connection, by what the user expects of it.
    func converses(_ exchange: Exchange, _ facts: Facts) -> ClientOutcome {
        guard let conversation = exchange.conversation else { return .connects }
        if let limit = messageLimit, let size = conversation.messageSizes.first(where: { $0 > limit }) {
            return .fails(.tooBig(size))
        }
        let event = conversation.firstEvent
        if let event, event.type == "error" {
            return .fails(.errorEvent(event.errorMessage ?? event.errorCode ?? "", close: conversation.close?.code))
        }
        switch facts.question.expectation {
        case .echo where conversation.echoed == true: break
        case .sessionCreated where event == nil:
            return .fails(breaksOff(exchange, conversation) ?? .noEvent)
        default:
            if let failure = breaksOff(exchange, conversation) { return .fails(failure) }
            if facts.question.expectation == .echo, conversation.echoed == false { return .fails(.noEcho) }
            if facts.question.expectation == .sessionCreated, let event, !Self.isCreation(event.type) {
                return .fails(.wrongEvent(event.type))
            }
        }
        // It opens, and half a minute later its own pings have not been answered.
        if pingInterval != nil, conversation.pingAnswered == false { return .fails(.pingTimeout) }
        return .connects
    }

    /// How the server ended it, unless the doctor had.
    private func breaksOff(_ exchange: Exchange, _ conversation: Conversation) -> ClientFailure? {
        if let close = conversation.closeOfServer { return .closed(close.code, close.reason) }
        let hasEnded = [.closed, .reset].contains(exchange.end?.kind)
        return hasEnded && conversation.close == nil && !conversation.hasClosed ? .ended : nil
    }

    private static func isCreation(_ type: String) -> Bool {
        ["session.created", "transcription_session.created"].contains(type)
    }

    /// Whether it lives as long, and takes as much, as the user asked about.
    func lasts(_ facts: Facts, _ exchange: Exchange) -> ClientOutcome {
        if let bytes = facts.question.sendBytes, let seen = facts.seen(.size, String(bytes))?.exchange,
            let conversation = seen.conversation
        {
            if let failure = breaksOff(seen, conversation) { return .fails(failure) }
            if conversation.echoed == false { return .fails(.noEcho) }
        }
        guard facts.question.holdSeconds != nil, let held = facts.seen(.hold)?.exchange,
            let conversation = held.conversation
        else { return .connects }
        let failure =
            breaksOff(held, conversation) ?? (conversation.pingAnswered == false ? ClientFailure.ended : nil)
        guard let failure else { return .connects }
        guard let pingInterval, pingInterval * 1000 < (held.end?.atMS ?? 0) &- (held.response?.atMS ?? 0) else {
            return .fails(failure)
        }
        guard let pinged = facts.seen(.holdWithPings)?.exchange, let second = pinged.conversation else {
            return .unknown(nil)
        }
        return breaksOff(pinged, second).map(ClientOutcome.fails) ?? .connects
    }
}

extension Conversation {
    /// Whether the client's side sent a close frame.
    var hasClosed: Bool { clientClose != nil || sent.contains { $0.opcode == 8 } }

    /// The server's close frame, unless it only answers the client's.
    var closeOfServer: Close? {
        guard let close else { return nil }
        guard let asked = clientClose?.atMS ?? sent.first(where: { $0.opcode == 8 })?.atMS else { return close }
        if close.atMS != asked { return close.atMS < asked ? close : nil }
        // Within one millisecond the order is lost. Of itself the doctor closes with 1000; else it repeats a code.
        return clientClose?.code == 1000 ? nil : close
    }

    /// Sizes of the messages received, in bytes, as far as their frames were kept.
    var messageSizes: [Int] {
        var sizes: [Int] = []
        for frame in received where frame.opcode <= 2 {
            if frame.opcode == 0, let last = sizes.popLast() {
                sizes.append(last &+ frame.payload.count)
            } else {
                sizes.append(frame.payload.count)
            }
        }
        return sizes
    }
}
