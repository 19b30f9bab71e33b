// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import Logging
internal import NIOCore
package import ParleySession
internal import ParleySettings

/// Serves sessions by a script: a mock of the Realtime API that says the same in every run.
///
/// What a session asks for is done one after the other, so that the order of what the client gets does not depend on
/// which task is faster.
package struct ScriptedEngine: Engine {
    /// How long a transcript waits for the response that a client may ask for right behind its recording, so that it
    /// comes behind `response.created` in every run.
    static let transcriptPause = Duration.milliseconds(200)
    /// Responses whose cancellation is listened to.
    private static let rememberedResponses = 64

    /// What is played.
    package let script: SessionScript
    let transcriber: any Transcriber
    let localVoice: any SpeechSynthesizer
    let logger: Logger
    let sleep: @Sendable (Duration) async throws -> Void

    /// An engine for a script.
    ///
    /// - Parameters:
    ///   - script: What is played.
    ///   - transcriber: Listens to recordings whose words the script does not tell.
    ///   - localVoice: Speaks what the script wants spoken by this machine's voice.
    ///   - sleep: Waits that long.
    ///   - logger: Gets what goes wrong.
    package init(
        script: SessionScript,
        transcriber: any Transcriber = ToneTranscriber(),
        localVoice: any SpeechSynthesizer = ToneSynthesizer(),
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) },
        logger: Logger
    ) {
        self.script = script
        self.transcriber = transcriber
        self.localVoice = localVoice
        self.sleep = sleep
        self.logger = logger
    }

    /// An engine for a script with the parts of this machine that it needs.
    package static func detect(_ script: SessionScript, logger: Logger) -> ScriptedEngine {
        guard script.usesLocalVoice else { return ScriptedEngine(script: script, logger: logger) }
        return ScriptedEngine(
            script: script,
            transcriber: LocalParts.transcriber(of: script.phrases, logger: logger),
            localVoice: LocalParts.synthesizer(logger: logger).0,
            logger: logger
        )
    }

    /// Keeps ready what speaking and listening need, until the task is cancelled.
    package func keepWarm() async {
        guard script.usesLocalVoice else { return }
        await withTaskGroup { group in
            group.addTask { await localVoice.keepWarm() }
            group.addTask { await transcriber.keepWarm() }
        }
    }

    private enum Job: Sendable {
        case respond(ResponseRequest, StopSignal)
        case transcribe(TranscriptionRequest)
        case reportTranscripts
    }

    package func run(_ session: EngineSession) async throws {
        let (jobs, queue) = AsyncStream.makeStream(of: Job.self)
        await withDiscardingTaskGroup { group in
            group.addTask { await Self.sort(session.commands, into: queue) }
            var performer = ScriptPerformer(engine: self, session: session)
            do {
                try await performer.begin()
                for await job in jobs {
                    switch job {
                    case .respond(let request, let stop): try await performer.respond(to: request, until: stop)
                    case .transcribe(let request):
                        await performer.transcribe(request)
                        group.addTask {
                            try? await sleep(Self.transcriptPause)
                            queue.yield(.reportTranscripts)
                        }
                    case .reportTranscripts: try await performer.reportTranscripts()
                    }
                }
            } catch {
                // Only the end of the session comes here.
            }
            group.cancelAll()
        }
    }

    /// Puts what is asked for in a row; what is cancelled is told at once.
    private static func sort(_ commands: AsyncStream<EngineCommand>, into queue: AsyncStream<Job>.Continuation) async {
        var stops: [(id: String, signal: StopSignal)] = []
        for await command in commands {
            switch command {
            case .respond(let request):
                let stop = StopSignal()
                stops.append((request.id, stop))
                if stops.count > rememberedResponses { stops.removeFirst() }
                queue.yield(.respond(request, stop))
            case .cancel(let id): stops.first { $0.id == id }?.signal.stop()
            case .transcribe(let request): queue.yield(.transcribe(request))
            // A script answers when it is asked.
            case .anticipate, .disregard: break
            }
        }
        queue.finish()
    }
}

extension SessionScript {
    /// Reads a script's file, or a recording's, whose name ends in `.jsonl`.
    ///
    /// - Throws: ``SettingsError`` with all that is wrong in it, also if it cannot be read.
    package static func load(_ file: String) throws -> SessionScript {
        if file.hasSuffix(".jsonl") {
            let bytes = try SettingsFile.bytes(of: file, atMost: maxRecordingBytes)
            return try SessionScript(recording: ByteBuffer(bytes: bytes), file: file)
        }
        return try SessionScript(parsing: try SettingsFile.text(of: file), file: file)
    }
}
