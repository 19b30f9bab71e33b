// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials
package import NIOCore
internal import NIOPosix
package import ParleyDiagnosis
internal import ParleyTransport

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// Makes connections and tells what happened on them.
package struct Exchanger: Sendable {
    private let group: any EventLoopGroup
    private let masker: Masker
    private let trust: @Sendable () -> TrustStore

    /// - Parameters:
    ///   - group: Where connections live.
    ///   - masker: Knows the secrets.
    ///   - trust: The roots to trust; asked for when the first certificate is to be judged.
    package init(group: any EventLoopGroup, masker: Masker, trust: @escaping @Sendable () -> TrustStore) {
        self.group = group
        self.masker = masker
        self.trust = trust
    }

    /// What came of an exchange, with what only the doctor itself may see.
    package struct Outcome: Sendable {
        package var exchange: Exchange
        /// The beginning of the answer's body, secrets included.
        package var body: [UInt8] = []
        /// The fields of the answer, secrets included.
        package var fields: [Header] = []
    }

    /// Makes one connection.
    ///
    /// - Parameter plan: What to do; `endpoint.address` says where, there is none to connect to without it.
    /// - Returns: What happened; nil when the task was cancelled before the end.
    package func run(_ plan: ExchangePlan) async -> Outcome? {
        let port = plan.proxy?.port ?? plan.endpoint.port
        guard let text = plan.endpoint.address, let address = try? SocketAddress(ipAddress: text, port: port) else {
            var exchange = Exchange(endpoint: plan.endpoint)
            exchange.tcp = Exchange.TCPOutcome(.noAddress, durationMS: 0)
            return Outcome(exchange: exchange)
        }
        var setup: TLSSetup?
        if plan.endpoint.isSecure, plan.listensMS == nil {
            do {
                setup = try TLSSetup(plan.tls, host: plan.endpoint.host)
            } catch {
                var exchange = Exchange(endpoint: plan.endpoint)
                exchange.tls = Exchange.TLSOutcome(.failed(TLSSetup.words(of: error)))
                return Outcome(exchange: exchange)
            }
        }
        let result = await connect(plan, to: address, setup)
        guard case (var outcome, let chain)? = result else { return nil }
        if !chain.isEmpty {
            let judged = trust().judge(chain, host: plan.endpoint.host, now: Int(Date().timeIntervalSince1970))
            outcome.exchange.tls?.chain = judged.chain
            outcome.exchange.tls?.faults = judged.faults
        }
        return outcome
    }

    private func connect(
        _ plan: ExchangePlan,
        to address: SocketAddress,
        _ setup: TLSSetup?
    ) async -> (Outcome, [[UInt8]])? {
        let loop = group.next()
        let promise = loop.makePromise(of: (Outcome, [[UInt8]])?.self)
        let started = NIODeadline.now()
        let machine = ExchangeMachine(plan, masker: masker)
        let connecting = ClientBootstrap(group: loop)
            .connectTimeout(.milliseconds(Int64(plan.timeoutMS)))
            .channelInitializer { [masker] channel in
                channel.eventLoop.makeCompletedFuture {
                    let wire = WireWatch()
                    try channel.pipeline.syncOperations.addHandler(wire)
                    try channel.pipeline.syncOperations.addHandler(
                        ExchangeHandler(machine, setup: setup, masker: masker, wire: wire, started: started) {
                            handler in
                            let outcome = Outcome(
                                exchange: handler.machine.exchange,
                                body: handler.machine.bodyBytes,
                                fields: handler.machine.answerFields
                            )
                            promise.succeed((outcome, handler.chain))
                        }
                    )
                }
            }
            .connect(to: address)
        connecting.whenFailure { error in
            var failed = machine
            let elapsed = Int((NIODeadline.now() - started).nanoseconds / 1_000_000)
            _ = failed.connectFailed(Self.tcpOutcome(error, elapsed))
            promise.succeed((Outcome(exchange: failed.exchange), []))
        }
        return await withTaskCancellationHandler {
            (try? await promise.futureResult.get()) ?? nil
        } onCancel: {
            promise.succeed(nil)
            connecting.whenSuccess { $0.close(promise: nil) }
        }
    }

    /// What an error of connecting means.
    static func tcpOutcome(_ error: any Error, _ durationMS: Int) -> Exchange.TCPOutcome {
        if case ChannelError.connectTimeout = error { return Exchange.TCPOutcome(.timedOut, durationMS: durationMS) }
        guard let error = error as? IOError else {
            return Exchange.TCPOutcome(.other, detail: "\(error)", durationMS: durationMS)
        }
        let result: Exchange.TCPOutcome.Result =
            switch error.errnoCode {
            case ECONNREFUSED: .refused
            case ECONNRESET: .reset
            case ETIMEDOUT: .timedOut
            case ENETUNREACH, ENETDOWN, EADDRNOTAVAIL, EAFNOSUPPORT: .networkUnreachable
            case EHOSTUNREACH, EHOSTDOWN, EACCES, EPERM: .hostUnreachable
            default: .other
            }
        return Exchange.TCPOutcome(result, detail: error.localizedWords, durationMS: durationMS)
    }
}

extension IOError {
    /// The operating system's words.
    fileprivate var localizedWords: String { String(cString: strerror(errnoCode)) }
}
