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

    private func response(_ id: String, in conversation: String? = "conv_1") -> Response {
        Response(
            id: id,
            conversationID: conversation,
            outputModality: .text,
            voice: "alloy",
            format: .pcm,
            maxOutputTokens: .infinite,
            metadata: nil
        )
    }

    private func isNothing(_ step: (send: ResponseQueue.Wanted?, settled: ResponseQueue.Settled?)) -> Bool {
        step.send == nil && step.settled == nil
    }

    @Test("the second waits for the end of the first")
    mutating func waits() throws {
        #expect(try queue.want(wanted("1"))?.eventID == "1")
        #expect(try queue.want(wanted("2")) == nil)
        #expect(queue.received(.responseCreated(response("r1"))).send == nil)
        #expect(queue.received(.responseDone(response("other"))).send == nil)
        #expect(queue.received(.responseDone(response("r1"))).send?.eventID == "2")
    }

    @Test("one that the server began itself is waited for as well")
    mutating func serverBegan() throws {
        _ = queue.received(.responseCreated(response("r1")))
        #expect(try queue.want(wanted("1")) == nil)
        #expect(queue.received(.responseDone(response("r1"))).send?.eventID == "1")
    }

    @Test("a refusal because one is running only means to wait")
    mutating func refused() throws {
        _ = try queue.want(wanted("1"))
        let error = RealtimeError(code: "conversation_already_has_active_response", message: "", eventID: "1")
        #expect(isNothing(queue.received(.error(error))))
        _ = queue.received(.responseCreated(response("r1")))
        #expect(queue.received(.responseDone(response("r1"))).send?.eventID == "1")
    }

    @Test("another refusal lets the next one go")
    mutating func failed() throws {
        _ = try queue.want(wanted("1"))
        _ = try queue.want(wanted("2"))
        #expect(isNothing(queue.received(.error(RealtimeError(code: "x", message: "", eventID: "y")))))
        let error = RealtimeError(code: "x", message: "", eventID: "1")
        let (send, settled) = queue.received(.error(error))
        #expect(send?.eventID == "2")
        #expect(settled == ResponseQueue.Settled(request: "1", outcome: .failure(error)))
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
        #expect(queue.lost() == [])
        #expect(queue.reconnected()?.eventID == "1")
    }

    @Test("a response that was lost with its connection is told, not asked for again")
    mutating func lost() throws {
        _ = try queue.want(wanted("1"))
        _ = queue.received(.responseCreated(response("r1")))
        _ = try queue.want(wanted("2"))
        _ = try queue.want(wanted("beside", outOfBand: true))
        #expect(queue.lost() == ["1", "beside"])
        #expect(queue.reconnected()?.eventID == "2")
    }

    @Test("each response is that of the request before it")
    mutating func settles() throws {
        _ = try queue.want(wanted("1"))
        #expect(isNothing(queue.received(.responseCreated(response("r1")))))
        #expect(queue.running == "r1")
        let done = queue.received(.responseDone(response("r1")))
        #expect(done.settled == ResponseQueue.Settled(request: "1", outcome: .success(response("r1"))))
    }

    @Test("of a server that names no conversation too")
    mutating func settlesWithoutConversation() throws {
        _ = try queue.want(wanted("1"))
        _ = queue.received(.responseCreated(response("r1", in: nil)))
        #expect(queue.received(.responseDone(response("r1", in: nil))).settled?.request == "1")
    }

    @Test("one out of band is told from the conversation's own")
    mutating func settlesOutOfBand() throws {
        _ = try queue.want(wanted("1"))
        _ = try queue.want(wanted("2", outOfBand: true))
        _ = queue.received(.responseCreated(response("r1")))
        _ = queue.received(.responseCreated(response("r2", in: nil)))
        #expect(queue.received(.responseDone(response("r2", in: nil))).settled?.request == "2")
        #expect(queue.received(.responseDone(response("r1"))).settled?.request == "1")
    }

    @Test("one that the server began just before is not taken for the answer")
    mutating func serverWasFaster() throws {
        _ = try queue.want(wanted("1"))
        _ = queue.received(.responseCreated(response("theirs")))
        let error = RealtimeError(code: "conversation_already_has_active_response", message: "", eventID: "1")
        #expect(isNothing(queue.received(.error(error))))
        let (send, settled) = queue.received(.responseDone(response("theirs")))
        #expect(send?.eventID == "1")
        #expect(settled == nil)
    }
}
