// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import ParleyDiagnosis
internal import ParleyTransport

/// One connection without I/O: what came in, what is to go out, how long to wait, and what was seen.
///
/// Time is in ms since the attempt began. The shell calls ``timeIsUp(atMS:)`` when ``deadlineMS`` has come, and looks
/// at it again after every call.
package struct ExchangeMachine: Sendable {
    /// What the shell has to do.
    package enum Action: Sendable, Equatable {
        case send([UInt8])
        /// Begin TLS; what it came to is to be told by ``tlsEnded(_:atMS:)``.
        case startTLS
        /// Close; nothing is of interest any more.
        case finish
    }

    private enum Phase { case connecting, listening, tunnel, tls, answer, talk, done }

    private let plan: ExchangePlan
    private let masker: Masker
    private let maskingKey: @Sendable () -> UInt32
    private var phase = Phase.connecting
    private var reader: ResponseReader
    private var talk: Talk?
    private var heard: [UInt8] = []
    private var heardCount = 0
    /// What was seen.
    package private(set) var exchange: Exchange
    /// When time is up.
    package private(set) var deadlineMS: Int

    /// - Parameters:
    ///   - plan: What to do.
    ///   - masker: Knows the secrets in it.
    ///   - maskingKey: Makes the keys that mask frames.
    package init(
        _ plan: ExchangePlan,
        masker: Masker,
        maskingKey: @escaping @Sendable () -> UInt32 = { UInt32.random(in: .min ... .max) }
    ) {
        self.plan = plan
        self.masker = masker
        self.maskingKey = maskingKey
        reader = ResponseReader(keptBodyBytes: plan.bodyBytes)
        exchange = Exchange(endpoint: plan.endpoint)
        deadlineMS = plan.timeoutMS
    }

    /// The beginning of the answer's body, secrets included.
    package var bodyBytes: [UInt8] { reader.bodyBytes }
    /// The fields of the answer, secrets included.
    package var answerFields: [Header] { reader.fields }

    /// TCP has made a connection.
    package mutating func connected(atMS now: Int) -> [Action] {
        guard phase == .connecting else { return [] }
        exchange.tcp = Exchange.TCPOutcome(.connected, durationMS: now)
        deadlineMS = now + plan.timeoutMS
        if let proxy = plan.proxy {
            phase = .tunnel
            reader = ResponseReader(isConnect: true)
            let name = plan.endpoint.host.contains(":") ? "[\(plan.endpoint.host)]" : plan.endpoint.host
            var head = "CONNECT \(name):\(plan.endpoint.port) HTTP/1.1\r\nHost: \(name):\(plan.endpoint.port)\r\n"
            if let authorization = proxy.authorization { head += "Proxy-Authorization: \(authorization)\r\n" }
            return [.send(Array((head + "\r\n").utf8))]
        }
        return opened(now)
    }

    /// TCP has made none.
    package mutating func connectFailed(_ outcome: Exchange.TCPOutcome) -> [Action] {
        guard phase == .connecting else { return [] }
        exchange.tcp = outcome
        return finish()
    }

    /// There is a way to the server.
    private mutating func opened(_ now: Int) -> [Action] {
        if let listens = plan.listensMS {
            phase = .listening
            deadlineMS = now + listens
            return []
        }
        deadlineMS = now + plan.timeoutMS
        guard plan.endpoint.isSecure else { return ask(now) }
        phase = .tls
        return [.startTLS]
    }

    /// TLS has come to an end, for better or worse.
    package mutating func tlsEnded(_ outcome: Exchange.TLSOutcome, atMS now: Int) -> [Action] {
        guard phase == .tls else { return [] }
        exchange.tls = outcome
        guard case .completed = outcome.result else {
            end(outcome.result == .closed ? .closed : outcome.result == .reset ? .reset : .enough, now)
            return finish()
        }
        return ask(now)
    }

    /// The peer sent an alert on a connection whose handshake was complete.
    package mutating func tlsAlerted(_ alert: Int) {
        exchange.tls?.result = .alert(alert)
        // certificate_required (RFC 8446 section 6.2)
        if alert == 116 { exchange.tls?.asksForCertificate = true }
    }

    private mutating func ask(_ now: Int) -> [Action] {
        guard let request = plan.request else {
            end(.enough, now)
            return finish()
        }
        phase = .answer
        reader = ResponseReader(keptBodyBytes: plan.bodyBytes)
        exchange.request = masker.request(request)
        deadlineMS = now + plan.timeoutMS
        return [.send(Self.head(request))]
    }

    /// The head exactly as it is given.
    private static func head(_ request: Exchange.Request) -> [UInt8] {
        let lines =
            ["\(request.method) \(request.target) HTTP/\(request.version)"]
            + request.headers.map { "\($0.name): \($0.value)" }
        // What is no single line would be another request.
        return Array((lines.map(oneLine).joined(separator: "\r\n") + "\r\n\r\n").utf8)
    }

    private static func oneLine(_ line: String) -> String {
        String(decoding: line.utf8.filter { $0 != 10 && $0 != 13 }, as: UTF8.self)
    }

    /// Bytes came, decrypted.
    package mutating func received(_ bytes: [UInt8], atMS now: Int) -> [Action] {
        switch phase {
        case .connecting, .tls, .done: return []
        case .listening:
            heardCount += bytes.count
            heard += bytes.prefix(max(0, Masker.window - heard.count))
            exchange.greeting = masker.bytes(heard, count: heardCount)
            // A greeting is short; what else belongs to it comes at once.
            deadlineMS = min(deadlineMS, now + 100)
            return []
        case .tunnel: return tunnelReceived(bytes, now)
        case .answer: return answerReceived(bytes, now)
        case .talk:
            talk?.received(bytes, atMS: now)
            return talkWent(on: now)
        }
    }

    private mutating func tunnelReceived(_ bytes: [UInt8], _ now: Int) -> [Action] {
        let rest = reader.received(bytes, atMS: now)
        guard reader.state == .switched else { return readerWent(on: now) }
        noteProxy()
        let actions = opened(now)
        return rest.isEmpty ? actions : actions + received(rest, atMS: now)
    }

    private mutating func noteProxy() {
        let answer = reader.response(masker)
        exchange.proxy = Exchange.ProxyOutcome(
            status: answer?.version == nil ? nil : answer?.status,
            reason: answer?.reason ?? "",
            headers: answer?.headers ?? [],
            body: answer?.body ?? Bytes()
        )
    }

    private mutating func answerReceived(_ bytes: [UInt8], _ now: Int) -> [Action] {
        let rest = reader.received(bytes, atMS: now)
        guard reader.state == .switched else { return readerWent(on: now) }
        exchange.response = reader.response(masker)
        guard let conversation = plan.conversation else {
            end(.enough, now)
            return finish()
        }
        phase = .talk
        talk = Talk(conversation, answer: reader.fields, masker: masker, maskingKey: maskingKey, atMS: now)
        if !rest.isEmpty { talk?.received(rest, atMS: now) }
        return talkWent(on: now)
    }

    /// How long the rest of a body, or of what is no HTTP, is waited for once it has begun, in ms.
    private static let bodyMS = 500

    private mutating func readerWent(on now: Int) -> [Action] {
        switch reader.state {
        case .head, .switched: return []
        case .notHTTP, .body:
            deadlineMS = min(deadlineMS, now + (plan.bodyBytes > Masker.window ? 4 : 1) * Self.bodyMS)
            return []
        case .complete:
            end(.enough, now)
            return finish()
        }
    }

    private mutating func talkWent(on now: Int) -> [Action] {
        guard var talk else { return [] }
        let output = talk.takeOutput()
        self.talk = talk
        deadlineMS = talk.deadlineMS
        let sending: [Action] = output.isEmpty ? [] : [.send(output)]
        guard talk.isDone else { return sending }
        end(talk.isClosedByServer ? .closed : .enough, now)
        return sending + finish()
    }

    /// The peer has ended the connection: with FIN, or with RST.
    package mutating func ended(_ kind: Exchange.End.Kind, atMS now: Int) -> [Action] {
        guard phase != .done else { return [] }
        talk?.ended()
        // Who said good-bye is not surprised by the end.
        end(talk?.isClosedByDoctor == true ? .enough : kind, now)
        return finish()
    }

    /// The time of the phase is over.
    package mutating func timeIsUp(atMS now: Int) -> [Action] {
        guard now >= deadlineMS else { return [] }
        switch phase {
        case .done: return []
        case .connecting:
            exchange.tcp = Exchange.TCPOutcome(.timedOut, durationMS: now)
            return finish()
        case .listening:
            end(.enough, now)
            return finish()
        case .tls:
            // The shell knows what was offered; it has told nothing, so that nothing came.
            exchange.tls = Exchange.TLSOutcome(.timedOut, durationMS: now)
            end(.timedOut, now)
            return finish()
        case .tunnel, .answer:
            end(reader.state == .head ? .timedOut : .enough, now)
            return finish()
        case .talk:
            talk?.timeIsUp(atMS: now)
            return talkWent(on: now)
        }
    }

    private mutating func end(_ kind: Exchange.End.Kind, _ now: Int) {
        if exchange.end == nil { exchange.end = Exchange.End(kind, atMS: now) }
    }

    private mutating func finish() -> [Action] {
        if phase == .tunnel { noteProxy() }
        if phase == .answer { exchange.response = reader.response(masker) }
        if let talk { exchange.conversation = talk.result }
        phase = .done
        deadlineMS = .max
        return [.finish]
    }
}
