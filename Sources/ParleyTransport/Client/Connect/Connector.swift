// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import Logging
package import NIOCore
internal import NIOPosix
internal import NIOSSL
internal import ParleyHandshake
internal import ParleyWebSocket

/// Opens one WebSocket: addresses, TCP, proxy, TLS, request and answer, one after the other.
///
/// It lives on the event loop of the connection and is used once.
package actor Connector {
    /// What is known when a WebSocket is open.
    package struct Opened: Sendable {
        /// The server's answer.
        let head: ResponseHead
        /// How it was opened.
        package let timeline: ConnectTimeline
    }

    package nonisolated let unownedExecutor: UnownedSerialExecutor
    private nonisolated let eventLoop: any EventLoop
    private let url: WebSocketURL
    private let options: ConnectOptions
    private var logger: Logger
    private var timeline: ConnectTimeline
    private var phase = ConnectPhase.url
    /// Serves the open connection.
    private let delegate: any WebSocketDelegate & Sendable
    private let memories: LoopMemories?
    /// Who waits; nil before the beginning and after the end.
    private var waiting: ((Result<Opened, ConnectFailure>) -> Void)?
    private var timeout: Scheduled<Void>?
    /// Every socket that was opened, also for addresses that were given up.
    private var channels: [any Channel] = []
    private var firstBytes: FirstBytes?
    private var exchange: ExchangeHandler?

    /// An attempt that has not begun.
    ///
    /// - Parameters:
    ///   - url: Where.
    ///   - options: How, and what the connection may take.
    ///   - delegate: Serves the open connection, on the same event loop.
    ///   - eventLoop: Of the attempt and the connection; one of NIOPosix or a ``SocketEventLoop``.
    ///   - memories: The memory of the event loops, if other connections share it.
    ///   - logger: Gets a line at level debug when the attempt ends.
    package init(
        _ url: WebSocketURL,
        options: ConnectOptions,
        delegate: any WebSocketDelegate & Sendable,
        eventLoop: any EventLoop,
        memories: LoopMemories? = nil,
        logger: Logger
    ) {
        self.delegate = delegate
        self.memories = memories
        unownedExecutor = eventLoop.executor.asUnownedSerialExecutor()
        self.eventLoop = eventLoop
        self.url = url
        self.options = options
        self.logger = logger
        self.logger[metadataKey: "url"] = "\(url.scheme.rawValue)://\(url.hostHeader)\(Redaction.target(url.target))"
        timeline = ConnectTimeline(startedAt: .now())
    }

    /// Opens the connection, or ends every trace of the attempt.
    func run() async -> Result<Opened, ConnectFailure> {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                begin(isCancelled: Task.isCancelled) { continuation.resume(returning: $0) }
            }
        } onCancel: {
            eventLoop.execute { self.assumeIsolated { $0.fail(.cancelled) } }
        }
    }

    private func begin(isCancelled: Bool, _ ended: @escaping (Result<Opened, ConnectFailure>) -> Void) {
        waiting = ended
        enter(.url)
        if isCancelled { fail(.cancelled) } else { start() }
    }

    /// Begins the attempt; to be called on the event loop.
    ///
    /// - Parameter ended: Called once, on the event loop; when it succeeded, behind the delegate's `opened`.
    package nonisolated func begin(then ended: @escaping @Sendable (Result<Opened, ConnectFailure>) -> Void) {
        assumeIsolated { $0.begin(isCancelled: false, ended) }
    }

    /// Ends the attempt, if it has not ended; to be called on the event loop.
    package nonisolated func cancel() { assumeIsolated { $0.fail(.cancelled) } }

    private func start() {
        timeout = eventLoop.assumeIsolated().scheduleTask(in: options.connectTimeout) { self.timeIsOver() }
        do throws(ConnectFailure.Cause) {
            connect(for: try OpeningRequest(url, options: options))
        } catch {
            fail(error)
        }
    }

    private func timeIsOver() {
        exchange?.giveUpWaiting()
        fail(.timedOut)
    }

    private func enter(_ phase: ConnectPhase) {
        self.phase = phase
        timeline.entered(phase, at: .now())
    }
}

// MARK: TCP

