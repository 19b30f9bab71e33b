// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Logging
import NIOSSL
import ParleyClient
import ParleyDiagnosis
import ParleyEvents
import ParleyTestPeers
import Testing

@Suite("A client with a server that misbehaves", .timeLimit(.minutes(1)))
struct MisbehaviourTests {
    private static func client(
        _ url: String,
        _ row: Misbehaviour? = nil,
        behaviour: RealtimeClient.Behaviour = RealtimeClient.Behaviour(),
        _ change: (inout ClientConfiguration) -> Void = { _ in }
    ) -> RealtimeClient {
        var configuration = ClientConfiguration(url: url, credential: .key("sk-never-shown"))
        configuration.connectTimeout = row?.limit ?? .seconds(20)
        switch row?.offer {
        case .subprotocols:
            configuration.carrier = .subprotocols
            configuration.dialect = .beta
        case .compression: configuration.offersCompression = true
        case .nothing, nil: break
        }
        change(&configuration)
        return RealtimeClient(
            configuration,
            behaviour: behaviour,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    /// Connects, judges what came of it, disconnects, and waits until the server has seen the end of the connection.
    private func judge(_ row: Misbehaviour) async throws {
        let gone = Signal()
        try await RawServer.run { peer in
            try? await row.serve(peer)
            _ = try? await peer.untilEnd()
            gone.raise()
        } body: { port in
            let client = Self.client("ws://127.0.0.1:\(port)", row)
            let error = await Self.error { () throws(RealtimeClientError) in try await client.connect() }
            try row.outcome.judge(error)
            if case .session = row.outcome {
                #expect(await client.state == .connected)
                #expect(await client.disconnect().code == 1000)
            }
            await gone.wait()
        }
    }

    private static func error(
        _ body: () async throws(RealtimeClientError) -> Void
    ) async -> RealtimeClientError? {
        do throws(RealtimeClientError) {
            try await body()
            return nil
        } catch {
            return error
        }
    }

    @Test("in the choice of a subprotocol", arguments: Misbehaviour.subprotocols)
    func subprotocols(row: Misbehaviour) async throws { try await judge(row) }

    @Test("in what it says of extensions", arguments: Misbehaviour.extensions)
    func extensions(row: Misbehaviour) async throws { try await judge(row) }

    @Test("in the head of its 101", arguments: Misbehaviour.switching)
    func switching(row: Misbehaviour) async throws { try await judge(row) }

    @Test("by plain HTTP", arguments: Misbehaviour.refusals)
    func refusals(row: Misbehaviour) async throws { try await judge(row) }

    @Test("in its use of TCP", arguments: Misbehaviour.transport)
    func transport(row: Misbehaviour) async throws { try await judge(row) }

    @Test("in its frames", arguments: Misbehaviour.frames)
    func frames(row: Misbehaviour) async throws { try await judge(row) }

    @Test("in its close", arguments: Misbehaviour.closes)
    func closes(row: Misbehaviour) async throws { try await judge(row) }

    @Test("by ending a connection right behind its session, with a close frame and without", arguments: [true, false])
    func endsAtOnce(says: Bool) async throws {
        try await RawServer.run { peer in
            try await peer.open(then: RawPeer.session + (says ? Misbehaviour.frame(1008, "policy") : []))
            if !says { try await peer.endOutput() }
            _ = try await peer.untilEnd()
        } body: { port in
            var behaviour = RealtimeClient.Behaviour()
            behaviour.reconnect = .never
            let client = Self.client("ws://127.0.0.1:\(port)", behaviour: behaviour)
            let updates = await client.updates()
            // Whether it is there for a moment or not at all: it is over, and the client knows how.
            let error = await Self.error { () throws(RealtimeClientError) in try await client.connect() }
            for try await _ in updates {}
            guard case .closed(let close) = await client.state else {
                Issue.record("\(await client.state)")
                return
            }
            #expect(close.code == (says ? 1008 : nil))
            #expect(error == nil || error == .closed(close))
        }
    }

    @Test("by keeping silent until the task that connects is cancelled", arguments: [true, false])
    func cancelled(opens: Bool) async throws {
        let asked = Signal()
        let gone = Signal()
        try await RawServer.run { peer in
            if opens { try await peer.open() } else { _ = try await peer.head() }
            asked.raise()
            _ = try? await peer.answerClose()
            _ = try? await peer.untilEnd()
            gone.raise()
        } body: { port in
            let client = Self.client("ws://127.0.0.1:\(port)")
            let connecting = Task {
                await Self.error { () throws(RealtimeClientError) in try await client.connect() }
            }
            await asked.wait()
            connecting.cancel()
            #expect(await connecting.value == .cancelled)
            await gone.wait()
        }
    }

    @Test("by resetting a connection as soon as it is there")
    func resetAtOnce() async throws {
        try await RawServer.run { peer in
            try await peer.reset()
        } body: { port in
            let client = Self.client("ws://127.0.0.1:\(port)")
            let error = await Self.error { () throws(RealtimeClientError) in try await client.connect() }
            // The reset may come before the connection is known to be there.
            guard case .notOpened(let failure) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(["net-reset-before-response", "net-closed-before-response"].contains(failure.causeID))
        }
    }

    @Test("by not being there, on any port", arguments: [nil, 6667] as [Int?])
    func absent(port: Int?) async throws {
        // Browsers do not even try ports such as 6667; for a program they are ports like others.
        let port = if let port { port } else { try await closedPort() }
        let client = Self.client("ws://127.0.0.1:\(port)")
        let error = await Self.error { () throws(RealtimeClientError) in try await client.connect() }
        try Misbehaviour.Outcome.noConnection("net-refused", saying: "refused the TCP connection").judge(error)
    }

    @Test("by a name that nobody has")
    func unknownName() async throws {
        // Longer than a name may be, so that no resolver has to be asked.
        let client = Self.client("ws://" + String(repeating: "a", count: 70) + ".invalid")
        let error = await Self.error { () throws(RealtimeClientError) in try await client.connect() }
        try Misbehaviour.Outcome.noConnection("net-dns", saying: "was not resolved").judge(error)
    }

    /// What is wrong about TLS.
    enum Encryption: CaseIterable, Sendable {
        case nobodysAuthority, expired, otherName, oldVersion, prefersHTTP2, right

        var outcome: Misbehaviour.Outcome {
            switch self {
            case .nobodysAuthority: .noConnection("tls-self-signed", saying: "is not trusted")
            case .expired: .noConnection("tls-expired", saying: "is not trusted")
            case .otherName: .noConnection("tls-hostname-mismatch", saying: "is for localhost")
            case .oldVersion: .noConnection("tls-old-version", saying: "(1.2 or 1.3)")
            case .prefersHTTP2, .right: .session
            }
        }
    }

    @Test("in TLS", arguments: Encryption.allCases)
    func encryption(wrong: Encryption) async throws {
        let authority = try Authority(daysAgo: wrong == .expired ? 60 : 0)
        defer { authority.remove() }
        var tls = authority.tls
        if wrong == .oldVersion {
            tls.minimumTLSVersion = .tlsv1
            tls.maximumTLSVersion = .tlsv11
        }
        if wrong == .prefersHTTP2 { tls.applicationProtocols = ["h2", "http/1.1"] }
        let gone = Signal()
        try await RawServer.run(tls: tls) { peer in
            _ = try? await peer.open(then: RawPeer.session)
            _ = try? await peer.answerClose()
            _ = try? await peer.untilEnd()
            gone.raise()
        } body: { port in
            // `127.1` is the same address, but not a name of the certificate.
            let host = wrong == .otherName ? "127.1" : "127.0.0.1"
            let client = Self.client("wss://\(host):\(port)") {
                if wrong != .nobodysAuthority { $0.trustedCertificatesFile = authority.file }
            }
            let error = await Self.error { () throws(RealtimeClientError) in try await client.connect() }
            try wrong.outcome.judge(error)
            await client.disconnect()
            await gone.wait()
        }
    }

    @Test("by ending a connection that begins with TLS")
    func endsTLS() async throws {
        try await RawServer.run { peer in
            _ = try await peer.some()
        } body: { port in
            let client = Self.client("wss://127.0.0.1:\(port)")
            let error = await Self.error { () throws(RealtimeClientError) in try await client.connect() }
            try Misbehaviour.Outcome.noConnection(nil, saying: "Check that the port serves TLS").judge(error)
        }
    }

    @Test("by answering TLS without it, or not at all", arguments: [true, false])
    func plainPort(answers: Bool) async throws {
        let gone = Signal()
        try await RawServer.run { peer in
            if answers { try await peer.write("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n") }
            _ = try await peer.untilEnd()
            gone.raise()
        } body: { port in
            let client = Self.client("wss://127.0.0.1:\(port)") {
                if !answers { $0.connectTimeout = .seconds(8) }
            }
            let error = await Self.error { () throws(RealtimeClientError) in try await client.connect() }
            let outcome: Misbehaviour.Outcome =
                answers
                ? .noConnection("tls-wss-to-plain", saying: "use ws://")
                : .noConnection(nil, saying: "try ws://")
            try outcome.judge(error)
            await gone.wait()
        }
    }
}

extension Misbehaviour.Outcome {
    /// Compares with what `connect()` threw.
    fileprivate func judge(_ error: RealtimeClientError?) throws {
        switch (self, error) {
        case (.session, nil): break
        case (.noConnection(let cause, let words), .notOpened(let failure)):
            #expect(failure.causeID == cause, "\(failure)")
            #expect(failure.description.contains(words), "\(failure)")
            #expect(failure.status == nil || failure.body != nil)
        case (.ended(let code, let cause, let isOurs, let reason), .closed(let close)):
            #expect(close.code == code, "\(close)")
            #expect(close.isOurs == isOurs, "\(close)")
            #expect(close.reason == reason)
            #expect(close.causeID == cause)
        case (.serverError(let code, let cause), .server(let failure)):
            #expect(failure.code == code)
            #expect(error?.causeID == cause)
        case (.notUnderstood(let cause, let words), .notUnderstood(let failure)):
            #expect(error?.causeID == cause)
            #expect(failure.message.contains(words), "\(failure)")
        case (.noSession, .timedOut): #expect(error?.causeID == "code-silence")
        default: Issue.record("\(String(describing: error)) in place of \(self)")
        }
        let text = error.map(\.description) ?? ""
        #expect(!text.contains("sk-never-shown"))
        #expect(!text.contains("BoringSSL"), "the words of a library: \(text)")
        if let cause = error?.causeID { #expect(Catalogue.cause(cause) != nil, "the doctor knows no cause '\(cause)'") }
    }
}
