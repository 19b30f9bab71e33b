// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials
internal import NIOCore
internal import NIOPosix
internal import NIOSSL
internal import NIOTLS
internal import ParleyDiagnosis

/// The way from the tap to the server.
struct TapUpstream: Sendable {
    enum Outcome: Sendable {
        case connected(any Channel, NIOLoopBound<PipeSide>)
        /// How far it got.
        case failed(Exchange)
    }

    let question: Question
    let target: TargetAddress
    let exchanger: Exchanger
    let resolver: NameResolver
    let trust: @Sendable () -> TrustStore

    private var timeoutMS: Int { Int(max(0.1, min(question.timeoutSeconds, 600)) * 1000) }

    /// Connects to the first address of the server that takes it.
    ///
    /// `link` is called on the event loop. Over TLS only a server that a careful client trusts gets to see what the client sends.
    func connect(on loop: any EventLoop, _ link: @escaping @Sendable () -> TapLink) async -> Outcome {
        var endpoint = Exchange.Endpoint(host: target.host, port: target.port, isSecure: target.isSecure)
        var last: Exchange?
        for address in await addresses() {
            endpoint.address = address
            guard let socket = try? SocketAddress(ipAddress: address, port: target.port) else { continue }
            do {
                return try await connect(to: socket, on: loop, link)
            } catch {
                // The doctor's own eye tells what it was.
                last = await exchanger.run(plan(endpoint))?.exchange
                if last?.tcp?.result == .connected || Task.isCancelled { break }
            }
        }
        var failed = last ?? Exchange(endpoint: endpoint)
        if failed.tcp == nil { failed.tcp = Exchange.TCPOutcome(.noAddress, durationMS: 0) }
        return .failed(failed)
    }

    private func plan(_ endpoint: Exchange.Endpoint) -> ExchangePlan {
        var plan = ExchangePlan(endpoint: endpoint)
        plan.timeoutMS = timeoutMS
        return plan
    }

    private func addresses() async -> [String] {
        let given = question.resolve.first { $0.key.lowercased() == target.host }?.value
        let name = (given ?? target.host).filter { $0 != "[" && $0 != "]" }
        if let literal = HostAddress.canonical(name) { return [literal] }
        return await resolver.lookUp(name, timeoutMS: timeoutMS).addresses
    }

    private func connect(
        to address: SocketAddress,
        on loop: any EventLoop,
        _ link: @escaping @Sendable () -> TapLink
    ) async throws -> Outcome {
        let setup = target.isSecure ? try TLSSetup(TLSPlan(), host: target.host) : nil
        let shown = loop.makePromise(of: ShownChain?.self)
        let side = loop.makePromise(of: NIOLoopBound<PipeSide>.self)
        let connecting = ClientBootstrap(group: loop)
            .connectTimeout(.milliseconds(Int64(timeoutMS)))
            // A TLS channel that allows half an end hangs at the end.
            .channelOption(.allowRemoteHalfClosure, value: setup == nil)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let setup {
                        let (handler, chain) = try setup.handler()
                        try pipeline.addHandlers(handler, TLSWaiter(shown, chain))
                    } else {
                        shown.succeed(nil)
                    }
                    let end = PipeSide(link(), isClient: false)
                    try pipeline.addHandler(end)
                    side.succeed(NIOLoopBound(end, eventLoop: loop))
                }
            }
            .connect(to: address)
        let reached = loop.makePromise(of: (any Channel).self)
        connecting.cascade(to: reached)
        connecting.whenFailure { error in
            shown.fail(error)
            side.fail(error)
        }
        let timer = loop.scheduleTask(in: .milliseconds(Int64(2 * timeoutMS))) {
            shown.fail(ChannelError.connectTimeout(.milliseconds(Int64(2 * timeoutMS))))
        }
        defer { timer.cancel() }
        return try await withTaskCancellationHandler {
            do {
                let chain = try await shown.futureResult.get()
                let channel = try await reached.futureResult.get()
                let end = try await side.futureResult.get()
                if let chain {
                    let judged = trust().judge(chain.all, host: target.host, now: Int(Date().timeIntervalSince1970))
                    guard judged.faults.isEmpty else { throw ChannelError.inappropriateOperationForState }
                }
                return .connected(channel, end)
            } catch {
                connecting.whenSuccess { $0.close(promise: nil) }
                throw error
            }
        } onCancel: {
            shown.fail(CancellationError())
            reached.fail(CancellationError())
        }
    }
}

/// Tells when TLS is ready.
private final class TLSWaiter: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let ready: EventLoopPromise<ShownChain?>
    private let chain: ShownChain

    init(_ ready: EventLoopPromise<ShownChain?>, _ chain: ShownChain) {
        self.ready = ready
        self.chain = chain
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case TLSUserEvent.handshakeCompleted = event { ready.succeed(chain) }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        ready.fail(error)
        context.fireErrorCaught(error)
    }

    func channelInactive(context: ChannelHandlerContext) {
        ready.fail(ChannelError.eof)
        context.fireChannelInactive()
    }
}
