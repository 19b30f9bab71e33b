// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyEvents
import ParleyTestSupport
import Testing

@Suite("A session behaves as the sample sequences show")
struct SequenceTests {
    /// Those that are no matter of a session: refusals at the handshake, and MCP, which this server does not speak.
    static let others: Set = ["20_bad_key.jsonl", "21_beta_refused.jsonl", "22_mcp.jsonl"]

    static func names(_ dialect: Dialect) throws -> [String] {
        try Fixtures.names(in: "sequences/\(dialect.rawValue)").filter { !others.contains($0) }
    }

    static func sequences() throws -> [(dialect: Dialect, name: String)] {
        try Dialect.allCases.flatMap { dialect in try names(dialect).map { (dialect, $0) } }
    }

    @Test("event by event, in both dialects, and again from its recording", arguments: try sequences())
    func sequence(dialect: Dialect, name: String) throws {
        var replay = try SequenceReplay(dialect, name)
        try replay.run()
        #expect(try SessionReplayTests.replayed(replay.harness.recording()) == nil)
    }

    @Test("and all that are a matter of sessions are there")
    func sequencesAreThere() throws {
        #expect(try Self.names(.beta).count == 18)
        #expect(try Self.names(.ga).count == 19)
    }
}
