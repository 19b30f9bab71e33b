// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyEvents
import Testing

@Suite("Through a relay the server behaves on a socket as the sample sequences show")
struct RelaySequenceTests {
    @Test("GA to GA", .timeLimit(.minutes(5)), arguments: try SequenceTests.names(.ga))
    func gaToGA(name: String) async throws { try await SocketReplay.run(.ga, name, through: .ga) }

    @Test("beta to beta", .timeLimit(.minutes(5)), arguments: try SequenceTests.names(.beta))
    func betaToBeta(name: String) async throws { try await SocketReplay.run(.beta, name, through: .beta) }

    @Test("a beta client of a GA server", .timeLimit(.minutes(5)), arguments: try SequenceTests.names(.beta))
    func betaToGA(name: String) async throws { try await SocketReplay.run(.beta, name, through: .ga) }

    /// Beta has no idle timeout.
    static func gaOfBeta() throws -> [String] {
        try SequenceTests.names(.ga).filter { $0 != "15_idle_timeout.jsonl" }
    }

    @Test("a GA client of a beta server", .timeLimit(.minutes(5)), arguments: try gaOfBeta())
    func gaToBeta(name: String) async throws { try await SocketReplay.run(.ga, name, through: .beta) }
}
