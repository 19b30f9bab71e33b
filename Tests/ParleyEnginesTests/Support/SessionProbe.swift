// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Logging
import ParleyEngines
import ParleyEvents
import ParleySession

/// What an engine has sent, in a test.
actor EventLog {
    private var events: [EngineEvent] = []
    private var waiting: [(isFulfilled: ([EngineEvent]) -> Bool, continuation: CheckedContinuation<Void, Never>)] = []

    func append(_ event: EngineEvent) {
        events.append(event)
        for (index, waiter) in waiting.enumerated().reversed() where waiter.isFulfilled(events) {
            waiting.remove(at: index).continuation.resume()
        }
    }

    func wait(until isFulfilled: @escaping @Sendable ([EngineEvent]) -> Bool) async -> [EngineEvent] {
        if !isFulfilled(events) { await withCheckedContinuation { waiting.append((isFulfilled, $0)) } }
        return events
    }
}

/// The session's side of an engine, in a test.
struct SessionProbe {
    private let log = EventLog()
    private let commands: AsyncStream<EngineCommand>.Continuation
    /// What the engine gets.
    let session: EngineSession

    /// A session whose client takes each event after `willSend` has returned.
    init(willSend: @escaping @Sendable (EngineEvent) async throws -> Void = { _ in }) {
        let (stream, commands) = AsyncStream.makeStream(of: EngineCommand.self)
        self.commands = commands
        session = EngineSession(id: "sess_test", commands: stream) { [log] event in
            try await willSend(event)
            try Task.checkCancellation()
            await log.append(event)
        }
    }

    func command(_ command: EngineCommand) { commands.yield(command) }

    func end() { commands.finish() }

    /// Waits until the events fulfil a condition, and returns them.
    @discardableResult
    func wait(until isFulfilled: @escaping @Sendable ([EngineEvent]) -> Bool) async -> [EngineEvent] {
        await log.wait(until: isFulfilled)
    }

    /// Waits for the end of a response and returns its progress.
    func response(_ id: String) async -> [ResponseProgress] {
        await wait { $0.progress(of: id).isOver }.progress(of: id)
    }

    /// Waits for the end of a transcription and returns its progress.
    func transcription(of itemID: String) async -> TranscriptionProgress? {
        await wait { $0.transcription(of: itemID) != nil }.transcription(of: itemID)
    }
}

extension [EngineEvent] {
    /// What a response has got.
    func progress(of id: String) -> [ResponseProgress] {
        compactMap { event in
            if case .response(id, let progress) = event { progress } else { nil }
        }
    }

    /// How the transcription of an item ended.
    func transcription(of id: String) -> TranscriptionProgress? {
        for case .transcription(id, let progress) in self { return progress }
        return nil
    }
}

extension ResponseProgress {
    /// Whether this is the end of a response.
    var isLast: Bool {
        switch self {
        case .finished, .failed: true
        default: false
        }
    }
}

extension [ResponseProgress] {
    /// Whether nothing follows.
    var isOver: Bool { contains(where: \.isLast) }

    /// The text of a written response.
    var text: String { compactMap { if case .text(let text) = $0 { text } else { nil } }.joined() }

    /// The transcripts of a spoken response.
    var transcripts: [String] { compactMap { if case .transcript(let text) = $0 { text } else { nil } } }

    /// The sound of a spoken response.
    var samples: [Int16] { flatMap { if case .audio(let samples) = $0 { samples } else { [Int16]() } } }

    /// Why the response failed.
    var failure: EngineFailure? {
        for case .failed(let failure) in self { return failure }
        return nil
    }
}

extension PipelineEngine {
    /// An engine of fakes; without further words it hears nothing, says nothing and speaks briefly.
    static func fake(
        transcriber: (any Transcriber)? = nil,
        model: any LanguageModel = FakeModel.saying(),
        synthesizer: any SpeechSynthesizer = FakeSynthesizer.brief,
        settings: Settings = Settings()
    ) -> PipelineEngine {
        var quiet = Logger(label: "test")
        quiet.logLevel = .critical
        return PipelineEngine(
            transcriber: transcriber,
            model: model,
            synthesizer: synthesizer,
            settings: settings,
            logger: quiet
        )
    }

    /// Serves `probe` while `body` runs.
    func serving<Value: Sendable>(_ probe: SessionProbe, _ body: (SessionProbe) async throws -> Value) async throws
        -> Value
    {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.run(probe.session) }
            let value = try await body(probe)
            probe.end()
            try await group.waitForAll()
            return value
        }
    }
}

/// A request whose context is one line of the user.
func request(
    _ id: String = "resp_1",
    _ text: String = "Hello",
    audio: Bool = true,
    context: [ContextItem]? = nil
) -> ResponseRequest {
    ResponseRequest(
        id: id,
        model: "test",
        context: context ?? [.message(id: "item_1", role: .user, parts: [.text(text)])],
        wantsAudio: audio
    )
}
