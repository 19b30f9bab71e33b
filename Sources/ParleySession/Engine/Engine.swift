// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// What answers a session: a pipeline of models, an upstream, a script.
///
/// The session decides *when* something is to be answered or transcribed; an engine only does it. One engine serves all
/// sessions; ``run(_:)`` is called once per session and lives as long as the session. Cancelling its task is the only
/// teardown there is.
package protocol Engine: Sendable {
    /// Serves one session: works off `session.commands` until they end or the task is cancelled.
    ///
    /// An error that ends one response or one transcription is reported as an event and does not end the session;
    /// throwing from here does.
    func run(_ session: EngineSession) async throws

    /// A user has begun to speak to one of the sessions, so that a response is likely to be wanted soon.
    ///
    /// Returns at once.
    func prepare()
}

extension Engine {
    /// Nothing to be done ahead.
    package func prepare() {}
}

/// The engine's side of one session.
package struct EngineSession: Sendable {
    /// The session's id (`sess_…`), for logs.
    package let id: String
    /// What the session asks for, in order.
    ///
    /// Ends with the session.
    package let commands: AsyncStream<EngineCommand>
    /// Hands one event to the session.
    ///
    /// Suspends while the client's socket is not writable, so a slow client slows the model instead of filling memory.
    /// Throws `CancellationError` once the session is over. Events of a response that was cancelled meanwhile are
    /// dropped by the session.
    package let send: @Sendable (EngineEvent) async throws -> Void

    /// Makes the engine's side of a session.
    package init(
        id: String,
        commands: AsyncStream<EngineCommand>,
        send: @escaping @Sendable (EngineEvent) async throws -> Void
    ) {
        self.id = id
        self.commands = commands
        self.send = send
    }
}

/// What a session asks of its engine.
package enum EngineCommand: Sendable, Equatable {
    /// Produce the response with this id. Several may run at once (out-of-band responses).
    indirect case respond(ResponseRequest)
    /// Stop producing that response at once: close its connections, end its child processes, send nothing more of it.
    case cancel(responseID: String)
    /// Say what was spoken in a committed recording.
    indirect case transcribe(TranscriptionRequest)
    /// The user has paused, and what he said so far may be all: an engine may begin to transcribe it.
    ///
    /// If it was all, a response or a transcription of the same item follows, whose recording has only more silence.
    indirect case anticipate(TranscriptionRequest)
    /// The user has gone on, or it was nothing: what was anticipated of that item is not wanted.
    case disregard(itemID: String)
}

/// What an engine tells its session.
package enum EngineEvent: Sendable, Equatable {
    /// Progress of the response with that id.
    case response(id: String, ResponseProgress)
    /// Progress of the transcription of the item with that id.
    case transcription(itemID: String, TranscriptionProgress)
    /// Something is to befall the session as a whole: a mock tries its client.
    case fault(SessionFault)
}

/// What a mock does to a session so that its client can be tried.
package enum SessionFault: Sendable, Equatable {
    /// An `error` event; the session goes on.
    case error(EngineFailure)
    /// The WebSocket is closed with this code.
    case close(code: UInt16, reason: String)
    /// TCP is reset, without a good-bye; what the client has not got yet may be lost.
    case reset
}
