// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

public import Logging
internal import NIOCore
public import ParleyEvents
internal import ParleyTransport
internal import ParleyWebSocket

/// One connection to a Realtime server: events out, events in, nothing kept.
///
/// ``RealtimeClient`` is what applications use; this is for those who keep state of their own, such as a relay or a test.
public actor RealtimeAPI {
    /// What a connection brought.
    public enum Arrival: Sendable, Equatable {
        /// An event, in GA form whatever the server speaks; its `object` is what came.
        case event(ReceivedEvent)
        /// A message that is no event, and why; the connection goes on.
        case invalid(RealtimeError)
    }

    /// The subprotocol that the server chose.
    public nonisolated let subprotocol: String?
    private let socket: WebSocketClient
    private var edge: ClientEdge
    private var waiting: [Arrival] = []

    private init(_ socket: WebSocketClient, dialect: Dialect) {
        self.socket = socket
        edge = ClientEdge(dialect: dialect)
        subprotocol = socket.subprotocol
    }

    /// Opens a connection.
    ///
    /// - Parameters:
    ///   - configuration: Where and how.
    ///   - environment: The variables that may name a proxy.
    ///   - logger: Gets a line at level debug about the attempt.
    /// - Throws: What went wrong, and the doctor's name for it where one attempt shows it.
    /// - Returns: The open connection; if nothing refers to it any more, it is closed with 1001.
    public static func connect(
        _ configuration: ClientConfiguration,
        environment: [String: String],
        logger: Logger
    ) async throws(RealtimeConnectError) -> RealtimeAPI {
        let address = try configuration.address()
        let options = try configuration.options(for: address, environment: environment)
        do throws(ConnectFailure) {
            let socket = try await WebSocketClient.connect(to: address, options: options, logger: logger)
            return RealtimeAPI(socket, dialect: configuration.dialect)
        } catch {
            throw RealtimeConnectError(error, offersSubprotocols: !options.subprotocols.isEmpty)
        }
    }

    /// The next arrival, nil behind the last; for one reader.
    ///
    /// If the reading task is cancelled, the connection is closed with 1001.
    public func next() async -> Arrival? {
        let messages = socket.messages.makeAsyncIterator()
        while waiting.isEmpty {
            guard let message = await messages.next() else { return nil }
            take(message)
        }
        return waiting.removeFirst()
    }

    private func take(_ message: Message) {
        guard case .text = message.kind else {
            let bytes = message.payload.readableBytes
            waiting.append(
                .invalid(
                    RealtimeError(
                        code: RealtimeClientError.binaryMessage,
                        message: "The server sent a binary message of \(bytes) bytes; the protocol has text only."
                    )
                )
            )
            return
        }
        switch edge.received(message.payload) {
        case .events(let events): waiting += events.map { .event($0) }
        case .invalid(let error, _): waiting.append(.invalid(error))
        }
    }

    /// Sends an event; waits while the socket takes nothing.
    ///
    /// - Parameters:
    ///   - event: What to send; translated if the server speaks beta.
    ///   - eventID: Its id, which an error of the server names.
    /// - Throws: ``RealtimeClientError/closed(_:)`` or ``RealtimeClientError/cancelled``; it was not sent then.
    /// - Returns: The answer to what has no place in the server's dialect and was not sent; else nothing.
    @discardableResult
    public func send(
        _ event: ClientEvent,
        eventID: String? = nil
    ) async throws(RealtimeClientError) -> [ReceivedEvent] {
        var buffer = ByteBuffer()
        return try await send(edge.send(event, eventID: eventID, into: &buffer), buffer)
    }

    /// Sends an event in GA form that this version may not know; see ``send(_:eventID:)``.
    @discardableResult
    public func send(object: JSONObject) async throws(RealtimeClientError) -> [ReceivedEvent] {
        var buffer = ByteBuffer()
        return try await send(edge.send(object, into: &buffer), buffer)
    }

    private func send(
        _ outgoing: ClientEdge.Outgoing,
        _ buffer: ByteBuffer
    ) async throws(RealtimeClientError) -> [ReceivedEvent] {
        switch outgoing {
        case .answered(let events): return events
        case .written:
            do throws(SendFailure) {
                try await socket.send(.text, buffer)
                return []
            } catch {
                switch error {
                case .cancelled: throw .cancelled
                case .closed(let summary):
                    throw .closed(summary.map { RealtimeClose($0) } ?? RealtimeClose(code: nil, isOurs: true))
                }
            }
        }
    }

    /// Says good-bye and waits for the end, 2 s for each part of it at most.
    @discardableResult
    public func close(code: Int = 1000, reason: String = "") async -> RealtimeClose {
        RealtimeClose(await socket.close(CloseCode(rawValue: UInt16(clamping: code)), reason: reason))
    }

    /// Waits for the end.
    public func closed() async -> RealtimeClose { RealtimeClose(await socket.closed()) }
}
