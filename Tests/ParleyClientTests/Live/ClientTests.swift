// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Logging
import NIOCore
import ParleyEngines
import ParleyEvents
import ParleyServer
import Testing

@testable import ParleyClient

@Suite("A client with a server")
struct ClientTests {
    private static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private func client(
        _ port: Int,
        _ dialect: Dialect = .ga,
        tools: [ClientTool] = [],
        settings: SessionSettings = SessionSettings()
    ) -> RealtimeClient {
        var configuration = ClientConfiguration(url: "ws://127.0.0.1:\(port)", dialect: dialect)
        configuration.carrier = dialect == .beta ? .subprotocols : .headers
        return RealtimeClient(configuration, settings: settings, tools: tools, logger: Self.quiet)
    }

    private static func text() -> SessionSettings {
        var settings = SessionSettings()
        settings.outputModality = .text
        return settings
    }

    @Test("writes, and reads the answer", arguments: Dialect.allCases)
    func typedTurn(dialect: Dialect) async throws {
        try await TestServer.serving { port in
            let client = client(port, dialect, settings: Self.text())
            try await client.connect()
            async let response = client.nextResponse(within: .seconds(60))
            try await client.sendMessage("Hello")
            #expect(try await response.status == .completed)
            let entries = await client.conversation.entries
            #expect(entries.map(\.role) == [.user, .assistant])
            #expect(entries.first?.text == "Hello")
            #expect(entries.last?.text.isEmpty == false)
            #expect(await client.disconnect().code == 1000)
        }
    }

    @Test("a second question waits for the first answer", arguments: Dialect.allCases)
    func questionsInARow(dialect: Dialect) async throws {
        try await TestServer.serving { port in
            let client = client(port, dialect, settings: Self.text())
            try await client.connect()
            var updates = await client.updates().makeAsyncIterator()
            for _ in 0..<3 { try await client.sendMessage("Hello") }
            var ended = 0
            while ended < 3, let update = try await updates.next() {
                guard case .event(let received) = update else { continue }
                if case .responseDone(let response) = received.event {
                    #expect(response.status == .completed)
                    ended += 1
                }
                if case .error(let error) = received.event { Issue.record("\(error)") }
            }
            #expect(ended == 3)
            await client.disconnect()
        }
    }

    @Test("an address where nothing listens is told with the doctor's cause, and at once")
    func refused() async throws {
        let port = try await TestServer.serving { $0 }
        let client = client(port)
        let error = await #expect(throws: RealtimeClientError.self) { try await client.connect() }
        guard case .notOpened(let failure) = error else { return }
        #expect(failure.causeID == "net-refused")
        #expect(failure.isTemporary)
        await #expect(throws: RealtimeClientError.self) { try await client.sendMessage("Hello") }
    }

    @Test("a wrong key is told in the server's words")
    func wrongKey() async throws {
        var server = ServerConfiguration()
        server.apiKeys = ["right"]
        try await TestServer.serving(server) { port in
            var configuration = ClientConfiguration(url: "ws://127.0.0.1:\(port)", credential: .key("wrong"))
            let byHeader = RealtimeClient(configuration, logger: Self.quiet)
            var error = await #expect(throws: RealtimeClientError.self) { try await byHeader.connect() }
            guard case .notOpened(let failure) = error else { return }
            #expect(failure.status == 401)
            #expect(failure.causeID == "srv-auth-required")
            configuration.carrier = .subprotocols
            let asBrowser = RealtimeClient(configuration, logger: Self.quiet)
            error = await #expect(throws: RealtimeClientError.self) { try await asBrowser.connect() }
            guard case .server(let refusal) = error else { return }
            #expect(refusal.code == "invalid_api_key")
        }
    }

    @Test("a cancelled task closes its connection, and what it waited for ends")
    func cancellation() async throws {
        try await TestServer.serving { port in
            let client = client(port)
            try await client.connect()
            let waiting = Task { try await client.nextResponse() }
            waiting.cancel()
            await #expect(throws: RealtimeClientError.cancelled) { try await waiting.value }
            #expect(await client.state == .connected)
            await client.disconnect()
            await #expect(throws: RealtimeClientError.self) { try await client.nextItem() }
        }
    }
}
