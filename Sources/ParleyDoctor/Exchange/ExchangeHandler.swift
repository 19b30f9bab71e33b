// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import NIOSSL
internal import NIOTLS
internal import ParleyDiagnosis

/// Moves bytes between a channel and an ``ExchangeMachine``; lives on the channel's event loop.
final class ExchangeHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private(set) var machine: ExchangeMachine
    private let setup: TLSSetup?
    private let masker: Masker
    private let wire: WireWatch
    private let started: NIODeadline
    private let finished: (ExchangeHandler) -> Void
    private var timer: Scheduled<Void>?
    private var timerMS: Int?
    private var tlsStartedMS = 0
    private var ssl: NIOSSLClientHandler?
    private var shown: ShownChain?
    private var isTLSOver = false
    private var isFinished = false

    init(
        _ machine: ExchangeMachine,
        setup: TLSSetup?,
        masker: Masker,
        wire: WireWatch,
        started: NIODeadline,
        finished: @escaping (ExchangeHandler) -> Void
    ) {
        self.machine = machine
        self.setup = setup
        self.masker = masker
        self.wire = wire
        self.started = started
        self.finished = finished
    }

    /// The certificates the server showed, in DER.
    var chain: [[UInt8]] { shown?.all ?? [] }

    private func nowMS() -> Int { Int((NIODeadline.now() - started).nanoseconds / 1_000_000) }

    func channelActive(context: ChannelHandlerContext) {
        perform(machine.connected(atMS: nowMS()), context)
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        perform(machine.received(Array(unwrapInboundIn(data).readableBytesView), atMS: nowMS()), context)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case TLSUserEvent.handshakeCompleted(let chosen) = event { tlsEnded(.completed, chosen, context) }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        wire.note(error)
        guard ssl != nil else {
            if wire.wasReset { perform(machine.ended(.reset, atMS: nowMS()), context) }
            return
        }
        if isTLSOver {
            if let alert = TLSSetup.alert(in: error) { machine.tlsAlerted(alert) }
        } else {
            tlsEnded(failure(error), nil, context)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        if ssl != nil, !isTLSOver { tlsEnded(failure(nil), nil, context) }
        perform(machine.ended(wire.wasReset ? .reset : .closed, atMS: nowMS()), context)
        context.fireChannelInactive()
    }

    private func failure(_ error: (any Error)?) -> Exchange.TLSOutcome.Result {
        let records = wire.records
        if !records.looksLikeTLS { return .notTLS(masker.bytes(records.firstBytes, count: records.count)) }
        if let alert = error.flatMap(TLSSetup.alert) ?? records.alert { return .alert(alert) }
        if wire.wasReset { return .reset }
        guard let error, !"\(error)".contains("EOF during handshake"), !(error is ChannelError) else { return .closed }
        return .failed(TLSSetup.words(of: error))
    }

    private func tlsEnded(_ result: Exchange.TLSOutcome.Result, _ chosen: String?, _ context: ChannelHandlerContext) {
        guard !isTLSOver else { return }
        isTLSOver = true
        perform(machine.tlsEnded(outcome(result, chosen), atMS: nowMS()), context)
    }

    private func outcome(_ result: Exchange.TLSOutcome.Result, _ chosen: String?) -> Exchange.TLSOutcome {
        Exchange.TLSOutcome(
            result,
            serverName: setup?.serverName,
            offeredProtocols: setup?.protocols ?? [],
            // Before the server's choice this would be the version of the hello.
            version: wire.records.hasServerHello ? ssl?.tlsVersion?.name : nil,
            chosenProtocol: chosen,
            asksForCertificate: wire.records.asksForCertificate,
            durationMS: nowMS() - tlsStartedMS
        )
    }

    private func perform(_ actions: [ExchangeMachine.Action], _ context: ChannelHandlerContext) {
        for action in actions {
            switch action {
            case .send(let bytes):
                let written = context.eventLoop.makePromise(of: Void.self)
                written.futureResult.assumeIsolated().whenFailure { [wire] error in wire.note(error) }
                context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: written)
            case .startTLS: startTLS(context)
            case .finish: finish(context)
            }
        }
        schedule(context)
    }

    private func startTLS(_ context: ChannelHandlerContext) {
        tlsStartedMS = nowMS()
        wire.watchesTLS = true
        do {
            guard let setup else { throw ChannelError.inappropriateOperationForState }
            let (handler, shown) = try setup.handler()
            ssl = handler
            self.shown = shown
            try context.pipeline.syncOperations.addHandler(handler, position: .after(wire))
        } catch {
            tlsEnded(.failed("\(error)"), nil, context)
        }
    }

    private func schedule(_ context: ChannelHandlerContext) {
        guard !isFinished, timerMS != machine.deadlineMS else { return }
        timer?.cancel()
        timerMS = machine.deadlineMS
        guard machine.deadlineMS < .max else { return }
        let due = started + .milliseconds(Int64(machine.deadlineMS))
        timer = context.eventLoop.assumeIsolated()
            .scheduleTask(deadline: due) { [self] in
                timerMS = nil
                guard !isFinished else { return }
                // Of a handshake that hangs it is known what was offered.
                if ssl != nil, !isTLSOver {
                    tlsEnded(.timedOut, nil, context)
                } else {
                    perform(machine.timeIsUp(atMS: max(nowMS(), machine.deadlineMS)), context)
                }
            }
    }

    /// Ends the exchange now, as it is.
    func cancel() { finish(nil) }

    private func finish(_ context: ChannelHandlerContext?) {
        guard !isFinished else { return }
        isFinished = true
        timer?.cancel()
        finished(self)
        context?.close(promise: nil)
    }
}

extension TLSVersion {
    /// As people write it.
    var name: String {
        switch self {
        case .tlsv1: "TLS 1.0"
        case .tlsv11: "TLS 1.1"
        case .tlsv12: "TLS 1.2"
        case .tlsv13: "TLS 1.3"
        }
    }
}
