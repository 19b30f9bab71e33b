// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyEvents
import Testing

@testable import ParleyClient

@Suite("Responses that are waited for")
struct PendingResponsesTests {
    private var pending = PendingResponses()

    private func response(_ id: String) -> Response {
        Response(
            id: id,
            conversationID: "conv_1",
            outputModality: .text,
            voice: "alloy",
            format: .pcm,
            maxOutputTokens: .infinite,
            metadata: nil
        )
    }

    @Test("an end that came before anybody asked is there for who asks")
    mutating func late() throws {
        let handle = pending.expect(request: "1")
        #expect(pending.outcome(of: handle) == nil)
        #expect(pending.settle("1", .success(response("r")))?.handle == handle)
        #expect(pending.outcome(of: handle) == .success(response("r")))
        #expect(pending.outcome(of: handle) == .success(response("r")))
    }

    @Test("the next response is whichever ends next")
    mutating func next() throws {
        let (first, _) = pending.expectAny()
        let (second, _) = pending.expectAny()
        #expect(pending.ended(response("r")).map(\.handle) == [first, second])
        #expect(pending.ended(response("later")).isEmpty)
        #expect(pending.outcome(of: second) == .success(response("r")))
    }

    @Test("what follows a call of functions is known from the end of the call on")
    mutating func followUp() throws {
        #expect(pending.followUp(of: "r1") == nil)
        pending.expectFollowUp(of: "r1")
        let handle = try #require(pending.followUp(of: "r1"))
        pending.asked("2", following: "r1")
        _ = pending.settle("2", .success(response("r2")))
        #expect(pending.outcome(of: handle) == .success(response("r2")))
    }

    @Test("with the connection goes what nobody will ask for again, and the rest stays")
    mutating func lost() throws {
        let (next, _) = pending.expectAny()
        pending.expectFollowUp(of: "r1")
        let unasked = try #require(pending.followUp(of: "r1"))
        let asked = pending.expect(request: "1")
        #expect(Set(pending.lost(.reconnecting).map(\.handle)) == [next, unasked])
        #expect(pending.outcome(of: asked) == nil)
        #expect(pending.failAll(.notConnected).map(\.handle) == [asked])
        #expect(pending.outcome(of: next) == .failure(.reconnecting))
        #expect(pending.outcome(of: asked) == .failure(.notConnected))
    }

    @Test("only the last ends are kept, and only so many may wait")
    mutating func bounded() throws {
        let first = pending.expect(request: "first")
        _ = pending.settle("first", .success(response("r")))
        for index in 0..<PendingResponses.limit {
            _ = pending.expect(request: "\(index)")
            _ = pending.settle("\(index)", .success(response("r")))
        }
        #expect(pending.outcome(of: first) == .failure(.fellBehind(limit: PendingResponses.limit)))
        for _ in 0..<PendingResponses.limit { #expect(pending.expectAny().givenUp == nil) }
        #expect(pending.expectAny().givenUp != nil)
    }
}
