// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1
internal import ParleyEvents

/// Asks one server that fills a slot, and hands its answer on as it comes.
struct BackendClient: Sendable {
    /// A question.
    struct Question: Sendable {
        var url: String
        var contentType = "application/json"
        /// What may come back.
        var accepts: String
        /// `nil` = GET.
        var body: ByteBuffer?
        /// Whether the head of the answer is all that is wanted.
        var isHead = false
    }

    /// A piece of an answer with status 2xx.
    struct Piece: Sendable {
        /// In lower case, without parameters; empty if the server does not say.
        let contentType: String
        /// The parameter `rate`, as some servers state it of raw samples.
        let rate: Int?
        /// The next bytes; empty only if there is nothing at all.
        let bytes: ByteBuffer
    }

    /// Bytes of a refusal that are read for its words.
    private static let longestRefusal = 64 << 10

    let slot: BackendFailure.Slot
    let key: BackendKey?
    let limits: BackendLimits
    private let trust: BackendTrust?
    private let idle = IdleConnections()

    /// What asks the server of a slot, with other limits than those of the settings if there are any.
    init(_ slot: BackendFailure.Slot, _ settings: BackendSettings, limits: BackendLimits? = nil) {
        (self.slot, key, trust) = (slot, settings.key, settings.trust)
        self.limits = limits ?? settings.limits
    }

    private init(preparing other: BackendClient) {
        (slot, key, trust) = (other.slot, other.key, other.trust)
        limits = BackendLimits(connect: other.limits.connect, firstByte: Self.patience, whole: Self.patience)
    }

    /// For the head of a list that nobody wants.
    private static let patience = Duration.seconds(5)

    /// Opens a connection that the next question will find, unless there is likely one.
    ///
    /// The server is asked for the head of its list of models: of all that can be asked, that is what most of them answer
    /// without closing the connection. What it says does not matter; if it cannot be reached, the next question will tell.
    func prepare(for address: BackendAddress) async {
        guard idle.isLacking() else { return }
        let question = Question(url: address.models, accepts: "application/json", isHead: true)
        var isOpen = false
        do {
            isOpen = try await BackendClient(preparing: self).exchange(question, isLast: true) { _ in true }
        } catch let failure as BackendFailure {
            if case .refused = failure.reason { isOpen = true }
        } catch {}
        idle.opened(isOpen)
    }

    /// Asks `question`; `consume` gets the answer piece by piece, holds up the server while it suspends, and returns
    /// whether more is wanted.
    ///
    /// Leaving in any way before the end, by cancellation too, closes the connection. A connection that was closed
    /// before anything came of the answer, as happens to those that were kept open, is tried again once.
    ///
    /// - Throws: ``BackendFailure``, what `consume` throws (an ``AnswerError`` as a failure), or `CancellationError`.
    func ask(_ question: Question, consume: (Piece) async throws -> Bool) async throws {
        do {
            if try await exchange(question, isLast: false, consume) { return }
            _ = try await exchange(question, isLast: true, consume)
        } catch let error as AnswerError {
            throw failure(BackendFailure(slot: slot, error, place: place(question)))
        }
    }

    /// Asks `question` and returns the whole answer, at most `limit` bytes.
    func ask(_ question: Question, limit: Int = 4 << 20) async throws -> Piece {
        var whole: Piece?
        try await ask(question) { piece in
            var bytes = whole?.bytes ?? ByteBuffer()
            bytes.writeImmutableBuffer(piece.bytes)
            guard bytes.readableBytes <= limit else { throw AnswerError.unreadable("more than \(limit) bytes") }
            whole = Piece(contentType: piece.contentType, rate: piece.rate, bytes: bytes)
            return true
        }
        return whole ?? Piece(contentType: "", rate: nil, bytes: ByteBuffer())
    }

    /// Runs what reads the end of the answer from `url`, so that its error is a ``BackendFailure``.
    func reading<Value>(_ url: String, _ body: () throws(AnswerError) -> Value) throws(BackendFailure) -> Value {
        do throws(AnswerError) {
            return try body()
        } catch {
            throw failure(BackendFailure(slot: slot, error, place: String(url.prefix { $0 != "?" })))
        }
    }

    private func place(_ question: Question) -> String { String(question.url.prefix { $0 != "?" }) }

    private func failure(_ failure: BackendFailure) -> BackendFailure { failure.masking(key?.secret) }

