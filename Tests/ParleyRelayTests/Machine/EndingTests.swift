// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyEvents
import ParleyWebSocket
import Testing

@testable import ParleyRelay

@Suite("A relay carries ends and refusals")
struct EndingTests {
    @Test(
        "the upstream's code and reason reach the client unchanged",
        arguments: [
            (1000, ""), (1001, "Your session hit the maximum duration of 60 minutes."), (4000, "x"), (3000, ""),
        ]
            as [(UInt16, String)]
    )
    func upstreamCloses(code: UInt16, reason: String) {
        var harness = RelayHarness.live()
        harness.close(.upstream(1), code, reason)
        #expect(harness.done == ["close client \(code)\(reason.isEmpty ? "" : " \(reason)")"])
        #expect(harness.machine.phase == .ended)
        #expect(harness.timers == [:])
    }

    @Test("the client's code and reason reach the upstream unchanged")
    func clientCloses() {
        var harness = RelayHarness.live()
        harness.close(.client, 4321, "bye")
        #expect(harness.done == ["close upstream 1 4321 bye"])
        #expect(harness.timers == [:])
    }

    @Test("an empty close frame stays one; a lost connection becomes 1014 for the client and 1001 for the upstream")
    func codesThatCannotBeSent() {
        var harness = RelayHarness.live()
        harness.close(.upstream(1), nil)
        #expect(harness.done == ["close client 1005"])
        harness = .live()
        harness.close(.client, nil)
        #expect(harness.done == ["close upstream 1 1005"])
        harness = .live()
        harness.lose(.upstream(1))
        #expect(harness.done == ["close client 1014 The upstream's connection was lost."])
        harness = .live()
        harness.lose(.client)
        #expect(harness.done == ["close upstream 1 1001 The client's connection was lost."])
    }

    @Test("a client that leaves while the upstream is opened ends the attempt")
    func leavesEarly() {
        var harness = RelayHarness()
        harness.perform(.opened)
        harness.close(.client, 1000)
        #expect(harness.done == ["connect 1", "close upstream 1 1000"])
    }

