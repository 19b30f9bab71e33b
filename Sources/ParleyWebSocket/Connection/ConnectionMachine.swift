// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore

/// One side of a WebSocket connection after its handshake, without I/O (RFC 6455).
///
/// Bytes, time and the end of the input go in by methods named in the past tense; after each of them,
/// ``next()`` is called until it returns `nil` and its events are carried out in their order.
///
/// A whole frame costs no copy and no allocation of its own. If the bytes belong to the caller of
/// ``received(_:at:)`` alone, masks are taken off where they are. NIO's receive buffers never do (its pool
/// keeps a reference, to use them again), so their frames are unmasked on the way into memory of the
/// machine: one allocation per read, or none with ``next(scratch:)``.
///
/// A copy of a machine that compresses is of no use: it would share the compressor with the original.
package struct ConnectionMachine {
    /// Which side this is.
    package let role: Role
    private let makeMaskingKey: @Sendable () -> UInt32
    private var reader: FrameReader
    private var assembler: MessageAssembler
    /// `nil` where no compression was agreed on.
    private let compression: MessageCompression?
    private var keepAlive: KeepAlive
    private var handshake: CloseHandshake
    private var sendWatch: SendWatch
    private var rate: TokenBucket?
    /// When a peer that sent too many messages is heard again; `nil` while it is.
    private var mutedUntil: NIODeadline?
    private var isReadingPaused = false
    /// Payload of a control frame that came in pieces.
    private var control = ByteBuffer()
    /// Frames that wait to be asked for.
    private var outbox = ByteBuffer()
    private var hasInputEnded = false
    private let closeTimeout: TimeAmount
    private var areAnswersAwaited = false
    /// The rule that the peer broke, for which the connection is to end, and when at the latest.
    private var offence: (violation: Violation, deadline: NIODeadline)?
    private var now: NIODeadline

    /// A connection whose handshake is complete.
    ///
    /// - Parameters:
    ///   - role: Which side this is.
    ///   - limits: What the peer may ask for.
    ///   - compression: What was agreed on in the handshake, if anything.
    ///   - now: The current time.
    ///   - maskingKey: Gives the client role an unpredictable number for each frame (RFC 6455 section 10.3).
    ///     A server never calls it and may leave the default, which is no source for a client.
    package init(
        role: Role,
        limits: ConnectionLimits,
        compression: Compression? = nil,
        now: NIODeadline,
        maskingKey: @escaping @Sendable () -> UInt32 = { 0 }
    ) {
        self.role = role
        self.makeMaskingKey = maskingKey
        self.now = now
        let bytes = 0...Int(Int32.max)
        var limits = limits
        limits.maxMessageBytes = limits.maxMessageBytes.clamped(to: bytes)
        reader = FrameReader(
            rules: HeaderRules(
                role: role,
                maxFrameBytes: limits.maxFrameBytes.clamped(to: bytes),
                allowedReservedBits: compression == nil ? 0 : 0x40
            )
        )
        assembler = MessageAssembler(maxMessageBytes: limits.maxMessageBytes)
        self.compression = compression.map { [limits] in MessageCompression($0, role: role, limits: limits) }
        keepAlive = KeepAlive(limits: limits, now: now)
        sendWatch = SendWatch(limits: limits, now: now)
        rate = limits.messagesPerSecond.map { TokenBucket(perSecond: $0, now: now) }
        closeTimeout = limits.closeTimeout
        handshake = CloseHandshake(role: role, timeout: limits.closeTimeout)
    }

    /// Whether data may be sent: no close frame went either way, and the peer did not end its side of TCP.
    package var isOpen: Bool { handshake.isOpen && !hasInputEnded }

    /// When to call ``timerFired(at:)``; `nil` for never.
    ///
    /// It moves with every byte received. It is enough to look at it when the timer fires: firing early does no harm.
    package var nextDeadline: NIODeadline? {
        guard handshake.isOpen else { return handshake.nextDeadline }
        if let offence { return offence.deadline }
        return earliest(keepAlive.nextDeadline, earliest(sendWatch.nextDeadline, mutedUntil))
    }

    /// Whether the peer sent too many messages: nothing is to be read from it until this ends.
    ///
    /// This and ``isFailing`` are asked for with every read. `mutating`, because a getter is given a copy of the whole
    /// machine.
    package var isMuted: Bool { mutating get { mutedUntil != nil && handshake.isOpen } }

    /// Whether the peer broke a rule and messages that came before are still being answered.
    package var isFailing: Bool { mutating get { offence != nil && handshake.isOpen } }

    /// Bytes came from the peer.
    package mutating func received(_ bytes: consuming ByteBuffer, at now: NIODeadline) {
        self.now = now
        guard handshake.expectsFrames && !hasInputEnded && offence == nil else { return }
        keepAlive.received(at: now)
        reader.received(bytes)
    }

    /// Bytes came from the peer, lent for the time of the call.
    ///
    /// - Parameters:
    ///   - bytes: The bytes.
    ///   - scratch: Memory for their frames, the same that ``next(scratch:)`` is given then.
    ///   - now: The current time.
    package mutating func received(lent bytes: UnsafeRawBufferPointer, scratch: inout ByteBuffer, at now: NIODeadline) {
        self.now = now
        guard handshake.expectsFrames && !hasInputEnded && offence == nil else { return }
        keepAlive.received(at: now)
        reader.received(lent: bytes, scratch: &scratch)
    }

    /// The peer ended its side of TCP, or the connection broke.
    package mutating func inputEnded(at now: NIODeadline) {
        self.now = now
        hasInputEnded = true
    }

    /// The shell stopped reading, because the socket takes no more or the application is behind.
    ///
    /// Until ``readingResumed(at:)`` no silence is held against the peer, and no message is given out, not even one
    /// that came before: what is done about messages may be what the socket cannot take.
    package mutating func readingPaused(at now: NIODeadline) {
        self.now = now
        isReadingPaused = true
        keepAlive.readingPaused()
    }

    /// The shell reads again, and asks for what has come meanwhile.
    package mutating func readingResumed(at now: NIODeadline) {
        self.now = now
        isReadingPaused = false
        keepAlive.readingResumed(at: now)
    }

    /// The application was given messages that it will answer later, if at all.
    ///
    /// If the peer breaks a rule after them, what it sends is dropped from there, but the close frame waits until
    /// ``answersGiven(at:)``, for ``ConnectionLimits/closeTimeout`` at most. Where answers are given at once, as a
    /// server does, nobody has to say so.
    package mutating func answersAwaited() { areAnswersAwaited = true }

    /// The application has answered all messages it was given, or will not.
    package mutating func answersGiven(at now: NIODeadline) {
        self.now = now
        areAnswersAwaited = false
    }

    /// The socket did not take everything at once: bytes were put behind those that wait for it.
    ///
    /// - Parameters:
    ///   - added: How many were put there.
    ///   - unsent: What waits now in all.
    ///   - now: The current time.
    package mutating func queued(_ added: Int, unsent: Unsent, at now: NIODeadline) {
        self.now = now
        sendWatch.queued(added, unsent: unsent, at: now)
    }

    /// ``nextDeadline`` has come, or the shell thinks so.
    ///
    /// - A silent peer is pinged, with an empty payload.
    /// - A peer that stays silent gets close 1011 "ping timeout", the usual code of WebSocket servers for it;
    ///   no answer is awaited, since none came to the ping.
    /// - A peer that lives but sends no data gets close 1001 "idle timeout", and may answer it.
    /// - A peer that takes nothing of what is sent to it gets close 1008, and is not waited for either.
    ///
    /// - Parameters:
    ///   - now: The current time.
    ///   - unsent: What waits for the peer.
    package mutating func timerFired(at now: NIODeadline, unsent: Unsent = Unsent()) {
        self.now = now
        guard handshake.isOpen else { return handshake.timerFired(at: now) }
        guard !hasInputEnded && offence == nil else { return }
        if let mutedUntil, now >= mutedUntil { self.mutedUntil = nil }
        sendWatch.unsent(unsent, at: now)
        judge(sendWatch.verdict(at: now))
        guard handshake.isOpen else { return }
        switch keepAlive.timerFired(at: now) {
        case .nothing: break
        case .sendPing: send(.ping, payload: ByteBuffer())
        case .peerIsLost: fail(ClosePayload(code: .internalError, reason: "ping timeout"), violation: nil)
        case .peerIsIdle: close(.goingAway, reason: "idle timeout", at: now)
        }
    }

    /// Begins the close handshake; nothing happens if a close frame already went either way.
    ///
    /// If the peer broke a rule and answers were awaited, they no longer are; that rule is what the close frame says.
    ///
    /// - Parameters:
    ///   - code: What to say. ``CloseCode/noStatusReceived`` sends an empty close frame; any other code
    ///     that must not be sent becomes ``CloseCode/internalError``.
    ///   - reason: Cut between characters after at most 123 bytes of UTF-8.
    ///   - now: The current time; ``ConnectionLimits/closeTimeout`` runs from here.
    package mutating func close(_ code: CloseCode, reason: String, at now: NIODeadline) {
        self.now = now
        guard isOpen else { return }
        guard offence == nil else { return areAnswersAwaited = false }
        let payload = ClosePayload(code: code, reason: reason)
        send(.close, payload: payload.bytes)
        handshake.sentClose(payload, at: now)
        dropMessage()
    }

    /// The next thing to do, `nil` when there is nothing until the next input.
    ///
    /// - Returns: See ``Event``.
    package mutating func next() -> Event? {
        var scratch = ByteBuffer()
        return next(scratch: &scratch)
    }

    /// The next thing to do, `nil` when there is nothing until the next input.
    ///
    /// - Parameter scratch: Memory for the frames of one read, best one buffer for all connections of an
    ///   event loop. It is overwritten when no message refers to it any more, and replaced otherwise; it grows to
    ///   the size of the largest read.
    /// - Returns: See ``Event``.
    package mutating func next(scratch: inout ByteBuffer) -> Event? {
        if outbox.readableBytes > 0 {
            defer { outbox = ByteBuffer() }
            return .write(outbox)
        }
        guard !handshake.isOver else { return handshake.report().map(Event.closed) }
        if let offence {
            if areAnswersAwaited, isOpen, now < offence.deadline { return nil }
            fail(offence.violation)
            return next(scratch: &scratch)
        }
        if isReadingPaused || mutedUntil != nil, isOpen { return nil }
        do throws(Violation) {
            while let piece = try reader.next(scratch: &scratch) {
                if let event = try received(piece) { return event }
                if handshake.isOver { return handshake.report().map(Event.closed) }
            }
        } catch {
            offence = (error, now + closeTimeout)
            reader.drop()
            dropMessage()
            return next(scratch: &scratch)
        }
        guard hasInputEnded else { return nil }
        handshake.transportEnded()
        return handshake.report().map(Event.closed)
    }

    /// Appends an unfragmented message to frames that wait for the socket.
    ///
    /// When the connection is no longer open nothing is appended: nothing may follow a close frame.
    ///
    /// - Parameters:
    ///   - kind: Text (the caller vouches for its UTF-8) or binary.
    ///   - carriesAudio: Whether it is mostly audio, which as a rule is not compressed.
    ///   - frames: Where it goes.
    ///   - write: Appends the payload to the buffer given and leaves what is there alone.
    package mutating func append(
        _ kind: Message.Kind,
        carriesAudio: Bool = false,
        to frames: inout ByteBuffer,
        _ write: (inout ByteBuffer) -> Void
    ) {
        guard isOpen else { return }
        let opcode: Opcode = kind == .text ? .text : .binary
        let maskingKey = role == .client ? makeMaskingKey() : nil
        guard let compression else { return FrameWriter.append(opcode, maskingKey: maskingKey, to: &frames, write) }
        compression.append(opcode, carriesAudio: carriesAudio, maskingKey: maskingKey, to: &frames, write)
    }
}

