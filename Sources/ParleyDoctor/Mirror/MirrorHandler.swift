// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import ParleyDiagnosis

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// Moves bytes between a channel and a ``MirrorMachine``; lives on the channel's event loop.
final class MirrorHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private(set) var machine: MirrorMachine
    private let number: Int
    private let started = NIODeadline.now()
    private let tell: @Sendable (TapNews) -> Void
    private var context: ChannelHandlerContext?
    private var timer: Scheduled<Void>?
    private var timerMS: Int?
    private var wasReset = false

    init(_ machine: MirrorMachine, number: Int, tell: @escaping @Sendable (TapNews) -> Void) {
        self.machine = machine
        self.number = number
        self.tell = tell
    }

    private var nowMS: Int { Int((NIODeadline.now() - started).nanoseconds / 1_000_000) }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        perform([])
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        timer?.cancel()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        perform(machine.received(Array(unwrapInboundIn(data).readableBytesView), atMS: nowMS))
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed = event { perform(machine.ended(.closed, atMS: nowMS)) }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let error = error as? IOError, [ECONNRESET, EPIPE].contains(error.errnoCode) { wasReset = true }
    }

    func channelInactive(context: ChannelHandlerContext) {
        perform(machine.ended(wasReset ? .reset : .closed, atMS: nowMS))
        context.fireChannelInactive()
    }

    /// Ends the connection as it is.
    func stop() { perform(machine.stop(atMS: nowMS)) }

    /// What was seen.
    var connection: MirroredConnection {
        MirroredConnection(
            number: number,
            url: machine.url,
            answer: machine.answer == .right ? nil : machine.answer?.name,
            records: machine.records
        )
    }

    private func perform(_ actions: [MirrorMachine.Action]) {
        for item in machine.takeNews() { say(item) }
        for action in actions {
            switch action {
            case .send(let bytes): context?.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
            case .endOutput: context?.close(mode: .output, promise: nil)
            case .close: context?.close(promise: nil)
            case .reset:
                if let socket = context?.channel as? any SocketOptionProvider {
                    _ = socket.setSoLinger(linger(l_onoff: 1, l_linger: 0))
                }
                context?.close(promise: nil)
            }
        }
        schedule()
    }

    private func say(_ item: ConnectionNews) {
        say(item.line)
        guard case .request(let request) = item else { return }
        for line in request.fieldLines { say(line) }
        if let answer = machine.answer { say("* answer: \(answer.name), \(answer.about)") }
        guard let likeness = machine.likeness else { return }
        if !likeness.clients.isEmpty { say("* looks like \(likeness.clients.joined(separator: ", "))") }
        for difference in likeness.differences {
            let lines = difference.lines.isEmpty ? ["is the same"] : difference.lines
            for line in lines { say("* compared with \(difference.client): \(line)") }
        }
    }

    private func say(_ line: String) { tell(TapNews(number: number, atMS: nowMS, line: line)) }

    private func schedule() {
        guard let context, timerMS != machine.deadlineMS else { return }
        timer?.cancel()
        timer = nil
        timerMS = machine.deadlineMS
        guard machine.deadlineMS < .max else { return }
        let due = started + .milliseconds(Int64(machine.deadlineMS))
        timer = context.eventLoop.assumeIsolated()
            .scheduleTask(deadline: due) { [self] in
                timerMS = nil
                perform(machine.timeIsUp(atMS: max(nowMS, machine.deadlineMS)))
            }
    }
}