extension Connector {
    private func connect(for request: OpeningRequest) {
        guard let bootstrap = ClientBootstrap(validatingGroup: eventLoop.dialer) else {
            return fail(.eventLoopUnsuitable)
        }
        let host = options.proxy?.host ?? url.host
        let port = options.proxy?.port ?? url.port
        let configured =
            bootstrap
            // Nothing may be read before there is somebody to read it.
            .channelOption(.autoRead, value: false)
            // The time of the whole opening ends first.
            .connectTimeout(options.connectTimeout + .seconds(1))
            .channelInitializer { channel in
                self.eventLoop.submit { try self.assumeIsolated { try $0.admit(channel) } }
                    .hop(to: channel.eventLoop)
                    .flatMapThrowing { try channel.pipeline.syncOperations.addHandler(self.connectWatch()) }
            }
        let connecting: EventLoopFuture<any Channel>
        if let address = try? SocketAddress(ipAddress: options.addresses[host] ?? host, port: port) {
            connecting = configured.connect(to: address)
        } else {
            enter(.resolve)
            if let text = options.addresses[host] { return fail(.addressInvalid(text)) }
            connecting = configured.resolver(recordingResolver()).connect(host: host, port: port)
        }
        eventLoop.takeOver(connecting)
            .assumeIsolated()
            .whenComplete { result in
                switch result {
                case .success(let channel): self.connected(channel, for: request)
                case .failure(let error):
                    let (phase, cause) = ConnectFailure.Cause.connecting(error)
                    self.fail(cause, in: phase)
                }
            }
    }

    private func recordingResolver() -> RecordingResolver {
        RecordingResolver(options.resolver ?? NIORandomizedDNSResolver(loop: eventLoop), on: eventLoop) { addresses in
            self.assumeIsolated { $0.timeline.resolved += addresses }
        }
    }

    /// A socket is about to be connected.
    private func admit(_ channel: any Channel) throws {
        // The resolver cannot be stopped; what it finds too late must not be connected any more.
        guard waiting != nil else { throw ChannelError.operationUnsupported }
        channels.append(channel)
    }

    private nonisolated func connectWatch() -> ConnectWatch {
        ConnectWatch { address, error, isOver in
            self.eventLoop.runHereOrThere {
                self.assumeIsolated { $0.attempted(address, error, isOver: isOver) }
            }
        }
    }

    private func attempted(_ address: SocketAddress, _ error: (any Error)?, isOver: Bool) {
        guard waiting != nil else { return }
        if isOver {
            timeline.tryEnded(address, error: error.map(ConnectFailure.Cause.words), at: .now())
        } else {
            if phase != .connect { enter(.connect) }
            timeline.tried(address, at: .now())
        }
    }

    private func connected(_ channel: any Channel, for request: OpeningRequest) {
        guard waiting != nil else { return channel.close(promise: nil) }
        timeline.remoteAddress = channel.remoteAddress
        timeline.localAddress = channel.localAddress
        channels.append(channel)
        do {
            // The answer to a close frame must go out behind the peer's end. TLS has no use for half an end: NIOSSL
            // would wait for its shutdown time-out.
            try channel.syncOptions?.setOption(.allowRemoteHalfClosure, value: !url.isSecure)
            let firstBytes = FirstBytes()
            try channel.pipeline.syncOperations.addHandler(firstBytes)
            self.firstBytes = firstBytes
            if let proxy = options.proxy {
                try ask(proxy, on: channel, for: request)
            } else {
                try secure(channel, for: request)
            }
            try channel.syncOptions?.setOption(.autoRead, value: true)
        } catch {
            fail(error as? ConnectFailure.Cause ?? .transport("\(error)"))
        }
    }
}

// MARK: What is spoken over it

extension Connector {
    private func ask(_ proxy: ProxyURL, on channel: any Channel, for request: OpeningRequest) throws {
        enter(.proxy)
        var text = "CONNECT \(url.authority) HTTP/1.1\r\nHost: \(url.authority)\r\n"
        if let authorization = proxy.authorization { text += "Proxy-Authorization: \(authorization)\r\n" }
        try exchange(Array((text + "\r\n").utf8), on: channel, switches: { (200..<300).contains($0) }) { result in
            switch result {
            case .success(let answer): self.proxyAnswered(answer, on: channel, for: request)
            case .failure(let cause): self.fail(cause)
            }
        }
    }

    private func proxyAnswered(_ answer: Answer, on channel: any Channel, for request: OpeningRequest) {
        let head = answer.head
        timeline.proxyHead = head.raw
        guard (200..<300).contains(head.status) else {
            return fail(.proxyRefused(status: head.status, headers: head.fields, body: answer.body))
        }
        exchange = nil
        do {
            firstBytes?.protocolChanges()
            try secure(channel, for: request)
        } catch {
            fail(error as? ConnectFailure.Cause ?? .transport("\(error)"))
        }
    }

