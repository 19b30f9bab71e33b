// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyEvents
import Testing

@testable import ParleyClient

@Suite("Calls of the model")
struct ToolCallsTests {
    private var calls = ToolCalls(names: ["add", "mul"])

    private static func done(_ name: String, _ callID: String) -> ServerEvent {
        .outputItemDone(
            responseID: "r",
            outputIndex: 0,
            Item(id: "i", kind: .functionCall(name: name, callID: callID, arguments: "{}"))
        )
    }

    private static func end(_ status: Response.Status) -> ServerEvent {
        var response = Response(
            id: "r",
            conversationID: "conv_1",
            outputModality: .text,
            voice: "alloy",
            format: .pcm,
            maxOutputTokens: .infinite,
            metadata: nil
        )
        response.status = status
        return .responseDone(response)
    }

    private func call(_ name: String, _ id: String) -> ToolCalls.Call {
        ToolCalls.Call(responseID: "r", callID: id, name: name, arguments: "{}")
    }

    @Test("all of a response run, and the model goes on once when the last result is there")
    mutating func severalCalls() {
        #expect(calls.received(Self.done("add", "1")).begin == [call("add", "1")])
        #expect(calls.received(Self.done("mul", "2")).begin == [call("mul", "2")])
        #expect(calls.finished(call("add", "1")) == false)
        #expect(calls.received(Self.end(.completed)).goesOn == false)
        let goesOn = calls.finished(call("mul", "2"))
        #expect(goesOn)
        #expect(calls.finished(call("mul", "2")) == false)
    }

    @Test("results that are there before the response ends wait for its end")
    mutating func fastResult() {
        _ = calls.received(Self.done("add", "1"))
        #expect(calls.finished(call("add", "1")) == false)
        #expect(calls.received(Self.end(.completed)).goesOn)
    }

    @Test("functions of others are left to them")
    mutating func unknown() {
        #expect(calls.received(Self.done("other", "1")).begin == [])
        #expect(calls.received(Self.end(.completed)).goesOn == false)
    }

    @Test("are not expected any more when their session is gone")
    mutating func reset() {
        _ = calls.received(Self.done("add", "1"))
        #expect(calls.expects(call("add", "1")))
        calls.reset()
        #expect(!calls.expects(call("add", "1")))
    }

    @Test("after an interruption the model does not go on")
    mutating func cancelled() {
        _ = calls.received(Self.done("add", "1"))
        _ = calls.received(Self.end(.cancelled(reason: "turn_detected")))
        #expect(calls.finished(call("add", "1")) == false)
    }
}
