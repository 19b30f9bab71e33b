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

    private var machine: ConnectionMachine
    private let delegate: any WebSocketDelegate
    private var context: ChannelHandlerContext?
    private var timer: Scheduled<Void>?
    private var timerDeadline: NIODeadline?
    private let memory: LoopMemory
    private var outlet: Outlet
    private var isReading = false
    private var isReadingPaused = false
    private var hasPendingRead = false
    private var summary: CloseSummary?
    private var wasReported = false

    /// How long bytes of the peer are read off after our side of TCP was ended, so that no reset overtakes the close.
    private static let linger = TimeAmount.seconds(1)

    /// A handler for a connection whose handshake has been decided.
    ///
    /// - Parameters:
    ///   - machine: Decides.
    ///   - delegate: Gets what comes.
    ///   - memory: The memory of the channel's event loop.
    package init(_ machine: ConnectionMachine, delegate: any WebSocketDelegate, memory: LoopMemory = LoopMemory()) {
        self.machine = machine
        self.delegate = delegate
        self.memory = memory
        outlet = Outlet(memory: memory)
    }

    /// Whether messages may still be sent.
    package var isOpen: Bool { machine.isOpen && summary == nil }

    /// Whether the socket takes bytes without queueing many.
    package var isWritable: Bool { context?.channel.isWritable ?? false }

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
    /// Nothing happens once the connection is closing.
    package func send(_ kind: Message.Kind, _ write: (inout ByteBuffer) -> Void) {
        guard let context, isOpen else { return }
        outlet.collect(kind, with: &machine, write)
        if outlet.isFull { outlet.flush(context) }
    }

    /// Puts what was sent on the wire, unless a burst of reads is under way that will.
    package func flushOutsideReads() {
        guard !isReading, let context else { return }
        outlet.flush(context)
    }

    /// Begins the close handshake.
    package func close(_ code: CloseCode, reason: String) {
        machine.close(code, reason: reason, at: .now())
        process()
        flushOutsideReads()
        scheduleTimer()
    }

    /// Stops reading from the socket, so that TCP slows the peer down; `false` reads again.
    package func pauseReading(_ isPaused: Bool) {
        guard isPaused != isReadingPaused else { return }
        isReadingPaused = isPaused
        guard !isPaused else { return machine.readingPaused(at: .now()) }
        machine.readingResumed(at: .now())
        if hasPendingRead {
            hasPendingRead = false
            context?.read()
        }
    }

    private func process() {
        while let event = machine.next(scratch: &memory.input) {
            switch event {
            case .message(let message): delegate.received(message)
            case .write(let bytes): outlet.collect(bytes)
            case .pong: break
            case .closed(let summary): end(summary)
            }
        }
    }

    /// Ends our side of TCP behind what was written; the rest follows when the peer ends its own.
    private func end(_ summary: CloseSummary) {
        self.summary = summary
        timer?.cancel()
        report()
        guard let context, context.channel.isActive else { return }
        outlet.flush(context)
        context.close(mode: .output, promise: nil)
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: Self.linger) { context.close(promise: nil) }
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
            machine.timerFired(at: now)
            process()
            flushOutsideReads()
        }
        scheduleTimer()
    }
}

extension WebSocketChannelHandler {
    package func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        outlet.attach(to: context)
    }

    package func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        isReading = true
        machine.received(unwrapInboundIn(data), at: .now())
        process()
    }

    package func channelReadComplete(context: ChannelHandlerContext) { readsCompleted() }

    /// To be called when a decoder in front has handed on bytes outside of the channel's own reads.
    package func earlyBytesDelivered() { readsCompleted() }

    private func readsCompleted() {
        isReading = false
        flushOutsideReads()
        scheduleTimer()
    }

    package func read(context: ChannelHandlerContext) {
        guard !isReadingPaused else {
            hasPendingRead = true
            return
        }
        context.read()
    }

    package func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { delegate.becameWritable() }
        flushOutsideReads()
    }

    package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case ChannelEvent.inputClosed:
            inputEnded()
            if summary != nil { context.close(promise: nil) }
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
        machine.inputEnded(at: .now())
        process()
    }
}
