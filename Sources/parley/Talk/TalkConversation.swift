// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import NIOPosix
internal import ParleyClient
internal import ParleyEvents

/// Carries on a conversation at a terminal or in a pipe.
struct TalkConversation: Sendable {
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

    /// Talks until the input ends, Ctrl-C, or the end of the connection.
    ///
    /// - Parameter updates: Those of the client.
    /// - Returns: Whether every turn was answered.
    func run(_ updates: RealtimeUpdates) async -> Bool {
        let ends = await StopSignal().first
        return await withTaskGroup(of: Bool?.self) { group in
            group.addTask { await show(updates) }
            group.addTask { await loudspeaker?.run(client) }
            group.addTask { await talk() }
            group.addTask {
                for await _ in ends { return true }
                return nil
            }
            var answered = true
            while let outcome = await group.next() {
                guard let outcome else { continue }
                answered = outcome
                break
            }
            await loudspeaker?.drained()
            group.cancelAll()
            return answered
        }
    }

    /// Says everything there is to say.
    private func talk() async -> Bool? {
        switch voice {
        case nil: await typeLines()
        case .file(let samples, let isFast): await speak(samples, isFast: isFast)
        case .microphone(let program): await listen(program)
        }
    }

    private func typeLines() async -> Bool {
        var everyLine = true
        while let line = await nextLine() {
            guard !line.allSatisfy(\.isWhitespace) else { continue }
            let answered = await turn { try await client.sendMessage(line) }
            everyLine = everyLine && answered
        }
        return everyLine
    }

    private func speak(_ samples: [Int16], isFast: Bool) async -> Bool {
        await turn {
            // A turn ends with silence, which a file need not have.
            let silence = isPushToTalk ? [] : [Int16](repeating: 0, count: TalkInput.sampleRate)
            var clock = ContinuousClock.now
            for chunk in TalkInput.chunks(of: samples + silence) {
                try await client.sendAudio(chunk)
                guard !isFast else { continue }
                clock += .milliseconds(TalkInput.chunkMS)
                try? await Task.sleep(until: clock, clock: .continuous)
            }
            if isPushToTalk { try await client.createResponse() }
        }
    }

    private func listen(_ program: SoundProgram) async -> Bool? {
        if isPushToTalk { console.note("Press Enter to speak, Enter again to end the turn, Ctrl-D to leave.") }
        let gate = TalkGate(isOpen: !isPushToTalk)
        return await withTaskGroup(of: Bool?.self) { group in
            group.addTask {
                do {
                    let meter = LevelMeter(console)
                    try await program.record { samples in
                        meter.show(samples)
                        if await gate.isOpen { try await client.sendAudio(samples) }
                    }
                } catch {
                    console.note("error: \(program.name): \(error)")
                    return false
                }
                return nil
            }
            group.addTask {
                while await nextLine() != nil {
                    guard isPushToTalk else { continue }
                    if await gate.toggle() { continue }
                    try? await client.createResponse()
                }
                return true
            }
            let outcome = await group.next() ?? nil
            group.cancelAll()
            return outcome
        }
    }

    /// One turn: what `say` does, and the answer to it.
    private func turn(_ say: @escaping @Sendable () async throws -> Void) async -> Bool {
        async let answer = finalResponse()
        do {
            try await say()
            let response = try await answer
            guard response.status == .completed else {
                console.note("error: the response is \(Self.words(response.status))")
                return false
            }
            return true
        } catch {
            if !(error is CancellationError) { console.note("error: \(error)") }
            return false
        }
    }

    /// The response after which nothing more comes: one that calls functions is followed by another.
    private func finalResponse() async throws(RealtimeClientError) -> Response {
        while true {
            let response = try await client.nextResponse(within: patience)
            let callsOurs = response.output.contains {
                guard case .functionCall = $0.kind else { return false }
                return true
            }
            if !callsOurs || response.status != .completed { return response }
        }
    }

    private static func words(_ status: Response.Status) -> String {
        switch status {
        case .failed(_, _, let message): "failed: \(message)"
        case .cancelled(let reason), .incomplete(let reason): "\(status.name) (\(reason))"
        case .inProgress, .completed, .other: status.name
        }
    }

    private func nextLine() async -> String? {
        // Reading a terminal blocks its thread, which must be none of those that tasks run on.
        try? await NIOThreadPool.singleton.runIfActive { readLine() }
    }

    private func show(_ updates: RealtimeUpdates) async -> Bool? {
        var transcript = TalkTranscript()
        do {
            for try await update in updates {
                recording?.write(update)
                if showsEvents, let line = EventLine.text(update) { console.note(line) }
                let shown = transcript.text(for: update, in: await client.conversation)
                if !shown.isEmpty { console.output(shown) }
                if case .change(let change) = update { await loudspeaker?.take(change) }
                if case .state(.reconnecting) = update { console.note("connection lost, trying again") }
            }
        } catch {
            console.note("error: \(error)")
        }
        // The connection is over: who waits for an answer is told.
        return voice == nil ? nil : false
    }
}

/// Whether the microphone is heard.
actor TalkGate {
    private(set) var isOpen: Bool

    init(isOpen: Bool) { self.isOpen = isOpen }

    /// Opens or closes; returns whether it is open now.
    func toggle() -> Bool {
        isOpen.toggle()
        return isOpen
    }
}
