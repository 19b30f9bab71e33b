// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyDiagnosis
internal import ParleyWebSocket

/// What is said on an open WebSocket: waits, speaks, pings, holds, closes.
struct Talk: Sendable {
    private enum Stage { case event, echo, ping, settle, hold, lastPing, closing, done }

    /// How many times the planned settling a server that keeps talking is listened to.
    private static let longestSettling = 5

    private let plan: ConversationPlan
    private let masker: Masker
    private let maskingKey: @Sendable () -> UInt32
    private let compresses: Bool
    private var reader: StreamReader
    private var stage = Stage.event
    private var stageEndsMS = 0
    private var settlesUntilMS = 0
    private var nextPingMS: Int?
    private var pingCount = 0
    private var conversation = Conversation()
    /// What is to be sent.
    private(set) var output: [UInt8] = []

    init(
        _ plan: ConversationPlan,
        answer headers: [Header],
        masker: Masker,
        maskingKey: @escaping @Sendable () -> UInt32,
        atMS now: Int
    ) {
        self.plan = plan
        self.masker = masker
        self.maskingKey = maskingKey
        let deflate = DeflateParameters(answer: headers)
        compresses = deflate != nil
        reader = StreamReader(.server, deflate: deflate, masker: masker)
        enter(plan.awaitsEventMS > 0 ? .event : .echo, now)
    }

    var isDone: Bool { stage == .done }
    private var isClosing: Bool { stage == .closing || stage == .done }
    /// Whether the server was the first to close.
    private(set) var isClosedByServer = false
    /// Whether the doctor was the first to close.
    var isClosedByDoctor: Bool { isClosing && !isClosedByServer }
    /// When ``timeIsUp(atMS:)`` is to be called.
    var deadlineMS: Int { min(stageEndsMS, nextPingMS ?? .max) }

    /// Gives out what is to be sent and forgets it.
    mutating func takeOutput() -> [UInt8] {
        defer { output = [] }
        return output
    }

    mutating func received(_ bytes: [UInt8], atMS now: Int) {
        let isAlready = reader.unreadable != nil
        for arrival in reader.received(bytes, atMS: now) { take(arrival, now) }
        // What cannot be read any more is looked at for a while and not answered.
        if reader.unreadable != nil, !isAlready { enter(.settle, now) }
        if stage == .settle { stageEndsMS = min(settlesUntilMS, max(stageEndsMS, now + plan.settlesMS / 2)) }
    }

    private mutating func take(_ arrival: StreamReader.Arrival, _ now: Int) {
        switch arrival {
        case .ping(let payload):
            if stage != .done { send(.pong, payload.prefix(125).map(\.self), now) }
        case .pong(let payload):
            guard conversation.pingAnswered == nil, payload == pingPayload else { return }
            conversation.pingAnswered = true
            if stage == .ping { enter(.settle, now) }
            if stage == .lastPing { enter(.closing, now) }
        case .close(let close):
            guard !isClosing else {
                enter(.done, now)
                return
            }
            isClosedByServer = true
            let code = close.code.flatMap { UInt16(exactly: $0) }.map(CloseCode.init) ?? .normalClosure
            sendClose(code.isValidOnTheWire ? code : .protocolError, now)
            enter(.closing, now)
        case .message(_, let bytes, let count):
            if stage == .event {
                enter(.echo, now)
            } else if let text = plan.text, conversation.echoed == false,
                count == text.utf8.count, bytes.elementsEqual(text.utf8)
            {
                conversation.echoed = true
                if stage == .echo { enter(.ping, now) }
            } else if stage == .echo, !plan.expectsEcho {
                enter(.ping, now)
            }
        }
    }