extension ConnectionMachine {
    /// Appends the header of an unfragmented message, behind which its payload is to go out as it is.
    ///
    /// - Parameters:
    ///   - kind: Text (the caller vouches for its UTF-8) or binary.
    ///   - count: How many bytes the payload has.
    ///   - frames: Where it goes.
    /// - Returns: Whether it did; not so where the payload has to be masked or may be compressed, and where nothing
    ///   may be sent any more.
    package mutating func appendHeader(_ kind: Message.Kind, count: Int, to frames: inout ByteBuffer) -> Bool {
        guard isOpen, role == .server, compression == nil else { return false }
        FrameWriter.appendHeader(kind == .text ? .text : .binary, count: count, to: &frames)
        return true
    }

    private mutating func received(_ piece: FramePiece) throws(Violation) -> Event? {
        guard !piece.header.opcode.isControl else { return try receivedControl(piece) }
        guard handshake.isOpen else { return nil }
        keepAlive.receivedData(at: now)
        let message: Message?
        if let compression, compression.takes(piece) {
            message = try compression.received(piece, in: &reader)
        } else {
            message = try assembler.received(piece, in: &reader)
        }
        guard let message else { return nil }
        if rate != nil { mutedUntil = rate?.spend(at: now) }
        return .message(message)
    }

