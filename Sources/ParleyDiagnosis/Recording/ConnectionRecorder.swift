// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyWebSocket

/// Watches one connection between a client and a server: fed with the bytes of both directions, it tells what happens
/// and what a ``ClientRecord`` can hold of it.
///
/// What is kept is bounded as in ``RequestReader``, ``ResponseReader`` and ``StreamReader``. Secrets that the client
/// presents in its request are masked from then on in both directions.
package struct ConnectionRecorder: Sendable {
    /// Most requests on one connection of which a record is kept; later ones take the place of the last.
    package static let keptRequests = 16
    /// Most bytes of the client that are held until the server has answered.
    private static let heldBytes = 64 * 1024
    /// How long a ping may go unanswered before that counts, in ms.
    private static let pongMS = 5_000

    private let question: Question
    private let isFollowed: Bool
    private var masker: Masker
    private var earlier: [ClientRecord] = []
    private var request = RequestReader()
    private var response = ResponseReader()
    private var isAnswered = false
    private var client: Side
    private var server: Side
    /// What the client sent behind its request before it was answered, the beginning of it.
    package private(set) var held: [UInt8] = []
    private var serverClosedFirst: Bool?
    private var echo = Echo()
    private var ping: (payload: [UInt8], atMS: Int, isAnswered: Bool)?
    private var lastMS = 0
    private var clientEnd: Exchange.End?
    private var serverEnd: Exchange.End?
    private var failure: Exchange?

    /// One direction behind a 101.
    private struct Side {
        var reader: StreamReader?
        var told = 0
    }

    /// Whether the client's first message came back.
    private struct Echo {
        var sent: [UInt8]?
        var cameBack = false
    }

    /// - Parameters:
    ///   - question: Knows the secrets of the user.
    ///   - isFollowed: Whether every frame is news; otherwise only those that are kept.
    package init(_ question: Question, isFollowed: Bool = true) {
        self.question = question
        self.isFollowed = isFollowed
        masker = Masker(question)
        client = Side()
        server = Side()
    }

    /// The client's request as sent, secrets included.
    package var plainRequest: Exchange.Request? { request.plainRequest }

    /// What the client's first bytes are.
    package var requestState: RequestReader.State { request.state }

    /// Whether an end was seen.
    package var hasEnded: Bool { clientEnd != nil || serverEnd != nil }

    /// The client sent bytes.
    package mutating func clientSent(_ bytes: some Collection<UInt8>, atMS now: Int) -> [ConnectionNews] {
        lastMS = now
        guard client.reader == nil else { return follow(Array(bytes), fromClient: true, now) }
        if isAnswered, response.state == .complete { beginNext() }
        let before = request.state
        let rest = request.received(bytes)
        held += rest.prefix(max(0, Self.heldBytes - held.count))
        guard before == .reading else { return [] }
        switch request.state {
        case .reading: return []
        case .request:
            guard let plain = request.plainRequest else { return [] }
            masker = Masker(question, and: plain)
            return [.request(masker.request(plain))]
        case .tlsHello, .notHTTP:
            return [.notHTTP(request.notHTTP(masker) ?? Bytes(), isTLSHello: request.state == .tlsHello)]
        }
    }

    /// The server sent bytes.
    package mutating func serverSent(_ bytes: some Collection<UInt8>, atMS now: Int) -> [ConnectionNews] {
        lastMS = now
        guard server.reader == nil else { return follow(Array(bytes), fromClient: false, now) }
        let rest = response.received(bytes, atMS: now)
        guard !isAnswered, response.state != .head, let answer = response.response(masker) else { return [] }
        isAnswered = true
        guard response.state == .switched else { return [.answer(answer)] }
        let deflate = DeflateParameters(answer: response.fields)
        client.reader = StreamReader(.client, deflate: deflate, masker: masker, isFollowed: isFollowed)
        server.reader = StreamReader(.server, deflate: deflate, masker: masker, isFollowed: isFollowed)
        let early = held
        held = []
        return [.answer(answer)] + follow(early, fromClient: true, now) + follow(rest, fromClient: false, now)
    }

    /// The server could not be reached, as far as a connection to it got.
    package mutating func serverUnreachable(_ exchange: Exchange) -> [ConnectionNews] {
        failure = exchange
        return [.unreachable(exchange)]
    }

    /// A side has ended the connection; only the first end counts.
    package mutating func ended(_ kind: Exchange.End.Kind, byClient: Bool, atMS now: Int) -> [ConnectionNews] {
        guard !hasEnded else { return [] }
        lastMS = max(lastMS, now)
        let end = Exchange.End(kind, atMS: now)
        if byClient { clientEnd = end } else { serverEnd = end }
        return [.ended(end, byClient: byClient)]
    }

    /// The watching ends.
    package mutating func stopped(atMS now: Int) -> [ConnectionNews] { ended(.enough, byClient: true, atMS: now) }

    /// One record for each request, the last one as far as it got.
    package var records: [ClientRecord] { earlier + [current] }

    private mutating func beginNext() {
        if earlier.count < Self.keptRequests - 1 { earlier.append(current) }
        request = RequestReader()
        response = ResponseReader()
        isAnswered = false
        held = []
        masker = Masker(question)
    }

    private mutating func follow(_ bytes: [UInt8], fromClient: Bool, _ now: Int) -> [ConnectionNews] {
        guard !bytes.isEmpty, var reader = fromClient ? client.reader : server.reader else { return [] }
        for arrival in reader.received(bytes, atMS: now) { note(arrival, fromClient, now) }
        var news = reader.takeFrames().map { ConnectionNews.frame($0, fromClient: fromClient) }
        let told = fromClient ? client.told : server.told
        news += reader.violations.dropFirst(told).map { .violation($0, byClient: fromClient) }
        let side = Side(reader: reader, told: reader.violations.count)
        if fromClient { client = side } else { server = side }
        return news
    }

    private mutating func note(_ arrival: StreamReader.Arrival, _ fromClient: Bool, _ now: Int) {
        switch (arrival, fromClient) {
        case (.close, _):
            if serverClosedFirst == nil { serverClosedFirst = !fromClient }
        case (.message(_, let bytes, _), true):
            if echo.sent == nil { echo.sent = bytes }
        case (.message(_, let bytes, _), false):
            if !bytes.isEmpty, bytes == echo.sent { echo.cameBack = true }
        case (.ping(let payload), true):
            if ping == nil { ping = (payload, now, false) }
        case (.pong(let payload), false):
            if payload == ping?.payload { ping?.isAnswered = true }
        case (.ping, false), (.pong, true):
            break
        }
    }

    private var current: ClientRecord {
        var record = ClientRecord()
        record.isTLSHello = request.state == .tlsHello
        record.notHTTP = request.notHTTP(masker)
        record.request = request.request(masker)
        record.keyIsValid = request.keyIsValid
        record.subprotocolsAreValid = request.subprotocolsAreValid
        record.response = response.response(masker)
        record.conversation = conversation
        record.serverClosedFirst = serverClosedFirst
        record.clientEnd = clientEnd
        record.serverEnd = serverEnd
        record.upstreamFailure = failure
        return record
    }

    private var conversation: Conversation? {
        guard var client = client.reader, var server = server.reader else { return nil }
        if hasEnded {
            client.ended()
            server.ended()
        }
        var conversation = Conversation(
            received: server.frames,
            sent: client.frames,
            violations: server.violations,
            clientViolations: client.violations,
            unreadable: server.unreadable,
            pingAnswered: pingAnswered,
            echoed: echo.sent.map { _ in echo.cameBack }
        )
        conversation.receivedCount = server.frameCount
        conversation.close = server.close
        conversation.clientClose = client.close
        conversation.firstEvent = server.firstEvent
        return conversation
    }

    private var pingAnswered: Bool? {
        guard let ping else { return nil }
        if ping.isAnswered { return true }
        return lastMS - ping.atMS >= Self.pongMS ? false : nil
    }
}