    @Test("an upstream that cannot be opened is told in an error event, with the cause, and a close code")
    func refused() {
        var harness = RelayHarness(client: .beta)
        harness.perform(.opened)
        harness.clientText("waits")
        harness.forget()
        harness.perform(
            .upstreamRefused(1, UpstreamRefusal("upstream_refused", "It said 401.", cause: "srv-auth-required"))
        )
        #expect(
            harness.done == [
                "close upstream 1 1000", "client error", "close client 1014 server_error.upstream_refused",
            ]
        )
        let error = harness.sent[.client]?.first?["error"]
        #expect(error?["code"] == "upstream_refused")
        #expect(error?["message"] == "It said 401. (cause: srv-auth-required)")
        #expect(error?["type"] == "server_error")
    }

    @Test("an upstream that wants no beta clients is a mistake in the settings", arguments: [Dialect.ga, .beta])
    func betaRefused(client: Dialect) {
        var harness = RelayHarness(client: client, upstream: .beta)
        harness.open()
        harness.forget()
        harness.upstream(1, ["type": "error", "error": ["code": "beta_api_shape_disabled", "message": "Gone."]])
        harness.close(.upstream(1), 4000, "invalid_request_error.beta_api_shape_disabled")
        #expect(harness.done.suffix(2) == ["client error", "close client 1011 server_error.upstream_refused_beta"])
        let message = harness.sent[.client]?.first?["error"]?["message"]?.stringValue ?? ""
        #expect(message.contains("--upstream-dialect ga"))
        #expect(message.contains("ver-realtime-beta-rejected"))
    }

    @Test("any other refusal in-band is handed on with its close, without the relay's key")
    func refusedInBand() {
        var harness = RelayHarness(client: .beta, upstream: .ga) { $0.key = "sk-upstream-secret" }
        harness.open()
        harness.forget()
        let message = "Incorrect API key provided: sk-upstream-secret."
        harness.upstream(1, ["type": "error", "error": ["code": "invalid_api_key", "message": .string(message)]])
        harness.close(.upstream(1), 3000, "invalid_request_error.invalid_api_key")
        #expect(harness.done == ["client error", "close client 3000 invalid_request_error.invalid_api_key"])
        #expect(harness.sent[.client]?.first?["error"]?["message"] == "Incorrect API key provided: ***.")
    }

    @Test("an upstream that opens and says nothing is given up")
    func silent() {
        var harness = RelayHarness { $0.firstEventSeconds = 7 }
        harness.open()
        #expect(harness.timers[.firstEvent] == 7)
        harness.forget()
        harness.fire(.firstEvent)
        #expect(harness.sent[.client]?.first?["error"]?["code"] == "upstream_timeout")
        #expect(harness.done.last == "close client 1014 server_error.upstream_timeout")
    }

    @Test("one that closes before its first event is told with what it said")
    func closedEarly() {
        var harness = RelayHarness()
        harness.open()
        harness.close(.upstream(1), 1008, "no seats")
        let message = harness.sent[.client]?.first?["error"]?["message"]?.stringValue ?? ""
        #expect(message.contains("1008") && message.contains("no seats"))
    }

    @Test("what is refused before the upstream is asked asks nobody")
    func refusedHere() {
        var harness = RelayHarness(refusal: UpstreamRefusal("model_not_allowed", "No.", closeCode: .policyViolation))
        harness.perform(.opened)
        #expect(harness.done == ["client error", "close client 1008 server_error.model_not_allowed"])
    }

    @Test("a session that ends here after its first event is closed once")
    func nothingFollows() {
        var harness = RelayHarness.live()
        harness.close(.upstream(1), 1000)
        harness.forget()
        harness.client(["type": "response.create"])
        harness.upstream(1, ["type": "response.created"])
        harness.close(.client, 1000)
        harness.perform(.drained)
        #expect(harness.done == [])
    }

    @Test("a server that stops lets a response finish and closes with 1001")
    func drained() {
        var harness = RelayHarness.live()
        harness.upstream(1, ["type": "response.created"])
        harness.perform(.drained)
        #expect(harness.timers[.drain] == 5)
        harness.forget()
        harness.upstream(1, ["type": "response.done"])
        #expect(harness.done.first == "client response.done")
        #expect(harness.done.last?.hasPrefix("close client 1001") == true)
        harness = .live()
        harness.perform(.drained)
        #expect(harness.done.last?.hasPrefix("close client 1001") == true)
    }
}

@Suite("A relay falls back to another engine")
struct FallbackTests {
    @Test("with what the client has sent, if the upstream cannot be opened")
    func unreachable() {
        var harness = RelayHarness { $0.fallback = .local }
        harness.perform(.opened)
        harness.clientText("first")
        harness.perform(.upstreamRefused(1, UpstreamRefusal("upstream_unreachable", "Gone.")))
        #expect(harness.done == ["connect 1", "close upstream 1 1000", "fall back"])
        #expect(harness.handedOver == ["first"])
        #expect(harness.timers == [:])
    }

    @Test("or if it refuses in-band, or is silent")
    func inBand() {
        var harness = RelayHarness { $0.fallback = .local }
        harness.open()
        harness.clientText("first")
        harness.upstream(1, ["type": "error", "error": ["code": "invalid_api_key", "message": "No."]])
        #expect(harness.handedOver == ["first"])
        #expect(harness.sent[.client] == nil)
        harness = RelayHarness { $0.fallback = .local }
        harness.open()
        harness.fire(.firstEvent)
        #expect(harness.handedOver == [])
    }

    @Test("but not once the session has begun")
    func notLater() {
        var harness = RelayHarness.live { $0.fallback = .local }
        harness.close(.upstream(1), 1011, "oops")
        #expect(harness.done == ["close client 1011 oops"])
        #expect(harness.handedOver == nil)
    }
}
