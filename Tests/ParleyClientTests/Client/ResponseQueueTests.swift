// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyEvents
import Testing

@testable import ParleyClient

@Suite("Responses one after the other")
struct ResponseQueueTests {
    private var queue = ResponseQueue()

    private func wanted(_ id: String, outOfBand: Bool = false) -> ResponseQueue.Wanted {
        var overrides = ResponseOverrides()
        overrides.isOutOfBand = outOfBand
        return ResponseQueue.Wanted(eventID: id, overrides: overrides)
    }

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

    @Test("the second waits for the end of the first")
    mutating func waits() throws {
        #expect(try queue.want(wanted("1"))?.eventID == "1")
        #expect(try queue.want(wanted("2")) == nil)
        #expect(queue.received(.responseCreated(response("r1"))) == nil)
        #expect(queue.received(.responseDone(response("other"))) == nil)
        #expect(queue.received(.responseDone(response("r1")))?.eventID == "2")
    }

    @Test("one that the server began itself is waited for as well")
    mutating func serverBegan() throws {
        _ = queue.received(.responseCreated(response("r1")))
        #expect(try queue.want(wanted("1")) == nil)
        #expect(queue.received(.responseDone(response("r1")))?.eventID == "1")
    }

    @Test("a refusal because one is running only means to wait")
    mutating func refused() throws {
        _ = try queue.want(wanted("1"))
        let error = RealtimeError(code: "conversation_already_has_active_response", message: "", eventID: "1")
        #expect(queue.received(.error(error)) == nil)
        _ = queue.received(.responseCreated(response("r1")))
        #expect(queue.received(.responseDone(response("r1")))?.eventID == "1")
    }

    @Test("another refusal lets the next one go")
    mutating func failed() throws {
        _ = try queue.want(wanted("1"))
        _ = try queue.want(wanted("2"))
        #expect(queue.received(.error(RealtimeError(code: "x", message: "", eventID: "y"))) == nil)
        #expect(queue.received(.error(RealtimeError(code: "x", message: "", eventID: "1")))?.eventID == "2")
    }

    @Test("one out of band goes at once")
    mutating func outOfBand() throws {
        _ = try queue.want(wanted("1"))
        #expect(try queue.want(wanted("2", outOfBand: true))?.eventID == "2")
    }

    @Test("no more wait than are allowed")
    mutating func bounded() throws {
        for index in 0...ResponseQueue.limit { _ = try queue.want(wanted("\(index)")) }
        #expect(throws: RealtimeClientError.tooManyResponses(limit: ResponseQueue.limit)) {
            try queue.want(wanted("more"))
        }
    }

    @Test("after a reconnection what was asked for is asked for again")
    mutating func reconnected() throws {
        _ = try queue.want(wanted("1"))
        _ = try queue.want(wanted("2"))
        #expect(queue.reconnected()?.eventID == "1")
    }
}
