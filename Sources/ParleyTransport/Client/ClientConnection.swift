// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import ParleyWebSocket

/// An open connection between the event loop it lives on and the tasks that use it.
actor ClientConnection: WebSocketDelegate {
    private struct Sender {
        let id: Int
        let kind: Message.Kind
        let payload: ByteBuffer
        let waiting: CheckedContinuation<Result<Void, SendFailure>, Never>
    }

    nonisolated let unownedExecutor: UnownedSerialExecutor
    private nonisolated let eventLoop: any EventLoop
    private var socket: NIOLoopBound<WebSocketChannelHandler>?
    private var buffer: MessageBuffer
    private var summary: CloseSummary?
    /// Who waits for a message; somebody does only while none is there.
    private var receivers = CircularBuffer<CheckedContinuation<Message?, Never>>()
    /// Who waits for the socket to take bytes, in the order of their coming.
    private var senders: [Sender] = []
    private var closers: [CheckedContinuation<CloseSummary, Never>] = []
    private var nextSender = 0

    init(eventLoop: any EventLoop, bufferLimits: MessageBuffer.Limits) {
        unownedExecutor = eventLoop.executor.asUnownedSerialExecutor()
        self.eventLoop = eventLoop
        buffer = MessageBuffer(limits: bufferLimits)
    }

    /// The next message, nil behind the last one.
    ///
    /// If the waiting task is cancelled the connection is closed.
    func nextMessage() async -> Message? {
        await withTaskCancellationHandler {
            if Task.isCancelled { return nil }
            if let message = buffer.next() {
                if buffer.hasRoom { socket?.value.pauseReading(false) }
                return message
            }
            // Who asks for more has done with the messages before.
            socket?.value.answersGiven()
            if summary != nil { return nil }
            return await withCheckedContinuation { receivers.append($0) }
        } onCancel: {
            eventLoop.execute { self.assumeIsolated { $0.readerLeft() } }
        }
    }

    /// Sends a message when the socket takes it and those before it are sent.
    func send(_ kind: Message.Kind, _ payload: ByteBuffer) async throws(SendFailure) {
        guard let socket = socket?.value, socket.isOpen else { throw .closed(summary) }
        guard !socket.isWritable || !senders.isEmpty else { return write(kind, payload, to: socket) }
        let id = nextSender
        nextSender += 1
        let result: Result<Void, SendFailure> = await withTaskCancellationHandler {
            await withCheckedContinuation { waiting in
                guard !Task.isCancelled else { return waiting.resume(returning: .failure(.cancelled)) }
                senders.append(Sender(id: id, kind: kind, payload: payload, waiting: waiting))
            }
        } onCancel: {
            eventLoop.execute { self.assumeIsolated { $0.senderLeft(id) } }
        }
        try result.get()
    }

    /// Begins the close handshake and waits for the end.
    func close(_ code: CloseCode, reason: String) async -> CloseSummary {
        beginClose(code, reason: reason)
        return await end()
    }

    /// Waits for the end; a task that is cancelled meanwhile brings it about.
    func end() async -> CloseSummary {
        await withTaskCancellationHandler {
            if let summary { return summary }
            return await withCheckedContinuation { closers.append($0) }
        } onCancel: {
            abandon()
        }
    }

    /// Nobody is left who could use the connection.
    nonisolated func abandon() {
        eventLoop.execute { self.assumeIsolated { $0.beginClose(.goingAway, reason: "") } }
    }

    private func beginClose(_ code: CloseCode, reason: String) {
        // The peer's close frame may be behind messages nobody reads.
        socket?.value.pauseReading(false)
        socket?.value.close(code, reason: reason)
    }

    private func readerLeft() {
        beginClose(.goingAway, reason: "")
        while let receiver = receivers.popFirst() { receiver.resume(returning: nil) }
    }

    private func senderLeft(_ id: Int) {
        guard let index = senders.firstIndex(where: { $0.id == id }) else { return }
        senders.remove(at: index).waiting.resume(returning: .failure(.cancelled))
    }

    private func write(_ kind: Message.Kind, _ payload: ByteBuffer, to socket: WebSocketChannelHandler) {
        socket.send(kind) { $0.writeImmutableBuffer(payload) }
        socket.flushOutsideReads()
    }
}

// MARK: On the event loop

extension ClientConnection {
    nonisolated func opened(_ socket: WebSocketChannelHandler) {
        let bound = NIOLoopBound(socket, eventLoop: eventLoop)
        assumeIsolated { $0.socket = bound }
    }

    nonisolated func received(_ message: Message) {
        assumeIsolated { connection in
            connection.socket?.value.answersAwaited()
            if let receiver = connection.receivers.popFirst() { return receiver.resume(returning: message) }
            connection.buffer.append(message)
            if connection.buffer.isFull { connection.socket?.value.pauseReading(true) }
        }
    }

    nonisolated func becameWritable() {
        assumeIsolated { connection in
            while let socket = connection.socket?.value, socket.isOpen, socket.isWritable, !connection.senders.isEmpty {
                let sender = connection.senders.removeFirst()
                connection.write(sender.kind, sender.payload, to: socket)
                sender.waiting.resume(returning: .success(()))
            }
        }
    }

    nonisolated func shouldDrain() {
        assumeIsolated { $0.beginClose(.goingAway, reason: "") }
    }

    nonisolated func closed(_ summary: CloseSummary) {
        assumeIsolated { connection in
            connection.socket = nil
            connection.summary = summary
            while let receiver = connection.receivers.popFirst() { receiver.resume(returning: nil) }
            for sender in connection.senders { sender.waiting.resume(returning: .failure(.closed(summary))) }
            connection.senders = []
            for closer in connection.closers { closer.resume(returning: summary) }
            connection.closers = []
        }
    }
}
