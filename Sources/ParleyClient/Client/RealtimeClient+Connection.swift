// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import Logging
internal import ParleyEvents

extension RealtimeClient {
    /// Opens a connection, waits for its session, and tells it settings and history.
    func open(telling history: [Item]) async throws(RealtimeClientError) {
        refusal = nil
        endedWhileOpening = nil
        let deadline = ContinuousClock.now + configuration.connectTimeout
        let api: RealtimeAPI
        do throws(RealtimeConnectError) {
            api = try await RealtimeAPI.connect(configuration, environment: environment, logger: logger)
        } catch {
            throw Task.isCancelled ? .cancelled : .notOpened(error)
        }
        if case .closed(let close) = state {
            await api.close()
            throw .closed(close)
        }
        self.api = api
        pump = Task { [weak self] in
            while let arrival = await api.next() {
                guard let self else { return }
                await self.received(arrival)
            }
            await self?.ended(api, await api.closed())
        }
        let id = waiters.nextID()
        opening = id
        defer { opening = nil }
        do throws(RealtimeClientError) {
            // Whatever its session looks like: the server has begun one.
            _ = try await wait(id, for: RealtimeClientError.session, within: deadline - .now) { happening in
                guard case .update(.event(let received)) = happening else { return false }
                return received.object["type"]?.stringValue == RealtimeClientError.session
            }
        } catch {
            guard case .timedOut = error, let refusal else { throw error }
            throw refusal
        }
        // A server may end the connection behind its session.created.
        if let endedWhileOpening { throw refusal ?? .closed(endedWhileOpening) }
        try await sendSettings()
        for item in history { try await sendNow(.conversationItemCreate(item, previousItemID: nil)) }
        if let endedWhileOpening { throw refusal ?? .closed(endedWhileOpening) }
    }

    private func ended(_ api: RealtimeAPI, _ close: RealtimeClose) {
        guard self.api === api else { return }
        self.api = nil
        logger.info("the Realtime connection is over", metadata: ["close": "\(close)"])
        if state != .connected {
            // Whoever opens it decides what comes next.
            endedWhileOpening = close
            if let opening { waiters.fail(opening, refusal ?? .closed(close)) }
            return
        }
        guard behaviour.reconnect.reconnects(after: close) else { return finish(close) }
        toolCalls.reset()
        uncommittedBytes = 0
        for request in responses.lost() { tell(pending.settle(request, .failure(.lost(close)))) }
        pending.lost(.lost(close)).forEach(tell)
        reconnect(attempt: 1, after: close)
    }

    private func reconnect(attempt: Int, after close: RealtimeClose) {
        let chance = Double.random(in: 0..<1)
        guard let delay = behaviour.reconnect.delay(beforeAttempt: attempt, chance: chance) else {
            return finish(close)
        }
        change(to: .reconnecting(attempt: attempt))
        launch { client in
            guard (try? await Task.sleep(for: delay)) != nil else { return }
            await client.tryAgain(attempt: attempt, after: close)
        }
    }

    private func tryAgain(attempt: Int, after close: RealtimeClose) async {
        let history = History.items(of: conversation)
        do throws(RealtimeClientError) {
            try await open(telling: history)
            change(to: .connected)
            if let wanted = responses.reconnected() { try await ask(wanted) }
        } catch {
            guard case .reconnecting = state else { return }
            api = nil
            // Who still reads the old connection would keep it open.
            pump?.cancel()
            if case .notOpened(let failure) = error, !failure.isTemporary { return finish(close) }
            reconnect(attempt: attempt + 1, after: close)
        }
    }

    func finish(_ close: RealtimeClose) {
        api = nil
        pump?.cancel()
        pump = nil
        for job in jobs.values { job.cancel() }
        jobs = [:]
        waitingCalls = []
        toolCalls.reset()
        responses = ResponseQueue()
        change(to: .closed(close))
        pending.failAll(.closed(close)).forEach(tell)
        waiters.failAll(.closed(close))
        readers.finish()
    }
}
