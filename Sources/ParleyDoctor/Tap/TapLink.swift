// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import ParleyDiagnosis

/// What is seen of one connection through the tap; lives on the connection's event loop.
final class TapLink {
    let number: Int
    private var recorder: ConnectionRecorder
    private var rewriter: HostRewriter?
    private let isSecure: Bool
    private let started = NIODeadline.now()
    private let tell: @Sendable (TapNews) -> Void
    private var isClosing = false
    /// Called once the client's first bytes can be told, when the server cannot be reached.
    private var whenAsked: (() -> Void)?

    /// - Parameters:
    ///   - number: Which connection, counted from 1.
    ///   - question: Knows the secrets of the user.
    ///   - target: Where the tap leads.
    ///   - rewritesHost: Whether `Host` is to name the server.
    ///   - tell: Told of what happens.
    init(
        _ number: Int,
        _ question: Question,
        _ target: TargetAddress,
        rewritesHost: Bool,
        tell: @escaping @Sendable (TapNews) -> Void
    ) {
        self.number = number
        recorder = ConnectionRecorder(question)
        rewriter = rewritesHost ? HostRewriter(host: target.hostHeader) : nil
        isSecure = target.isSecure
        self.tell = tell
    }

    private var nowMS: Int { Int((NIODeadline.now() - started).nanoseconds / 1_000_000) }

    private func tell(_ news: [ConnectionNews]) {
        for item in news {
            if case .notHTTP(_, isTLSHello: true) = item, isSecure {
                say("> TLS hello: give the client a ws:// address, the tap itself speaks TLS with the server")
            } else {
                say(item.line)
            }
        }
    }

    private func say(_ line: String) { tell(TapNews(number: number, atMS: nowMS, line: line)) }

    /// Bytes came.
    ///
    /// - Returns: What goes on to the other side.
    func passed(_ buffer: ByteBuffer, fromClient: Bool) -> ByteBuffer {
        let bytes = Array(buffer.readableBytesView)
        tell(
            fromClient
                ? recorder.clientSent(bytes, atMS: nowMS)
                : recorder.serverSent(bytes, atMS: nowMS)
        )
        if recorder.requestState != .reading { askedWhenUnreachable() }
        guard fromClient, rewriter != nil else { return buffer }
        return ByteBuffer(bytes: rewriter?.rewriting(bytes) ?? [])
    }

    /// A side has ended.
    ///
    /// - Returns: What was held back until now and goes on to the other side.
    func ended(_ kind: Exchange.End.Kind, byClient: Bool) -> ByteBuffer? {
        if !isClosing { tell(recorder.ended(kind, byClient: byClient, atMS: nowMS)) }
        guard byClient, let rest = rewriter?.ended(), !rest.isEmpty else { return nil }
        return ByteBuffer(bytes: rest)
    }

    /// The server cannot be reached: `close` is called when the client has said what it wants.
    func serverUnreachable(_ exchange: Exchange, close: @escaping () -> Void) {
        tell(recorder.serverUnreachable(exchange))
        whenAsked = close
        if recorder.requestState != .reading || recorder.hasEnded { askedWhenUnreachable() }
    }

    /// The client had its time to say what it wants.
    func askedWhenUnreachable() {
        guard let close = whenAsked else { return }
        whenAsked = nil
        isClosing = true
        close()
    }

    /// The tap ends while the connection is open.
    func stop() {
        tell(recorder.stopped(atMS: nowMS))
        isClosing = true
    }

    /// What was seen.
    var connection: TappedConnection {
        var records = recorder.records
        // A hello to a tap that leads to a TLS server says nothing of that server.
        if isSecure { for index in records.indices { records[index].isTLSHello = false } }
        return TappedConnection(number: number, records: records, plainRequest: recorder.plainRequest)
    }
}