    mutating func timeIsUp(atMS now: Int) {
        if let due = nextPingMS, due <= now, stage == .hold {
            nextPingMS = due + plan.pingEveryMS
            sendPing(now)
        }
        guard now >= stageEndsMS else { return }
        switch stage {
        case .event: enter(.echo, now)
        case .echo: enter(.ping, now)
        case .ping:
            conversation.pingAnswered = conversation.pingAnswered ?? false
            enter(.settle, now)
        case .settle: enter(plan.holdMS > 0 ? .hold : .closing, now)
        case .hold:
            nextPingMS = nil
            enter(.lastPing, now)
        case .lastPing:
            conversation.pingAnswered = conversation.pingAnswered ?? false
            enter(.closing, now)
        case .closing: enter(.done, now)
        case .done: break
        }
    }

    private mutating func enter(_ next: Stage, _ now: Int) {
        stage = next
        switch next {
        case .event: stageEndsMS = now + plan.awaitsEventMS
        case .echo:
            guard let text = plan.text else { return enter(.ping, now) }
            conversation.echoed = false
            if plan.isFragmented {
                sendFragments(Array(text.utf8), now)
            } else {
                send(.text, Array(text.utf8), now)
            }
            stageEndsMS = now + (plan.expectsEcho ? plan.replyMS : min(plan.replyMS, 1000))
        case .ping:
            guard plan.pings else { return enter(.settle, now) }
            sendPing(now)
            stageEndsMS = now + plan.replyMS
        case .settle:
            stageEndsMS = now + plan.settlesMS
            settlesUntilMS = now + plan.settlesMS * Self.longestSettling
        case .hold:
            stageEndsMS = now + plan.holdMS
            nextPingMS = plan.pingEveryMS > 0 ? now + plan.pingEveryMS : nil
        case .lastPing:
            // That a pong came an hour ago says nothing about now.
            conversation.pingAnswered = nil
            sendPing(now)
            stageEndsMS = now + plan.replyMS
        case .closing:
            if conversation.clientClose == nil { sendClose(.normalClosure, now) }
            stageEndsMS = now + 500
        case .done: stageEndsMS = .max
        }
    }

    private var pingPayload: [UInt8] { Array("parley \(pingCount)".utf8) }

    private mutating func sendPing(_ now: Int) {
        pingCount += 1
        send(.ping, pingPayload, now)
    }

    private mutating func sendClose(_ code: CloseCode, _ now: Int) {
        conversation.clientClose = Conversation.Close(atMS: now, code: Int(code.rawValue))
        send(.close, [UInt8(code.rawValue >> 8), UInt8(truncatingIfNeeded: code.rawValue)], now)
    }

    private mutating func sendFragments(_ payload: [UInt8], _ now: Int) {
        let half = payload.count / 2
        send(.text, Array(payload[..<half]), isFinal: false, now)
        send(.ping, Array("between".utf8), now)
        send(.continuation, Array(payload[half...]), now)
    }

    private mutating func send(_ opcode: Opcode, _ payload: [UInt8], isFinal: Bool = true, _ now: Int) {
        let isCompressed = compresses && opcode == .text && isFinal
        output += ClientFrame.bytes(
            opcode,
            isCompressed ? ClientFrame.stored(payload) : payload,
            isFinal: isFinal,
            isCompressed: isCompressed,
            key: maskingKey()
        )
        guard conversation.sent.count < Conversation.keptFrames else { return }
        conversation.sent.append(
            Conversation.Frame(
                atMS: now,
                opcode: Int(opcode.rawValue),
                isFinal: isFinal,
                reservedBits: isCompressed ? 4 : 0,
                isMasked: true,
                payload: masker.bytes(payload)
            )
        )
    }

    /// No more bytes will come.
    mutating func ended() { reader.ended() }

    /// What was said.
    var result: Conversation {
        var result = conversation
        result.received = reader.frames
        result.receivedCount = reader.frameCount
        result.violations = reader.violations
        result.unreadable = reader.unreadable
        result.close = reader.close
        result.firstEvent = reader.firstEvent
        return result
    }
}
