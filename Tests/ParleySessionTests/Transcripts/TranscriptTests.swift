// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyEvents
import ParleyTestSupport
import Testing

@Suite("Transcripts")
struct TranscriptTests {
    static func names() throws -> [String] { try Fixtures.names(in: "transcripts") }

    @Test(
        "happen as they are written, in both dialects, and again from their recording",
        arguments: Dialect.allCases,
        try names()
    )
    func transcript(dialect: Dialect, name: String) throws {
        var runner = try TranscriptRunner(name, dialect)
        try runner.run()
        #expect(try SessionReplayTests.replayed(runner.harness.recording()) == nil)
    }

    @Test("are there")
    func transcriptsAreThere() throws {
        #expect(try Self.names().count >= 20)
    }
}
