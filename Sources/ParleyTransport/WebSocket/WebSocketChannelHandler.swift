// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore
package import ParleyWebSocket

/// Moves bytes between a channel and a ``ConnectionMachine``; decides nothing.
///
/// Everything happens on the channel's event loop. Outgoing messages are flushed once per burst of reads, or at once
/// when they are sent outside of one.
package final class WebSocketChannelHandler: ChannelDuplexHandler, RemovableChannelHandler {
    package typealias InboundIn = ByteBuffer
    package typealias OutboundIn = ByteBuffer
    package typealias OutboundOut = ByteBuffer

    // The machine and the outlet are pure but for the system's `send`, and what writes a message into the outlet touches
    // neither: debug builds check it, others are spared the look-up with every message. What else is marked is only read
    // and set.
    #if !DEBUG
    @exclusivity(unchecked)
    #endif
    private var machine: ConnectionMachine
    #if !DEBUG
    @exclusivity(unchecked)
    #endif
    private var outlet: Outlet
    private let delegate: any WebSocketDelegate
    @exclusivity(unchecked) private var context: ChannelHandlerContext?
    private var timer: Scheduled<Void>?
    private var timerDeadline: NIODeadline?
    /// When the messages that the delegate is being given came, or were let through.
    package var time: NIODeadline { timeOfMessages }
    @exclusivity(unchecked) private var timeOfMessages = NIODeadline.uptimeNanoseconds(0)
    /// What the connections of the event loop share.
    package let memory: LoopMemory
    private var isReading = false
    /// Whether the channel is being written to, and may tell in the midst of it that it is at its end.
    private var isFlushing = false
    private var pauses: Pauses = []
    private var hasPendingRead = false
    /// Whether the deadline may have come nearer; with messages it only moves away.
    private var hasControlled = false
    @exclusivity(unchecked) private var summary: CloseSummary?
    private var wasReported = false

    /// Why nothing is read.
    private struct Pauses: OptionSet {
        let rawValue: UInt8
        /// The delegate wants it so.
        static let delegate = Pauses(rawValue: 1)
        /// The socket takes no more, so that answers to what is read would pile up.
        static let unsent = Pauses(rawValue: 2)
        /// The peer sends too many messages.
        static let rate = Pauses(rawValue: 4)
    }

    /// How long bytes of the peer are read off after our side of TCP was ended, so that no reset overtakes the close.
    private static let linger = TimeAmount.seconds(1)

    /// A handler for a connection whose handshake has been decided.
    ///
    /// - Parameters:
    ///   - machine: Decides.
    ///   - delegate: Gets what comes.
    ///   - isSecure: Whether there is TLS between this handler and the socket.
    ///   - memory: The memory of the channel's event loop.
    package init(
        _ machine: ConnectionMachine,
        delegate: any WebSocketDelegate,
        isSecure: Bool,
        memory: LoopMemory = LoopMemory()
    ) {
        self.machine = machine
        self.delegate = delegate
        self.memory = memory
        outlet = Outlet(hasTLS: isSecure, memory: memory)
    }

    /// Whether messages may still be sent.
    package var isOpen: Bool { machine.isOpen && summary == nil }

    /// Whether the socket takes bytes without queueing many.
    package var isWritable: Bool { takesBytes }
    @exclusivity(unchecked) private var takesBytes = false

    /// Sends the answer to the handshake; the connection is open from here.
    ///
    /// - Parameters:
    ///   - answer: The bytes, or none where somebody else has sent them.
    ///   - isFirst: Whether nothing was written to the channel before; it goes out with the first messages then.
    package func open(answer: ByteBuffer, isFirst: Bool = false) {
        if isFirst {
            outlet.collect(answer)
        } else if let context, answer.readableBytes > 0 {
            // Answers to earlier requests may still wait in the channel.
            outlet.enqueue(answer, context)
            context.flush()
        }
        delegate.opened(self)
        process()
        flushOutsideReads()
        scheduleTimer()
    }

    /// Sends a message: `write` appends its payload to a buffer.
    ///
    /// Nothing happens once the connection is closing. A message that `carriesAudio` is as a rule not compressed, see
    /// ``CompressionPolicy``.
    package func send(_ kind: Message.Kind, carriesAudio: Bool = false, _ write: (inout ByteBuffer) -> Void) {
        // The machine appends nothing once the connection is closing.
        guard let context, summary == nil else { return }
        outlet.collect(kind, carriesAudio: carriesAudio, with: &machine, write)
        if outlet.isFull { flush(context) }
    }

    /// Payloads from this size on, in bytes, are rather sent at once than copied.
    private static let uncopiedBytes = 16 * 1024

    /// Sends a message whose payload is there already.
    ///
    /// Nothing happens once the connection is closing.
    package func send(_ kind: Message.Kind, payload: ByteBuffer) {
        guard payload.readableBytes >= Self.uncopiedBytes, let context, summary == nil,
            outlet.collectHeader(kind, count: payload.readableBytes, with: &machine)
        else { return send(kind) { $0.writeImmutableBuffer(payload) } }
        queue(outlet.send(payload), context)
    }

    /// Sends frames that are complete already, masked if this is the client's side.
    ///
    /// Nothing happens once the connection is closing.
    package func send(frames: ByteBuffer) {
        guard let context, isOpen else { return }
        outlet.collect(frames)
        if outlet.isFull { flush(context) }
    }

    /// Puts what was sent on the wire, unless a burst of reads is under way that will.
    package func flushOutsideReads() {
        guard !isReading, let context else { return }
        flush(context)
    }

    private func flush(_ context: ChannelHandlerContext) { queue(outlet.send(), context) }

    /// Lets the channel have what the socket did not take.
    private func queue(_ rest: ByteBuffer?, _ context: ChannelHandlerContext) {
        guard let rest else { return }
        // A copy, since the channel may call back: it tells at once when it has enough.
        let outlet = outlet
        isFlushing = true
        outlet.enqueue(rest, context)
        context.flush()
        isFlushing = false
        let unsent = outlet.unsent(context)
        guard unsent.bytes > 0, summary == nil else { return }
        machine.queued(rest.readableBytes, unsent: unsent, at: .now())
        scheduleTimer()
    }

    /// Tells that the delegate was given messages that it answers later, if at all.
    ///
    /// If the peer breaks a rule after them, the close frame waits for ``answersGiven()``, but not for long.
    package func answersAwaited() { machine.answersAwaited() }

    /// Tells that all messages are answered which the delegate was given.
    package func answersGiven() {
        machine.answersGiven(at: .now())
        guard machine.isFailing else { return }
        process()
        flushOutsideReads()
    }

    /// Begins the close handshake.
    package func close(_ code: CloseCode, reason: String) {
        machine.close(code, reason: reason, at: .now())
        // The peer's answer is behind whatever kept us from reading.
        if !pauses.isEmpty { readOn() }
        process()
        flushOutsideReads()
        scheduleTimer()
    }

    /// Ends the connection at once, without a close frame: TCP is reset, and what was not sent yet is lost.
    package func reset() {
        guard let context else { return }
        flush(context)
        let close = { context.close(promise: nil) }
        guard let socket = context.channel as? any SocketOptionProvider else { return close() }
        socket.setSoLinger(notAtAll).assumeIsolated().whenComplete { _ in close() }
    }

    /// Stops reading from the socket, so that TCP slows the peer down; `false` reads again.
    package func pauseReading(_ isPaused: Bool) {
        if isPaused { pause(.delegate) } else { resume(.delegate) }
    }

    private func pause(_ reason: Pauses) {
        guard machine.isOpen else { return }
        let isFirst = pauses.isEmpty
        pauses.insert(reason)
        if isFirst { machine.readingPaused(at: .now()) }
    }

    private func resume(_ reason: Pauses) {
        guard pauses.remove(reason) != nil, pauses.isEmpty else { return }
        readOn()
        // What came before the pause may still wait in the machine. Not at once: the delegate may be at work.
        context?.eventLoop.assumeIsolated()
            .execute {
                self.process()
                self.flushOutsideReads()
                self.scheduleTimer()
            }
    }

    /// Reads, whatever kept us from it.
    private func readOn() {
        pauses = []
        machine.readingResumed(at: .now())
        if hasPendingRead {
            hasPendingRead = false
            context?.read()
        }
    }

    private func process(at now: NIODeadline = .now()) {
        timeOfMessages = now
        while let event = machine.next(scratch: &memory.input) {
            switch event {
            case .message(let message): delegate.received(message)
            case .write(let bytes):
                outlet.collect(bytes)
                hasControlled = true
            case .pong: break
            case .closed(let summary): end(summary)
            }
        }
        if machine.isMuted { pause(.rate) }
        if machine.isFailing { hasControlled = true }
    }

    /// Ends our side of TCP behind what was written; the rest follows when the peer ends its own.
    private func end(_ summary: CloseSummary) {
        self.summary = summary
        timer?.cancel()
        if !pauses.isEmpty { readOn() }
        report()
        guard let context, context.channel.isActive else { return }
        flush(context)
        // A client that has said good-bye sends nothing more, so that nothing can turn the end into a reset. A server
        // ends TCP itself (RFC 6455 section 7.1.1).
        if machine.role == .server, summary.wasClean, summary.initiator == .peer, outlet.hasReachedSocket {
            return context.close(promise: nil)
        }
        context.close(mode: .output, promise: nil)
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: Self.linger) { self.outlet.endForGood(context) }
    }

    private func report() {
        guard !wasReported, let summary else { return }
        wasReported = true
        delegate.closed(summary)
    }

    private func scheduleTimer() {
        guard summary == nil, let context, let deadline = machine.nextDeadline else { return }
        // The deadline moves with every byte received; a timer that fires too early just looks again.
        if let timerDeadline, timerDeadline <= deadline { return }
        timer?.cancel()
        timerDeadline = deadline
        timer = context.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { self.timerFired() }
    }

    private func timerFired() {
        timerDeadline = nil
        let now = NIODeadline.now()
        if let deadline = machine.nextDeadline, deadline <= now {
            machine.timerFired(at: now, unsent: context.map(outlet.unsent) ?? Unsent())
            if !machine.isMuted { resume(.rate) }
            process()
            flushOutsideReads()
        }
        scheduleTimer()
    }
}

