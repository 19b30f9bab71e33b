// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import ParleyDiagnosis
internal import ParleyWebSocket

/// One connection to the mirror without I/O: a server that answers as it is told, and watches what the client makes of
/// it.
///
/// Time is in ms since the connection was accepted. The shell calls ``timeIsUp(atMS:)`` when ``deadlineMS`` has come,
/// and looks at it again after every call.
package struct MirrorMachine: Sendable {
    /// What the shell has to do.
    package enum Action: Sendable, Equatable {
        case send([UInt8])
        /// End the direction to the client.
        case endOutput
        case close
        case reset
    }

    private enum Phase { case head, slow, talk, quiet, ending, done }

    /// Longest time until the request is complete, in ms.
    private static let headMS = 30_000
    /// Longest time that a client which is told nothing may wait, in ms; the most patient browser gives up after 240 s.
    private static let quietMS = 300_000
    /// How long an end may take that this side began, in ms.
    private static let endMS = 5_000
    /// When the first ping is sent, how often others are, and how long a pong may take, in ms.
    private static let firstPingMS = 1_000
    private static let pingMS = 5_000
    /// Time between the bytes of a slow answer, in ms.
    private static let slowMS = 5

    private let standing: MirrorAnswer
    private let question: Question
    private let host: String
    private var recorder: ConnectionRecorder
    private var phase = Phase.head
    private var steps: [MirrorAnswer.Step] = []
    private var request: MirrorRequest?
    private var reader: StreamReader?
    private var early: [UInt8] = []
    private var slow: [UInt8] = []
    private var pingSent = false
    private var closeSent = false
    private var news: [ConnectionNews] = []
    private var actions: [Action] = []
    /// When time is up.
    package private(set) var deadlineMS = MirrorMachine.headMS
    /// The answer that was given; nil before there is a request.
    package private(set) var answer: MirrorAnswer?

    /// - Parameters:
    ///   - standing: The answer for paths that ask for none.
    ///   - question: Knows the user's secrets, and the clients to compare with.
    ///   - host: The mirror's own host and port.
    package init(_ standing: MirrorAnswer, _ question: Question, host: String) {
        self.standing = standing
        self.question = question
        self.host = host
        recorder = ConnectionRecorder(question)
    }

    /// Gives out what happened since the last time.
    package mutating func takeNews() -> [ConnectionNews] {
        defer { news = [] }
        return news
    }

    /// What was seen.
    package var records: [ClientRecord] {
        var records = recorder.records
        records[records.count - 1].likeness = likeness
        return records
    }

    /// Which clients the request looks like, once there is one.
    package var likeness: Likeness? {
        guard let request = request?.request else { return nil }
        return Likeness(
            request,
            to: "ws://\(host)\(request.target)",
            comparedWith: question.clients,
            masker: Masker(question, and: request)
        )
    }

    /// Where the client asked, as it may be shown.
    package var url: String {
        Masker(question).target("ws://\(host)\(request?.request.target ?? "/")")
    }

    /// The client sent bytes.
    package mutating func received(_ bytes: [UInt8], atMS now: Int) -> [Action] {
        news += recorder.clientSent(bytes, atMS: now)
        switch phase {
        case .head:
            switch recorder.requestState {
            case .reading: break
            case .request: begin(now)
            case .tlsHello: end(now)
            case .notHTTP: refuse("400 Bad Request", "This is no HTTP request.", now)
            }
        case .slow: early += bytes.prefix(max(0, 65_536 - early.count))
        case .talk, .ending: read(bytes, now)
        case .quiet, .done: break
        }
        return takeActions()
    }

    /// The client has ended its side, or all.
    package mutating func ended(_ kind: Exchange.End.Kind, atMS now: Int) -> [Action] {
        guard phase != .done else { return [] }
        news += recorder.ended(kind, byClient: true, atMS: now)
        phase = .done
        deadlineMS = .max
        actions.append(.close)
        return takeActions()
    }

    /// The mirror ends.
    package mutating func stop(atMS now: Int) -> [Action] {
        guard phase != .done else { return [] }
        news += recorder.stopped(atMS: now)
        phase = .done
        deadlineMS = .max
        return [.close]
    }

    /// The time of the phase is over.
    package mutating func timeIsUp(atMS now: Int) -> [Action] {
        guard now >= deadlineMS else { return [] }
        switch phase {
        case .head, .quiet: end(now)
        case .slow:
            send([slow.removeFirst()], now)
            deadlineMS = now + Self.slowMS
            if slow.isEmpty { goOn(now) }
        case .talk where closeSent: end(now)
        case .talk where pingSent:
            close(1011, "keepalive ping timeout: no pong", now)
        case .talk:
            send(MirrorAnswer.frame(0x89, Array("parley".utf8)), now)
            pingSent = true
            deadlineMS = now + Self.pingMS
        case .ending:
            phase = .done
            deadlineMS = .max
            actions.append(.close)
        case .done: break
        }
        return takeActions()
    }

    private mutating func takeActions() -> [Action] {
        defer { actions = [] }
        return actions
    }

    // MARK: The answer

    private mutating func begin(_ now: Int) {
        guard let plain = recorder.plainRequest else { return }
        let request = MirrorRequest(plain)
        self.request = request
        early = recorder.held
        if let wanted = request.wantedAnswer {
            guard let answer = MirrorAnswer.named(wanted) else {
                let names = MirrorAnswer.all.map(\.name).joined(separator: "\n")
                return refuse("404 Not Found", "There is no answer of that name. Known are:\n\(names)", now)
            }
            self.answer = answer
        } else {
            answer = standing
        }
        // A wrong request gets a right refusal, unless another answer is wanted.
        if answer == .right, let fault = request.fault { return refuse(fault.status, fault.words, now) }
        steps = answer?.steps ?? []
        goOn(now)
    }

    private mutating func refuse(_ status: String, _ words: String, _ now: Int) {
        let body = words + "\n"
        var lines = ["HTTP/1.1 \(status)", "Content-Type: text/plain; charset=utf-8"]
        if status.hasPrefix("426") { lines += ["Upgrade: websocket", "Sec-WebSocket-Version: 13"] }
        lines += ["Content-Length: \(body.utf8.count)", "Connection: close", "", body]
        send(Array(lines.joined(separator: "\r\n").utf8), now)
        end(now)
    }

    private mutating func goOn(_ now: Int) {
        while !steps.isEmpty, phase != .done, phase != .ending {
            switch steps.removeFirst() {
            case .head(let lines, let lineEnd): send(head(lines, lineEnd), now)
            case .slowHead(let lines):
                slow = head(lines, "\r\n")
                phase = .slow
                deadlineMS = now
                return
            case .send(let bytes):
                send(bytes, now)
                if bytes.first == 0x88 { closeSent = true }
            case .sendText(let count): send(Self.text(count), now)
            case .greet:
                if let event = request.flatMap({ $0.isRealtime ? $0.firstEvent : nil }) {
                    send(Self.text(Array(event.utf8)), now)
                }
            case .converse: converse(now)
            case .keepQuiet:
                phase = .quiet
                deadlineMS = now + Self.quietMS
            case .end: end(now)
            case .reset:
                news += recorder.ended(.reset, byClient: false, atMS: now)
                phase = .done
                deadlineMS = .max
                actions.append(.reset)
            }
        }
    }

    private func head(_ lines: [String], _ lineEnd: String) -> [UInt8] {
        let filled = request?.filled(lines) ?? []
        return Array((filled.joined(separator: lineEnd) + lineEnd + lineEnd).utf8)
    }

    private mutating func converse(_ now: Int) {
        phase = .talk
        deadlineMS = now + (closeSent ? Self.endMS : Self.firstPingMS)
        reader = StreamReader(.client, masker: Masker())
        let before = early
        early = []
        if !before.isEmpty { read(before, now) }
    }

    private mutating func send(_ bytes: [UInt8], _ now: Int) {
        guard !bytes.isEmpty else { return }
        news += recorder.serverSent(bytes, atMS: now)
        actions.append(.send(bytes))
    }

    private mutating func end(_ now: Int) {
        news += recorder.ended(.closed, byClient: false, atMS: now)
        phase = .ending
        deadlineMS = now + Self.endMS
        actions.append(.endOutput)
    }

    // MARK: The talk

    private mutating func read(_ bytes: [UInt8], _ now: Int) {
        let arrivals = reader?.received(bytes, atMS: now) ?? []
        guard phase == .talk else { return }
        // A server ends a connection on which frames are not as they have to be (RFC 6455 section 5.1).
        if let violation = reader?.violations.first, !closeSent { return close(1002, violation, now) }
        for arrival in arrivals where phase == .talk { take(arrival, now) }
    }

    private mutating func take(_ arrival: StreamReader.Arrival, _ now: Int) {
        switch arrival {
        case .ping(let payload):
            if !closeSent { send(MirrorAnswer.frame(0x8A, Array(payload.prefix(125))), now) }
        case .pong:
            guard pingSent, !closeSent else { return }
            pingSent = false
            deadlineMS = now + Self.pingMS
        case .message(let isText, let bytes, let count):
            guard !closeSent, request?.isRealtime == false, bytes.count == count else { return }
            send(Self.text(bytes, opcode: isText ? 1 : 2), now)
        case .close(let close):
            if !closeSent {
                let code = close.code.flatMap { UInt16(exactly: $0) }.map(CloseCode.init)
                let answered = code.map { $0.isValidOnTheWire ? $0 : .protocolError }
                let payload = answered.map { [UInt8($0.rawValue >> 8), UInt8($0.rawValue & 0xFF)] } ?? []
                send(MirrorAnswer.frame(0x88, payload), now)
            }
            end(now)
        }
    }

    private mutating func close(_ code: UInt16, _ reason: String, _ now: Int) {
        send(MirrorAnswer.frame(0x88, [UInt8(code >> 8), UInt8(code & 0xFF)] + Array(reason.utf8)), now)
        closeSent = true
        deadlineMS = now + Self.endMS
    }

    private static func text(_ payload: [UInt8], opcode: UInt8 = 1) -> [UInt8] {
        guard payload.count > 0xFFFF else { return MirrorAnswer.frame(0x80 | opcode, payload) }
        let count = UInt64(payload.count)
        return [0x80 | opcode, 127] + (0..<8).reversed().map { UInt8(truncatingIfNeeded: count >> (8 * $0)) } + payload
    }

    private static func text(_ count: Int) -> [UInt8] {
        text(Array(repeating: UInt8(ascii: "x"), count: count))
    }
}
