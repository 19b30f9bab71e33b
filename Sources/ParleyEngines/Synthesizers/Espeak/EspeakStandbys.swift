// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import Logging
internal import ParleySession
internal import Subprocess

/// Programs that are started and wait for their text, so that speech begins without the 10 ms that a start takes.
///
/// One for each voice in use; the one used longest ago makes room.
actor EspeakStandbys {
    /// A program lent to the task that speaks with it.
    struct Lease: Sendable {
        let child: EspeakChild
        /// To be fulfilled when the child is no longer needed; its output is closed then.
        let isReturned: Promise<Void>
        /// How the child ended, once it is gone.
        let status: Promise<TerminationStatus>
    }

    private let launcher: EspeakLauncher
    private let limit: Int
    private let logger: Logger
    private var orders: AsyncStream<EspeakCommand>.Continuation?
    /// Programs that wait, the one to give up first at the front.
    private var waiting: [(command: EspeakCommand, lease: Lease)] = []
    private var starting: Set<EspeakCommand> = []

    /// At most `limit` programs wait.
    init(launcher: EspeakLauncher, limit: Int, logger: Logger) {
        self.launcher = launcher
        self.limit = limit
        self.logger = logger
    }

    /// Hosts the waiting programs until the task is cancelled, which ends them; begins with one for `first`.
    func run(first: EspeakCommand) async {
        let (commands, orders) = AsyncStream.makeStream(of: EspeakCommand.self)
        self.orders = orders
        prepare(first)
        await withDiscardingTaskGroup { group in
            for await command in commands { group.addTask { await self.host(command) } }
            group.cancelAll()
        }
        self.orders = nil
        starting.removeAll()
        waiting.removeAll()
    }

    /// Takes the program that waits with this voice, if there is one.
    func take(_ command: EspeakCommand) -> Lease? {
        guard let index = waiting.firstIndex(where: { $0.command == command }) else { return nil }
        return waiting.remove(at: index).lease
    }

    /// Starts a program that waits with this voice, unless there is one.
    func prepare(_ command: EspeakCommand) {
        guard let orders, limit > 0, !starting.contains(command), !waiting.contains(where: { $0.command == command })
        else { return }
        if waiting.count + starting.count >= limit {
            guard !waiting.isEmpty else { return }
            let given = waiting.removeFirst().lease
            try? given.child.send(signal: .kill)
            given.isReturned.fulfil(with: .success(()))
        }
        starting.insert(command)
        orders.yield(command)
    }

    private func host(_ command: EspeakCommand) async {
        let isReturned = Promise<Void>()
        let status = Promise<TerminationStatus>()
        do {
            let result = try await launcher.run(command) { child in
                self.offer(Lease(child: child, isReturned: isReturned, status: status), for: command)
                try await isReturned.value()
            }
            status.fulfil(with: .success(result))
        } catch {
            starting.remove(command)
            status.fulfil(with: .failure(error))
            if !(error is CancellationError) {
                logger.warning("No speech program in reserve", metadata: ["error": "\(error)"])
            }
        }
    }

    private func offer(_ lease: Lease, for command: EspeakCommand) {
        starting.remove(command)
        waiting.append((command, lease))
    }
}