extension WebSocketChannelHandler {
    package func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        takesBytes = context.channel.isWritable
        outlet.attach(to: context)
        #if os(Linux)
        if context.channel is ConnectionChannel { return }
        #endif
        guard outlet.isAttached, let options = context.channel.syncOptions else { return }
        try? options.setOption(.recvAllocator, value: LoopReceiveAllocator(memory, on: context.eventLoop))
        // With more, the channel would put aside the loop's buffers for itself.
        try? options.setOption(.maxMessagesPerRead, value: 1)
    }

    package func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        takesBytes = false
        outlet.detach()
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        isReading = true
        let bytes = unwrapInboundIn(data)
        memory.giveBackReceived(bytes)
        let now = NIODeadline.now()
        machine.received(bytes, at: now)
        process(at: now)
    }

    package func channelReadComplete(context: ChannelHandlerContext) {
        readsCompleted()
        // Asked for here, the next read need not come the whole way through the pipeline.
        read(context: context)
    }

    /// To be called when the handlers in front have handed on their last bytes: from here on, those of a plain
    /// connection come past the pipeline.
    package func othersLeft() {
        readsCompleted()
        #if os(Linux)
        if outlet.isDirect, let connection = context?.channel as? ConnectionChannel { connection.receiver = self }
        #endif
    }

    private func readsCompleted() {
        isReading = false
        delegate.readsCompleted()
        flushOutsideReads()
        guard hasControlled || timerDeadline == nil else { return }
        hasControlled = false
        scheduleTimer()
    }

    package func read(context: ChannelHandlerContext) {
        guard pauses.isEmpty else {
            hasPendingRead = true
            return
        }
        context.read()
    }

    package func channelWritabilityChanged(context: ChannelHandlerContext) {
        takesBytes = context.channel.isWritable
        if takesBytes {
            resume(.unsent)
            delegate.becameWritable()
        } else if machine.role == .server {
            // Not so a client: two sides that wait for each other to read would wait for ever.
            pause(.unsent)
        }
        flushOutsideReads()
    }

    package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case ChannelEvent.inputClosed:
            inputEnded()
            if summary != nil, outlet.isSent { outlet.endForGood(context) }
        case is ChannelShouldQuiesceEvent:
            // Not handed on: the HTTP handlers behind would close the connection at once.
            delegate.shouldDrain()
            flushOutsideReads()
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    package func channelInactive(context: ChannelHandlerContext) {
        inputEnded()
        timer?.cancel()
        context.fireChannelInactive()
    }

    package func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A reset or a broken TLS stream: there is nobody left to tell.
        inputEnded()
        context.close(promise: nil)
    }

    private func inputEnded() {
        guard !isFlushing else {
            // The delegate is at work: it is sending.
            context?.eventLoop.assumeIsolated().execute { self.inputEnded() }
            return
        }
        machine.inputEnded(at: .now())
        process()
    }
}

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// Closing drops what was not sent, and tells the peer so by a reset.
private let notAtAll = linger(l_onoff: 1, l_linger: 0)

#if os(Linux)
extension WebSocketChannelHandler: ConnectionReceiver {
    func received(_ bytes: UnsafeRawBufferPointer) -> Bool {
        isReading = true
        let now = NIODeadline.now()
        machine.received(lent: bytes, scratch: &memory.input, at: now)
        process(at: now)
        readsCompleted()
        hasPendingRead = !pauses.isEmpty
        return pauses.isEmpty
    }
}
#endif
