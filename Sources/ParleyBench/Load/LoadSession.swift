// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import ParleyTransport
internal import ParleyWebSocket

/// One virtual client.
// Only its event loop touches it: ``LoadLoop`` lives there, and so does the handler that calls the delegate's methods.
final class LoadSession: WebSocketDelegate, @unchecked Sendable {
    private enum State {
        case closed
        /// The connection is being opened, since then.
        case opening(since: Int64)
        /// `session.created` is awaited, since then.
        case awaited(since: Int64)
        case ready
    }

    private let figures: LoopFigures
    private unowned let loop: LoadLoop
    private var state = State.closed
    private var socket: WebSocketChannelHandler?
    private var answers = AnswerQueue()
    /// Messages at the end of `answers` that the socket has not taken.
    private var unsent = 0
    private var nextPiece = 0
    private var isVerified = false
    private var turn: SpokenTurn

    init(_ figures: LoopFigures, loop: LoadLoop) {
        self.figures = figures
        self.loop = loop
        turn = SpokenTurn(
            chunks: figures.frames.audio.count,
            pauseChunks: 500 / figures.plan.chunkMilliseconds,
            listensAlways: figures.plan.serverFindsTurns
        )
    }

    /// Whether the session can be used.
    var isReady: Bool {
        if case .ready = state { return true }
        return false
    }

    /// Whether there is no connection, nor one on its way.
    var isClosed: Bool {
        if case .closed = state { return true }
        return false
    }

    /// When the messages were due that are not answered.
    var unanswered: [Int64] { answers.unanswered }

    // MARK: Opening and closing

    func begin(at now: Int64) {
        state = .opening(since: now)
        if figures.plan.mode == .handshake { figures.interval.sent += 1 }
    }

    func failed(_ sentence: String) {
        state = .closed
        figures.interval.fail(sentence)
    }

    func opened(_ socket: WebSocketChannelHandler) {
        self.socket = socket
        let now = figures.now
        figures.interval.opened += 1
        if figures.plan.mode == .handshake {
            if case .opening(let since) = state { figures.answered(due: since, at: now) }
            state = .ready
            return socket.close(.normalClosure, reason: "")
        }
        state = .awaited(since: now)
        if figures.isEnding { return close() }
        if !figures.plan.awaitsSession { becomeReady() }
    }

    private func becomeReady() {
        state = .ready
        loop.assumeIsolated { $0.sessionOpened() }
        let setUp = figures.frames.setUp
        if setUp.readableBytes > 0 { write(setUp) }
        if figures.plan.pace == .max, figures.plan.mode != .talk, figures.plan.mode != .idle {
            message(due: figures.now)
        }
    }

    func close() { socket?.close(.normalClosure, reason: "") }

    /// Gives up waiting for `session.created`.
    func checkPatience(at now: Int64) {
        guard case .awaited(let since) = state else { return }
        let seconds = figures.plan.openSeconds
        guard Double(now - since) > seconds * 1e9 else { return }
        end("no session.created within \(Int(seconds)) s of the handshake")
        close()
    }

    func closed(_ summary: CloseSummary) {
        socket = nil
        if figures.plan.mode == .handshake {
            state = .closed
            return loop.assumeIsolated { $0.handshakeOver(self) }
        }
        guard !isClosed else { return }
        if figures.isEnding {
            state = .closed
            return loop.assumeIsolated { $0.sessionEnded() }
        }
        let code = summary.code.map { "\($0)" } ?? "no code"
        end("the connection ended (\(code)\(summary.reason.isEmpty ? "" : ", " + summary.reason))")
    }

    private func end(_ sentence: String) {
        let wasReady = isReady
        state = .closed
        figures.interval.fail(sentence)
        loop.assumeIsolated { wasReady ? $0.sessionEnded() : $0.sessionNotOpened() }
    }

    func shouldDrain() {}

    // MARK: Sending

    /// The time of a message has come.
    func chunkDue(_ due: Int64) {
        guard isReady else { return }
        guard figures.plan.mode == .talk else {
            message(due: due)
            return figures.interval.lateness.record(UInt64(max(0, figures.now - due)) / 1_000)
        }
        let (step, outcome) = turn.chunkDue(due)
        if let outcome { judge(outcome) }
        switch step {
        case .nothing: return
        case .silence: write(figures.frames.silence)
        case .speech(let number): speak(number, due)
        case .lastSpeech(let number):
            speak(number, due)
            write(figures.frames.commit)
        }
        socket?.flushOutsideReads()
    }

    private func speak(_ number: Int, _ due: Int64) {
        write(figures.frames.audio[number])
        figures.interval.lateness.record(UInt64(max(0, figures.now - due)) / 1_000)
        if turn.isWaiting { figures.interval.sent += 1 }
    }

    private func message(due: Int64) {
        guard answers.hasRoom else {
            figures.interval.skipped += 1
            return
        }
        answers.sent(due: due)
        unsent += 1
        writeUnsent()
    }

    /// What the socket does not take yet waits as a number, not as bytes.
    private func writeUnsent() {
        guard let socket else { return }
        while unsent > 0, socket.isWritable {
            unsent -= 1
            figures.interval.sent += 1
            socket.send(frames: nextFrame())
            socket.flushOutsideReads()
        }
    }

    private func nextFrame() -> ByteBuffer {
        guard figures.plan.mode == .append else { return figures.frames.text }
        let frame = figures.frames.audio[nextPiece]
        nextPiece += 1
        if nextPiece == figures.frames.audio.count { nextPiece = 0 }
        return frame
    }

    private func write(_ frames: ByteBuffer) {
        socket?.send(frames: frames)
        socket?.flushOutsideReads()
    }

    func becameWritable() { writeUnsent() }

    // MARK: Receiving

    func received(_ message: Message) {
        if figures.plan.mode == .echo { return answered() }
        let reply = Reply(message.payload)
        switch (reply, figures.plan.mode) {
        case (.audioDelta, .append):
            if !isVerified { verify(message.payload) }
            answered()
        case (.audioDelta, .talk) where turn.isWaiting:
            let id = Reply.string("response_id", of: message.payload)
            if let outcome = turn.audioCame(responseID: id, at: figures.now) { judge(outcome) }
        case (.responseCreated, .talk):
            if let response = Reply.response(of: message.payload) { turn.responseCreated(id: response.id) }
        case (.responseDone, .talk):
            guard let response = Reply.response(of: message.payload) else { return }
            if let outcome = turn.responseDone(id: response.id, status: response.status) { judge(outcome) }
        case (.sessionCreated, _):
            if case .awaited = state { becomeReady() }
        case (.error, _): figures.interval.fail("the server sent an error: \(Reply.errorWords(of: message.payload))")
        default: break
        }
    }

    private func answered() {
        guard let due = answers.answered() else { return }
        let now = figures.now
        figures.answered(due: due, at: now)
        if figures.plan.pace == .max, !figures.isEnding { message(due: now) }
    }

    private func verify(_ event: ByteBuffer) {
        isVerified = true
        let isSame = event.withUnsafeReadableBytes { bytes in
            guard let delta = EventScan.string("delta", in: bytes) else { return false }
            return bytes[delta].elementsEqual(figures.frames.firstAudio.readableBytesView)
        }
        if !isSame { figures.interval.mismatched += 1 }
    }

    private func judge(_ outcome: SpokenTurn.Outcome) {
        switch outcome {
        case .audioBegan(let nanoseconds):
            figures.interval.answered += 1
            figures.interval.latency.record(UInt64(max(0, nanoseconds)) / 1_000)
        case .completed: break
        case .failed(let sentence): figures.interval.fail(sentence)
        }
    }
}
