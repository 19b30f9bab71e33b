// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyClient
internal import ParleyEvents

/// Carries on a conversation at a terminal or in a pipe.
struct TalkConversation: Sendable {
    /// How a conversation comes to its end.
    enum Ending: Sendable {
        /// Everything is said.
        case said
        /// Ctrl-C.
        case stopped
        /// Something does not work, and it was told.
        case broken
    }

    let client: RealtimeClient
    let console: Console
    /// Who speaks; nil for who types.
    let voice: TalkInput?
    let loudspeaker: TalkOutput?
    let isPushToTalk: Bool
    let showsEvents: Bool
    let recording: TalkRecording?
    /// How long an answer may take.
    let patience: Duration
    let score: TalkScore

    /// Talks until the input ends, Ctrl-C, or the end of the connection.
    ///
    /// - Parameter updates: Those of the client.
    /// - Returns: Whether every turn was answered; with a microphone, whether any was.
    func run(_ updates: RealtimeUpdates) async -> Bool {
        let ends = await StopSignal().first
        let ending = await withTaskGroup(of: Ending?.self) { group in
            group.addTask { await show(updates) }
            group.addTask { await loudspeaker?.run(client, console) }
            group.addTask { await talk() }
            group.addTask {
                for await _ in ends { return .stopped }
                return nil
            }
            var ending = Ending.said
            while let outcome = await group.next() {
                guard let outcome else { continue }
                ending = outcome
                break
            }
            if ending != .said { await loudspeaker?.silence() }
            await loudspeaker?.drained()
            group.cancelAll()
            return ending
        }
        if ending == .broken { return false }
        if case .microphone = voice { return await score.replies > 0 }
        return await score.openTurns == 0
    }

    /// Says everything there is to say.
    private func talk() async -> Ending {
        switch voice {
        case nil: await typeLines()
        case .file(let samples, let isFast): await speak(samples, isFast: isFast)
        case .microphone(let program): await listen(to: program)
        }
    }

    private func listen(to program: SoundProgram) async -> Ending {
        let ending = await TalkMicrophone(self, program).listen()
        guard ending == .said else { return ending }
        // What was said last has an answer still to come, or to be heard out.
        await withTaskGroup { group in
            group.addTask { await score.wait { $0.isSettled } }
            group.addTask { _ = try? await Task.sleep(for: patience) }
            await group.next()
            group.cancelAll()
        }
        return ending
    }

    private func typeLines() async -> Ending {
        while let line = await LineReader.next() {
            guard !line.allSatisfy(\.isWhitespace) else { continue }
            await turn {
                // What is typed while a lost connection is opened again is not lost with it.
                try await client.waitUntilConnected(within: patience)
                return try await client.sendMessage(line)
            }
            if case .closed = await client.state { break }
        }
        return .said
    }

    private func speak(_ samples: [Int16], isFast: Bool) async -> Ending {
        await turn {
            let answer = await client.expectResponse()
            // A turn ends with silence, which a file need not have.
            let silence = isPushToTalk ? [] : [Int16](repeating: 0, count: TalkInput.sampleRate)
            var clock = ContinuousClock.now
            for chunk in TalkInput.chunks(of: samples + silence) {
                try await client.sendAudio(chunk)
                guard !isFast else { continue }
                clock += .milliseconds(TalkInput.chunkMS)
                try? await Task.sleep(until: clock, clock: .continuous)
            }
            return isPushToTalk ? try await client.createResponse() : answer
        }
        return .said
    }

    /// One turn: what `say` does, and the answer to it.
    func turn(_ say: () async throws -> PendingResponse) async {
        await score.begins()
        do {
            let response = try await say().answer(within: patience)
            await score.wait { $0.hasSeen(response.id) }
            guard response.status == .completed else {
                return console.note("error: the response is \(Self.words(response.status))")
            }
            await score.ends()
        } catch {
            if !Task.isCancelled { console.note("error: \(error)") }
        }
    }

    private static func words(_ status: Response.Status) -> String {
        switch status {
        case .failed(_, _, let message): "failed: \(message)"
        case .cancelled(let reason), .incomplete(let reason): "\(status.name) (\(reason))"
        case .inProgress, .completed, .other: status.name
        }
    }

    private func show(_ updates: RealtimeUpdates) async -> Ending? {
        var transcript = TalkTranscript()
        do {
            for try await update in updates {
                recording?.write(update)
                if showsEvents, let line = EventLine.text(update) { console.note(line) }
                let shown = transcript.text(for: update, in: await client.conversation)
                // As with any program in a pipe: who is not read ends.
                if !shown.isEmpty, !console.isRead(shown) { return .broken }
                switch update {
                case .change(let change): await loudspeaker?.take(change)
                case .state(.reconnecting(1)): console.note("connection lost, trying again")
                case .state, .sent, .event, .toolStarted, .toolFinished, .invalid: break
                }
                await score.saw(update)
            }
        } catch {
            console.note("error: \(error)")
        }
        await score.sawAll()
        // The connection is over. Who waits for an answer is told; who listens to a microphone is not.
        guard case .microphone = voice else { return nil }
        if case .closed(let close) = await client.state, !Task.isCancelled { console.note("error: \(close)") }
        return .broken
    }
}
