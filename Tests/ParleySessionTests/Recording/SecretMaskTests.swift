// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import ParleyEvents
import Testing

@testable import ParleySession

@Suite("Secrets in a recording")
struct SecretMaskTests {
    private static let secret = "4Qm7Zp2XvK9w"
    private static let tools: JSON = [
        [
            "type": "mcp", "server_label": "files",
            "server_url": "https://me:4Qm7Zp2XvK9w@mcp.example/sse?key=4Qm7Zp2XvK9w",
            "authorization": "4Qm7Zp2XvK9w", "headers": ["X-Key": "4Qm7Zp2XvK9w", "Accept": "4Qm7Zp2XvK9w"],
        ],
        ["type": "function", "name": "f", "parameters": ["properties": ["headers": ["type": "object"]]]],
    ]

    @Test("are masked in tools and metadata, wherever they come and go, and the session happens again all the same")
    func everywhere() throws {
        var session = Session.test()
        session.tools = [.mcp(try #require(Self.tools.arrayValue?.first?.objectValue))]
        var harness = SessionHarness(session: session)
        harness.open()
        harness.client(["type": "session.update", "session": ["type": "realtime", "tools": Self.tools]])
        harness.client([
            "type": "response.create",
            "response": ["metadata": ["api_key": .string(Self.secret), "page": "home"]],
        ])
        harness.respond(.finished(.completed, usage: nil))
        #expect(
            harness.takeEvents().map { $0["type"] } == [
                // The server speaks to no MCP server: the update is refused, and recorded all the same.
                "session.created", "error", "response.created", "response.done",
            ]
        )
        let lines = harness.recording()
        for line in lines { #expect(!String(buffer: line).contains(Self.secret), "\(String(buffer: line))") }
        #expect(try SessionReplayTests.replayed(lines) == nil)
    }

    @Test("are all that is masked")
    func rest() {
        let masked = SecretMask.masked(["tools": Self.tools, "metadata": ["page": "home", "token": "x"]])
        #expect(
            masked == [
                "tools": [
                    [
                        "type": "mcp", "server_label": "files", "server_url": "https://***@mcp.example/sse?***",
                        "authorization": "***", "headers": ["X-Key": "***", "Accept": "***"],
                    ],
                    ["type": "function", "name": "f", "parameters": ["properties": ["headers": ["type": "object"]]]],
                ],
                "metadata": ["page": "home", "token": "***"],
            ]
        )
        #expect(SecretMask.masked(masked) == masked)
    }
}
