// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyEvents
import ParleyTestSupport
import Testing

@Suite("The server behaves on a socket as the sample sequences show")
struct SequenceTests {
    /// Why a sequence cannot be replayed.
    static let others = [
        "21_beta_refused.jsonl": "the hosted service's refusal of all beta clients; this server takes them, as the "
            + "other sequences show",
        "22_mcp.jsonl": "this server asks no MCP server for tools, and refuses them with a clear error",
    ]

    static func names(_ dialect: Dialect) throws -> [String] {
        try Fixtures.names(in: "sequences/\(dialect.rawValue)").filter { others[$0] == nil }
    }

    @Test("event by event, GA", .timeLimit(.minutes(5)), arguments: try names(.ga))
    func ga(name: String) async throws { try await SocketReplay.run(.ga, name) }

    @Test("event by event, beta", .timeLimit(.minutes(5)), arguments: try names(.beta))
    func beta(name: String) async throws { try await SocketReplay.run(.beta, name) }

    @Test("and all that a server can show are there")
    func sequencesAreThere() throws {
        #expect(try Self.names(.ga).count == 20)
        #expect(try Self.names(.beta).count == 19)
    }
}
