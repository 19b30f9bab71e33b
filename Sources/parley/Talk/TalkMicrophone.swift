// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyClient

/// Talks by the microphone: all the time, or while the person says so.
struct TalkMicrophone: Sendable {
    private let talk: TalkConversation
    private let program: SoundProgram
    private let gate: TalkGate

    init(_ talk: TalkConversation, _ program: SoundProgram) {
        self.talk = talk
        self.program = program
        gate = TalkGate(isOpen: !talk.isPushToTalk)
    }

    /// Until standard input ends or the program does.
    func listen() async -> TalkConversation.Ending {
        if talk.isPushToTalk {
            talk.console.note("Press Enter to speak, Enter again to end the turn, Ctrl-D to leave.")
        }
        return await withTaskGroup(of: TalkConversation.Ending.self) { group in
            group.addTask { await record() }
            group.addTask { await followKeys() }
            let ending = await group.next() ?? .said
            group.cancelAll()
            return ending
        }
    }

    private func record() async -> TalkConversation.Ending {
        let meter = LevelMeter(talk.console)
        defer { meter.clear() }
        do {
            try await program.record { samples in
                meter.show(samples)
                guard await gate.isOpen else { return }
                do throws(RealtimeClientError) {
                    try await talk.client.sendAudio(samples)
                } catch {
                    // What is said while the connection is opened again is lost, as with any telephone.
                    guard case .reconnecting = error else { throw error }
                }
            }
        } catch is RealtimeClientError {
            // The one who shows the updates tells it.
        } catch {
            if !Task.isCancelled { talk.console.note("error: --input mic: \(error)") }
        }
        return .broken
    }

    /// Push-to-talk: every line of standard input opens or closes the microphone.
    private func followKeys() async -> TalkConversation.Ending {
        await withDiscardingTaskGroup { turns in
            while await LineReader.next() != nil {
                guard talk.isPushToTalk else { continue }
                if await gate.toggle() {
                    // Who begins to speak wants to hear nothing more.
                    await talk.loudspeaker?.interrupt(talk.client)
                } else {
                    turns.addTask { await talk.turn { try await talk.client.createResponse() } }
                }
            }
        }
        return .said
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
