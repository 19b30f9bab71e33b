// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import HTTPTypes
package import Logging
package import NIOCore
internal import NIOPosix
package import ParleyWebSocket

/// An open WebSocket, seen from the side that opened it.
///
/// When nothing refers to it or its ``messages`` any more, it is closed with 1001.
package final class WebSocketClient: Sendable {
    /// What the server chose of the subprotocols that were offered.
    package let subprotocol: String?
    /// The fields of the 101.
    package let responseHeaders: HTTPFields
    /// How it was opened.
    package let timeline: ConnectTimeline
    private let connection: ClientConnection

    init(_ connection: ClientConnection, head: ResponseHead, timeline: ConnectTimeline) {
        self.connection = connection
        self.timeline = timeline
        responseHeaders = head.fields
        subprotocol = head.fields[values: .secWebSocketProtocol].first
    }

    deinit { connection.abandon() }

    /// Opens a WebSocket.
    ///
    /// Addresses of both families are tried one after the other, 250 ms apart (RFC 8305). If the task is cancelled,
    /// the attempt ends and its sockets are closed.
    ///
    /// - Parameters:
    ///   - url: Where.
    ///   - options: How, and what the connection may take.
    ///   - group: Gives the event loop; one of NIOPosix.
    ///   - logger: Gets a line at level debug when the attempt ends.
    /// - Throws: What went wrong, with everything that was seen on the way.
    /// - Returns: The open connection; ``messages`` already has what came in the segment of the 101.
    package static func connect(
        to url: WebSocketURL,
        options: ConnectOptions = ConnectOptions(),
        on group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton,
        logger: Logger
    ) async throws(ConnectFailure) -> WebSocketClient {
        let eventLoop = group.any()
        let connection = ClientConnection(eventLoop: eventLoop, bufferLimits: options.bufferLimits)
        let connector = Connector(url, options: options, delegate: connection, eventLoop: eventLoop, logger: logger)
        let opened = try await connector.run().get()
        return WebSocketClient(connection, head: opened.head, timeline: opened.timeline)
    }

    /// What the server sends, for one reader; ends when the connection is over and everything is read.
    ///
    /// While more than ``ConnectOptions/bufferLimits`` waits to be read, nothing is read from the socket, so that TCP
    /// slows the server down. If the reading task is cancelled, the connection is closed with 1001.
    package var messages: Messages { Messages(client: self) }

    /// Sends a message; waits while the socket takes nothing.
    ///
    /// Messages go out in the order in which the calls were made.
    ///
    /// - Parameters:
    ///   - kind: Text (the caller vouches for its UTF-8) or binary.
    ///   - payload: The whole message.
    /// - Throws: That the connection is closed or closing, or that the task was cancelled while it waited; the message
    ///   was not sent then.
    package func send(_ kind: Message.Kind, _ payload: ByteBuffer) async throws(SendFailure) {
        try await connection.send(kind, payload)
    }

    /// Sends a text message; see ``send(_:_:)``.
    package func send(text: String) async throws(SendFailure) {
        try await connection.send(.text, ByteBuffer(string: text))
    }

    /// Closes the connection and waits for its end, for each part of which the peer has
    /// ``ConnectionLimits/closeTimeout``.
    ///
    /// - Parameters:
    ///   - code: Why.
    ///   - reason: Cut after at most 123 bytes of UTF-8.
    /// - Returns: How it ended; of a connection that was already over, how that ended.
    @discardableResult
    package func close(_ code: CloseCode = .normalClosure, reason: String = "") async -> CloseSummary {
        await connection.close(code, reason: reason)
    }

    /// Waits for the end of the connection.
    ///
    /// The server's close is noticed only when the messages before it fit ``ConnectOptions/bufferLimits`` or are read.
    /// If the task is cancelled, the connection is closed with 1001.
    ///
    /// - Returns: How it ended.
    package func closed() async -> CloseSummary { await connection.end() }
}

extension WebSocketClient {
    /// The messages of a connection.
    package struct Messages: AsyncSequence, Sendable {
        package typealias Element = Message
        package typealias Failure = Never

        fileprivate let client: WebSocketClient

        package func makeAsyncIterator() -> Iterator { Iterator(client: client) }

        /// Takes messages one by one.
        package struct Iterator: AsyncIteratorProtocol {
            fileprivate let client: WebSocketClient

            package func next() async -> Message? { await client.connection.nextMessage() }
        }
    }
}

/// Why a message was not sent.
package enum SendFailure: Error, Sendable, Equatable {
    /// The connection is over, with its summary, or about to be, without.
    case closed(CloseSummary?)
    /// The task was cancelled while it waited for the socket.
    case cancelled
}

extension SendFailure: CustomStringConvertible {
    package var description: String {
        switch self {
        case .closed(nil): "Nothing can be sent: the connection is closing."
        case .closed(let summary?):
            "Nothing can be sent: the connection was closed (\(summary.code?.description ?? "no code")); open another."
        case .cancelled: "The message was not sent: the task was cancelled while it waited for the socket."
        }
    }
}
