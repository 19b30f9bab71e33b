// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore
internal import NIOPosix
internal import NIOSSL
package import ParleyWebSocket

/// Opens the same WebSocket many times, for what puts load on a server.
///
/// It spends as little as it can on each connection: the address is known, request and TLS settings are made once, and
/// no evidence is gathered. ``WebSocketClient`` is for one connection that matters.
package struct RepeatedOpening: Sendable {
    private let url: WebSocketURL
    private let options: ConnectOptions
    private let address: SocketAddress
    private let request: OpeningRequest
    private let requestBytes: [UInt8]
    private let tls: NIOSSLContext?

    /// Prepares the request; all connections send the same `Sec-WebSocket-Key`.
    ///
    /// - Parameters:
    ///   - url: Where.
    ///   - options: How; proxy, resolver and address table are not used.
    ///   - address: What the host of `url` stands for.
    /// - Throws: What is wrong with the options.
    package init(
        _ url: WebSocketURL,
        options: ConnectOptions,
        address: SocketAddress
    ) throws(ConnectFailure.Cause) {
        self.url = url
        self.options = options
        self.address = address
        request = try OpeningRequest(url, options: options)
        requestBytes = request.bytes
        tls = url.isSecure ? try ClientTLS.context(options) : nil
    }

    /// Opens one connection; has to be called on the event loop.
    ///
    /// - Parameters:
    ///   - eventLoop: Where the connection is to live; one of NIOPosix.
    ///   - delegate: Serves the connection once it is open.
    ///   - memory: The memory of the loop.
    ///   - failed: Gets the reason in one sentence, instead of any call of the delegate.
    package func open(
        on eventLoop: any EventLoop,
        delegate: any WebSocketDelegate,
        memory: LoopMemory,
        failed: @escaping (String) -> Void
    ) {
        let attempt = Attempt(failed)
        guard let bootstrap = ClientBootstrap(validatingGroup: eventLoop) else {
            return attempt.fail(sentence(.eventLoopUnsuitable))
        }
        let timeout = eventLoop.assumeIsolated()
            .scheduleTask(in: options.connectTimeout) {
                attempt.channel?.close(promise: nil)
                attempt.fail(sentence(.timedOut))
            }
        attempt.timeout = timeout
        bootstrap
            .channelOption(.autoRead, value: false)
            .channelOption(.allowRemoteHalfClosure, value: !url.isSecure)
            .connectTimeout(options.connectTimeout + .seconds(1))
            .connect(to: address)
            .assumeIsolated()
            .whenComplete { result in
                switch result {
                case .failure(let error): attempt.fail(sentence(ConnectFailure.Cause.connecting(error).cause))
                case .success(let channel):
                    guard !attempt.isOver else { return channel.close(promise: nil) }
                    attempt.channel = channel
                    do {
                        try begin(channel, attempt, delegate, memory)
                        try channel.syncOptions?.setOption(.autoRead, value: true)
                    } catch {
                        end(attempt, error as? ConnectFailure.Cause ?? .transport("\(error)"))
                    }
                }
            }
    }

    private func begin(
        _ channel: any Channel,
        _ attempt: Attempt,
        _ delegate: any WebSocketDelegate,
        _ memory: LoopMemory
    ) throws {
        guard let tls else { return try ask(channel, attempt, delegate, memory) }
        let handler = try ClientTLS.handler(tls, for: url)
        let watch = TLSWatch(handler) { details, error in
            if let error {
                return end(attempt, ClientTLS.cause(of: error, received: [], certificate: details.certificate))
            }
            if let cause = ClientTLS.mismatch(details, for: url, options: options) { return end(attempt, cause) }
            do {
                try ask(channel, attempt, delegate, memory)
            } catch {
                end(attempt, .transport("\(error)"))
            }
        }
        try channel.pipeline.syncOperations.addHandlers([handler, watch])
    }

    private func ask(
        _ channel: any Channel,
        _ attempt: Attempt,
        _ delegate: any WebSocketDelegate,
        _ memory: LoopMemory
    ) throws {
        let exchange = ExchangeHandler(
            request: requestBytes,
            reader: ResponseReader(
                maxHeadBytes: options.maxResponseHeadBytes,
                maxBodyBytes: options.maxResponseBodyBytes,
                switches: { $0 == 101 }
            ),
            sent: {},
            ended: { result in
                do {
                    let answer = try result.get()
                    if let fault = request.faults(of: answer).first { throw fault }
                    guard attempt.succeed() else { return }
                    try open(channel, delegate, memory)
                } catch {
                    end(attempt, error as? ConnectFailure.Cause ?? .transport("\(error)"))
                }
            }
        )
        try channel.pipeline.syncOperations.addHandler(exchange)
    }

    private func open(_ channel: any Channel, _ delegate: any WebSocketDelegate, _ memory: LoopMemory) throws {
        let machine = ConnectionMachine(
            role: .client,
            limits: options.limits,
            now: .now(),
            maskingKey: options.maskingKey ?? memory.maskingKeys(on: channel.eventLoop)
        )
        let socket = WebSocketChannelHandler(machine, delegate: delegate, isSecure: url.isSecure, memory: memory)
        try channel.pipeline.syncOperations.addHandler(socket)
        socket.open(answer: ByteBuffer())
    }

    private func end(_ attempt: Attempt, _ cause: ConnectFailure.Cause) {
        attempt.channel?.close(promise: nil)
        attempt.fail(sentence(cause))
    }

    private func sentence(_ cause: ConnectFailure.Cause) -> String {
        ConnectFailure(
            phase: .connect,
            cause: cause,
            furtherCauses: [],
            url: url,
            proxy: nil,
            timeline: ConnectTimeline(startedAt: .now())
        )
        .sentence
    }

    /// One connection on its way; everything happens on its event loop.
    private final class Attempt {
        var channel: (any Channel)?
        var timeout: Scheduled<Void>?
        private(set) var isOver = false
        private let failed: (String) -> Void

        init(_ failed: @escaping (String) -> Void) { self.failed = failed }

        /// - Returns: False if it had ended before.
        func succeed() -> Bool {
            guard !isOver else { return false }
            isOver = true
            timeout?.cancel()
            return true
        }

        func fail(_ sentence: String) {
            if succeed() { failed(sentence) }
        }
    }
}
