// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import Logging
internal import ParleySession

/// Does in one session what a player wants done.
struct ScriptPerformer {
    /// Transcripts that are kept for the recordings of a conversation.
    private static let keptTranscripts = 4_096

    let engine: ScriptedEngine
    let session: EngineSession
    private var player: ScriptPlayer
    private var transcripts: [RecordingID: String] = [:]
    /// What was understood and not told yet.
    private var unreported: [(itemID: String, text: String)] = []

    init(engine: ScriptedEngine, session: EngineSession) {
        (self.engine, self.session) = (engine, session)
        player = ScriptPlayer(engine.script)
    }

    /// The session has begun.
    mutating func begin() async throws {
        for action in player.started() {
            switch action {
            case .wait(let duration): try await engine.sleep(duration)
            case .fault(let fault): try await session.send(.fault(fault))
            default: break
            }
        }
    }

    // MARK: Listening

    mutating func transcribe(_ request: TranscriptionRequest) async {
        let text = await transcript(of: request.recording, RecordingID(itemID: request.itemID, part: 0))
        unreported.append((request.itemID, text))
    }

    mutating func reportTranscripts() async throws {
        let transcripts = unreported
        unreported = []
        for (itemID, text) in transcripts { try await session.send(.transcription(itemID: itemID, .completed(text))) }
    }

    private mutating func transcript(of recording: Recording, _ id: RecordingID) async -> String {
        if let known = transcripts[id] { return known }
        var text = player.nextTranscript()
        if text == nil {
            do {
                text = try await engine.transcriber.transcribe(recording, language: nil, prompt: nil)
            } catch {
                engine.logger.warning("not understood", metadata: ["session": "\(session.id)", "error": "\(error)"])
            }
        }
        transcripts[id] = text ?? ""
        return text ?? ""
    }

    // MARK: Answering

    mutating func respond(to request: ResponseRequest, until stop: StopSignal) async throws {
        try await reportTranscripts()
        for (id, recording) in request.untranscribedRecordings { _ = await transcript(of: recording, id) }
        let heard = request.transcribed(by: transcripts)
        if transcripts.count > Self.keptTranscripts {
            let current = Set(request.untranscribedRecordings.map(\.0))
            transcripts = transcripts.filter { current.contains($0.key) }
        }
        guard (try? stop.check()) != nil else { return }
        let actions = player.answer(heard)
        let answer = ScriptedAnswer(engine: engine, request: request) { [session] progress in
            try stop.check()
            try await session.send(.response(id: request.id, progress))
        } fault: { [session] in
            try await session.send(.fault($0))
        }
        await stop.run { await answer.perform(actions) }
        if (try? stop.check()) == nil { player.cancelled() }
    }
}