    private mutating func receivedControl(_ piece: FramePiece) throws(Violation) -> Event? {
        var payload = ByteBuffer()
        if piece.isReady {
            payload = reader.takePayload()
        } else {
            _ = reader.movePayload(to: &control, unmaskingWith: piece.header.maskingKey)
            guard piece.isLast else { return nil }
            swap(&payload, &control)
        }
        switch piece.header.opcode {
        case .close:
            let said = try ClosePayload(parsing: payload)
            reader.drop()
            guard handshake.receivedClose(said, at: now) == .closeFrame else { return nil }
            return .write(frame(.close, payload: ClosePayload(code: said.code, reason: "").bytes))
        case .ping:
            if rate != nil { mutedUntil = rate?.spend(at: now) }
            return handshake.isOpen ? .write(frame(.pong, payload: payload)) : nil
        case .pong:
            return .pong(payload)
        case .continuation, .text, .binary:
            return nil
        }
    }

    private mutating func fail(_ violation: Violation) {
        fail(ClosePayload(code: violation.closeCode, reason: violation.entry.sentence), violation: violation)
    }

    /// Ends the connection from this side, without waiting for the peer.
    private mutating func fail(_ payload: ClosePayload, violation: Violation?) {
        if handshake.failed(payload, violation: violation) == .closeFrame {
            send(.close, payload: payload.bytes)
        }
        reader.drop()
        dropMessage()
    }