    private func secure(_ channel: any Channel, for request: OpeningRequest) throws {
        guard url.isSecure else { return try ask(for: request, on: channel) }
        enter(.tls)
        let tls = try ClientTLS.handler(for: url, options: options)
        let handshake = TLSWatch(tls) { details, error in
            self.timeline.tls = details
            if let error {
                let received = self.firstBytes?.bytes ?? []
                return self.fail(ClientTLS.cause(of: error, received: received, certificate: details.certificate))
            }
            if let cause = ClientTLS.mismatch(details, for: self.url, options: self.options) {
                return self.fail(cause)
            }
            do {
                try self.ask(for: request, on: channel)
            } catch {
                self.fail(.transport("\(error)"))
            }
        }
        try channel.pipeline.syncOperations.addHandlers([tls, handshake])
    }

    private func ask(for request: OpeningRequest, on channel: any Channel) throws {
        enter(.send)
        if let answerTimeout = options.answerTimeout {
            timeout?.cancel()
            timeout = eventLoop.assumeIsolated().scheduleTask(in: answerTimeout) { self.timeIsOver() }
        }
        try exchange(request.bytes, on: channel, switches: { $0 == 101 }) { result in
            switch result {
            case .success(let answer): self.answered(answer, to: request, on: channel)
            case .failure(let cause): self.fail(cause)
            }
        }
    }

    private func exchange(
        _ bytes: [UInt8],
        on channel: any Channel,
        switches: @escaping @Sendable (Int) -> Bool,
        ended: @escaping (Result<Answer, ConnectFailure.Cause>) -> Void
    ) throws {
        let handler = ExchangeHandler(
            request: bytes,
            reader: ResponseReader(
                maxHeadBytes: options.maxResponseHeadBytes,
                maxBodyBytes: options.maxResponseBodyBytes,
                switches: switches
            ),
            sent: { if self.phase == .send { self.enter(.answer) } },
            ended: ended
        )
        exchange = handler
        try channel.pipeline.syncOperations.addHandler(handler)
    }

    private func answered(_ answer: Answer, to request: OpeningRequest, on channel: any Channel) {
        if phase == .send { enter(.answer) }
        timeline.interimHeads = answer.interim.map(\.raw)
        timeline.responseHead = answer.head.raw
        if answer.head.status == 101 { enter(.checks) }
        let faults = request.faults(of: answer)
        if let first = faults.first { return fail(first, further: Array(faults.dropFirst())) }
        do {
            try open(answer.head, to: request, on: channel)
        } catch {
            fail(.transport("\(error)"))
        }
    }
}

// MARK: The end

extension Connector {
    private func open(_ head: ResponseHead, to request: OpeningRequest, on channel: any Channel) throws {
        var compression: Compression?
        if let settings = options.compression, let agreement = try request.compression(agreedIn: head) {
            compression = Compression(agreement, settings: settings)
        }
        let memory = memories?.memory(of: eventLoop) ?? LoopMemory()
        let maskingKey =
            if let key = options.maskingKey { key } else { memory.maskingKeys(on: eventLoop) }
        let socket = WebSocketChannelHandler(
            ConnectionMachine(
                role: .client,
                limits: options.limits,
                compression: compression,
                now: .now(),
                maskingKey: maskingKey
            ),
            delegate: delegate,
            isSecure: url.isSecure,
            memory: memory
        )
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(socket)
        if let firstBytes { pipeline.removeHandler(firstBytes, promise: nil) }
        socket.open(answer: ByteBuffer())
        // Who read the answer still has what came behind it, but not for long.
        eventLoop.assumeIsolated().execute { socket.othersLeft() }
        timeline.ended(at: .now())
        logger.debug("WebSocket opened", metadata: ["ns": "\(timeline.duration)"])
        end(.success(Opened(head: head, timeline: timeline)))
    }

    private func fail(
        _ cause: ConnectFailure.Cause,
        further: [ConnectFailure.Cause] = [],
        in failed: ConnectPhase? = nil
    ) {
        guard waiting != nil else { return }
        timeline.ended(at: .now())
        if let pending = exchange?.pending, !pending.isEmpty {
            if phase == .proxy { timeline.proxyHead = pending } else { timeline.responseHead = pending }
        }
        let failure = ConnectFailure(
            phase: failed ?? phase,
            cause: cause,
            furtherCauses: further,
            url: url,
            proxy: options.proxy,
            timeline: timeline
        )
        logger.debug("WebSocket not opened", metadata: ["reason": "\(failure)"])
        let channels = channels
        end(.failure(failure))
        for channel in channels { channel.close(promise: nil) }
    }

    private func end(_ result: Result<Opened, ConnectFailure>) {
        timeout?.cancel()
        channels = []
        exchange = nil
        firstBytes = nil
        let waiting = waiting
        self.waiting = nil
        waiting?(result)
    }
}
