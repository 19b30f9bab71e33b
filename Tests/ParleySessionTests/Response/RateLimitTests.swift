// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import ParleyEvents
import ParleySession
import Testing

@Suite("Rate limits")
struct RateLimitTests {
    private static func limits(requests: Int? = nil, tokens: Int? = nil) -> SessionLimits {
        var limits = SessionLimits()
        limits.requestsPerMinute = requests
        limits.tokensPerMinute = tokens
        return limits
    }

    private static func types(_ events: [JSONObject]) -> [JSON?] { events.map { $0["type"] } }

    @Test("nothing is told where nothing is limited")
    func none() {
        var harness = SessionHarness.opened()
        harness.client(["type": "response.create"])
        #expect(Self.types(harness.takeEvents()) == ["response.created"])
    }

    @Test("are told right after response.created", arguments: Dialect.allCases)
    func told(dialect: Dialect) {
        var harness = SessionHarness.opened(dialect, limits: Self.limits(requests: 4, tokens: 600))
        harness.client(["type": "response.create"])
        let events = harness.takeEvents()
        #expect(Self.types(events) == ["response.created", "rate_limits.updated"])
        #expect(
            events.last?["rate_limits"] == [
                ["name": "requests", "limit": 4, "remaining": 3, "reset_seconds": 15],
                ["name": "tokens", "limit": 600, "remaining": 600, "reset_seconds": 0],
            ]
        )
        harness.respond(.finished(.completed, usage: TokenUsage(input: 500, output: 50)))
        _ = harness.takeEvents()
        harness.advance(by: .seconds(1))
        harness.client(["type": "response.create"])
        #expect(
            harness.takeEvents().last?["rate_limits"]?.arrayValue?.last
                == ["name": "tokens", "limit": 600, "remaining": 60, "reset_seconds": 54]
        )
    }

    @Test("make responses fail while they are reached, and no longer", arguments: Dialect.allCases)
    func reached(dialect: Dialect) {
        var harness = SessionHarness.opened(dialect, limits: Self.limits(requests: 1))
        func respond() -> JSON? {
            harness.client(["type": "response.create"])
            harness.respond(.finished(.completed, usage: nil))
            return harness.takeEvents().last { $0["type"] == "response.done" }?["response"]
        }
        #expect(respond()?["status"] == "completed")
        _ = harness.takeCommands()
        let refused = respond()
        #expect(refused?["status"] == "failed")
        #expect(
            refused?["status_details"]?["error"] == [
                "type": "invalid_request_error", "code": "rate_limit_exceeded",
                "message": "Rate limit reached: 1 requests per minute. Try again in 60s.",
            ]
        )
        #expect(harness.takeCommands().isEmpty)
        harness.advance(by: .seconds(60))
        #expect(respond()?["status"] == "completed")
    }

    @Test("of tokens are reached once they are used up")
    func tokens() {
        var harness = SessionHarness.opened(limits: Self.limits(tokens: 60))
        harness.client(["type": "response.create"])
        harness.respond(.finished(.completed, usage: TokenUsage(input: 100, output: 20)))
        _ = harness.takeEvents()
        harness.client(["type": "response.create"])
        #expect(harness.takeEvents().last?["response"]?["status"] == "failed")
        harness.advance(by: .seconds(61))
        harness.client(["type": "response.create"])
        #expect(Self.types(harness.takeEvents()) == ["response.created", "rate_limits.updated"])
    }
}