    private mutating func dropMessage() {
        assembler.drop()
        compression?.drop()
    }

    private mutating func judge(_ verdict: SendWatch.Verdict) {
        let reason: String
        switch verdict {
        case .nothing: return
        case .peerIsStalled: reason = "You have read nothing for too long. Read while you send."
        case .peerIsTooFarBehind: reason = "Too much waits for you to be read. Read faster, or ask for less."
        }
        fail(ClosePayload(code: .policyViolation, reason: reason), violation: nil)
    }

    private mutating func send(_ opcode: Opcode, payload: ByteBuffer) {
        FrameWriter.append(
            opcode,
            payload: payload,
            maskingKey: role == .client ? makeMaskingKey() : nil,
            to: &outbox
        )
    }

    private func frame(_ opcode: Opcode, payload: ByteBuffer) -> ByteBuffer {
        var frame = ByteBuffer()
        FrameWriter.append(
            opcode,
            payload: payload,
            maskingKey: role == .client ? makeMaskingKey() : nil,
            to: &frame
        )
        return frame
    }
}

private func earliest(_ one: NIODeadline?, _ other: NIODeadline?) -> NIODeadline? {
    guard let one, let other else { return one ?? other }
    return min(one, other)
}

extension Int {
    fileprivate func clamped(to range: ClosedRange<Int>) -> Int {
        Swift.min(Swift.max(self, range.lowerBound), range.upperBound)
    }
}
