// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import ParleySession

/// Where the events of an engine, which works elsewhere, come onto the event loop of a connection.
actor EngineEntrance {
    nonisolated let unownedExecutor: UnownedSerialExecutor
    /// The executor does not hold it.
    private let eventLoop: any EventLoop
    private let destination: NIOLoopBound<Destination>

    /// The connection, which an engine may outlast for a moment.
    final class Destination {
        private(set) weak var connection: RealtimeConnection?

        init(_ connection: RealtimeConnection) { self.connection = connection }
    }

    /// An entrance to a connection of that event loop.
    init(to destination: NIOLoopBound<Destination>, on eventLoop: any EventLoop) {
        unownedExecutor = eventLoop.executor.asUnownedSerialExecutor()
        self.eventLoop = eventLoop
        self.destination = destination
    }

    /// Takes an event of the engine; returns when the client's socket takes more bytes.
    ///
    /// - Throws: `CancellationError` when the connection is over.
    func received(_ event: EngineEvent) async throws {
        guard let connection = destination.value.connection else { throw CancellationError() }
        try await connection.received(event)
    }
}
