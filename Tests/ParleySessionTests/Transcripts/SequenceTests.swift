// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyEvents
import ParleyTestSupport
import Testing

@Suite("A session behaves as the sample sequences show")
struct SequenceTests {
    /// Those that are no matter of a session: refusals at the handshake, and what this server does not have yet.
    static let others: Set = [
        "15_idle_timeout.jsonl", "20_bad_key.jsonl", "21_beta_refused.jsonl", "22_mcp.jsonl",
    ]

    static func names() throws -> [String] { try Fixtures.names(in: "sequences/ga").filter { !others.contains($0) } }

    @Test("event by event, in both dialects", arguments: Dialect.allCases, try names())
    func sequence(dialect: Dialect, name: String) throws {
        var replay = try SequenceReplay(dialect, name)
        try replay.run()
    }

    @Test("and all that are a matter of sessions are there")
    func sequencesAreThere() throws {
        #expect(try Self.names().count == 18)
    }
}