    /// Returns whether there was an answer; without one it may be tried again, unless this is the last time.
    private func exchange(
        _ question: Question,
        isLast: Bool,
        _ consume: (Piece) async throws -> Bool
    ) async throws -> Bool {
        idle.taken()
        let arrivals = Handover<Arrival>(limit: 0)
        let progress = ExchangeProgress()
        let timer = ExchangeTimer(limits, on: SharedClient.eventLoop) { reason in
            arrivals.finish(throwing: BackendFailure(slot: slot, reason: reason, place: place(question)))
        }
        defer { timer.stop() }
        do {
            return try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    do {
                        try await transfer(question, progress, timer, into: arrivals)
                        arrivals.finish()
                    } catch {
                        arrivals.finish(throwing: error)
                    }
                }
                defer { group.cancelAll() }
                try await hand(arrivals, question, on: consume)
                return true
            }
        } catch {
            try Task.checkCancellation()
            switch error {
            case is BackendFailure, is AnswerError: break
            case let error as TransferError:
                let canRetry = progress.isConnected && !progress.hasAnswered && error.isClosed
                if canRetry, !isLast { return false }
                let reason: BackendFailure.Reason =
                    progress.hasAnswered && error.isClosed ? .cutShort : .unreachable(error.description)
                throw failure(BackendFailure(slot: slot, reason: reason, place: place(question)))
            default: break
            }
            throw (error as? BackendFailure).map(failure) ?? error
        }
    }

    /// What the transfer hands to the consumer.
    private enum Arrival: Sendable {
        case piece(Piece)
        case refusal(status: Int, ByteBuffer)
    }

    private func hand(
        _ arrivals: Handover<Arrival>,
        _ question: Question,
        on consume: (Piece) async throws -> Bool
    ) async throws {
        while let arrival = try await arrivals.next() {
            switch arrival {
            case .piece(let piece): guard try await consume(piece) else { return }
            case .refusal(let status, let body):
                let message = BackendMessage(body: body.readableBytesView)
                throw BackendFailure(
                    slot: slot,
                    reason: .refused(status: status, message),
                    place: place(question)
                )
            }
        }
        idle.returned()
    }

    // Where the library's iterator runs.
    @concurrent private func transfer(
        _ question: Question,
        _ progress: ExchangeProgress,
        _ timer: ExchangeTimer,
        into arrivals: Handover<Arrival>
    ) async throws {
        timer.begin(question.body == nil ? .firstByte : .connect)
        let response: HTTPClientResponse
        do {
            response = try await SharedClient.client.execute(
                request(question, progress, timer),
                deadline: .distantFuture
            )
        } catch {
            throw TransferError.of(error)
        }
        progress.answered()
        var body = response.body.makeAsyncIterator()
        let isRefusal = !(200..<300).contains(response.status.code)
        var refusal = ByteBuffer()
        let kind = ContentType(response.headers.first(name: "content-type") ?? "")
        var isFirst = true
        // The limit of the first byte goes on: a head may come long before the answer.
        while let bytes = try await Self.next(&body) {
            timer.pause()
            if isRefusal {
                refusal.writeImmutableBuffer(bytes)
                if refusal.readableBytes > Self.longestRefusal { break }
            } else {
                try await arrivals.send(.piece(Piece(contentType: kind.name, rate: kind.rate, bytes: bytes)))
            }
            isFirst = false
            timer.begin(.idle)
        }
        timer.stop()
        if isRefusal {
            try await arrivals.send(.refusal(status: Int(response.status.code), refusal))
        } else if isFirst {
            try await arrivals.send(.piece(Piece(contentType: kind.name, rate: kind.rate, bytes: ByteBuffer())))
        }
    }

    @concurrent private static func next(_ body: inout HTTPClientResponse.Body.AsyncIterator) async throws
        -> ByteBuffer?
    {
        do {
            return try await body.next()
        } catch {
            throw TransferError.of(error)
        }
    }

    private func request(
        _ question: Question,
        _ progress: ExchangeProgress,
        _ timer: ExchangeTimer
    ) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: question.url)
        request.tlsConfiguration = trust?.configuration
        request.headers.add(name: "accept", value: question.accepts)
        request.headers.add(name: "user-agent", value: "parley")
        if let key { request.headers.add(name: "authorization", value: "Bearer \(key.secret)") }
        if question.isHead { request.method = .HEAD }
        guard let body = question.body else { return request }
        request.method = .POST
        request.headers.add(name: "content-type", value: question.contentType)
        // Asked for once there is a connection: so the time to connect is known.
        let source = RequestBody(bytes: body) {
            progress.connected()
            timer.begin(.firstByte)
        }
        request.body = .stream(source, length: .known(Int64(body.readableBytes)))
        return request
    }
}
