// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyEvents
import Testing

/// What a beta client sees of a conversation that has items it cannot know (translation table, section 5).
@Suite("Hidden items")
struct HiddenItemTests {
    private var translator = DialectTranslator(client: .beta, server: .ga)

    @Test("a beta client gets no event about the items of a remote tool server")
    mutating func hidesSampleSequence() throws {
        let steps = try Fixtures.sequence(.ga, "22_mcp.jsonl")
        let types = steps.filter { !$0.isFromClient }.flatMap { translator.serverEvent($0.event) }.map { $0["type"] }
        #expect(
            types == [
                "session.created", "session.updated", "conversation.item.created", "response.created", "response.done",
                "response.created", "response.done",
            ]
        )
    }

    @Test("hidden items are missing from the output of a response, and the others keep their index")
    mutating func hidesOutput() throws {
        let call = #"{"id":"item_1","type":"mcp_call"}"#
        let message = #"{"id":"item_2","type":"message","object":"realtime.item"}"#
        _ = try show(#"{"type":"response.output_item.added","output_index":0,"item":\#(call)}"#)
        let added = try show(#"{"type":"response.output_item.added","output_index":1,"item":\#(message)}"#)
        #expect(added.first?["output_index"] == 1)
        let done = try show(#"{"type":"response.done","response":{"output":[\#(call),\#(message)]}}"#)
        #expect(done.first?["response"]?["output"] == [.object(try object(message))])
    }

    @Test("a predecessor that is hidden is replaced by the nearest one that is not")
    mutating func repairsPredecessors() throws {
        _ = try add("a", after: "null")
        try hide("x", after: #""a""#)
        try hide("y", after: #""x""#)
        #expect(try add("b", after: #""y""#) == "a")
        #expect(try add("c", after: #""b""#) == "b")
        let committed = try show(#"{"type":"input_audio_buffer.committed","previous_item_id":"y","item_id":"d"}"#)
        // b stands behind y by now, but what y stands behind has not changed.
        #expect(committed.first?["previous_item_id"] == "a")
    }

    @Test("in front of which nothing visible stands, there is null")
    mutating func repairsToNull() throws {
        try hide("x", after: "null")
        #expect(try add("a", after: #""x""#) == .null)
        #expect(try add("b", after: "null") == .null)
        #expect(try add("c", after: #""x""#) == "b")
    }

    @Test("an item put before a hidden one is what stands before it from then on")
    mutating func followsInsertions() throws {
        _ = try add("a", after: "null")
        try hide("x", after: #""a""#)
        #expect(try add("b", after: #""a""#) == "a")
        #expect(try add("c", after: #""x""#) == "b")
    }

    @Test("an output item's place is known once it enters the conversation")
    mutating func learnsPlaceOfOutput() throws {
        _ = try add("a", after: "null")
        let call = #"{"id":"x","type":"mcp_call"}"#
        #expect(try show(#"{"type":"response.output_item.added","item":\#(call)}"#).isEmpty)
        try hide("x", after: #""a""#)
        #expect(try show(#"{"type":"response.output_item.done","item":\#(call)}"#).isEmpty)
        #expect(try add("b", after: #""x""#) == "a")
    }

    @Test("items that are said to follow each other in a circle lead nowhere")
    mutating func survivesCircles() throws {
        try hide("x", after: #""x""#)
        #expect(try add("a", after: #""x""#) == .null)
        try hide("y", after: #""z""#)
        try hide("z", after: #""y""#)
        #expect(try add("b", after: #""z""#) == .null)
    }

    @Test("an item that was deleted is nobody's predecessor any more")
    mutating func followsDeletions() throws {
        _ = try add("a", after: "null")
        _ = try add("b", after: #""a""#)
        try hide("x", after: #""b""#)
        try hide("y", after: #""x""#)
        _ = try show(#"{"type":"conversation.item.deleted","item_id":"b"}"#)
        #expect(try add("c", after: #""y""#) == "a")
        _ = try show(#"{"type":"conversation.item.deleted","item_id":"x"}"#)
        _ = try show(#"{"type":"conversation.item.deleted","item_id":"a"}"#)
        #expect(try add("d", after: #""y""#) == .null)
    }

    @Test(
        "nothing is told of a hidden item's end",
        arguments: [
            "conversation.item.deleted", "conversation.item.truncated", "response.function_call_arguments.delta",
            "response.output_text.delta",
        ]
    )
    mutating func hidesEventsByID(type: String) throws {
        #expect(try show(#"{"type":"\#(type)","item_id":"x"}"#).count == 1)
        try hide("x", after: "null")
        #expect(try show(#"{"type":"\#(type)","item_id":"x"}"#).isEmpty)
        #expect(try show(#"{"type":"\#(type)","item_id":"a"}"#).count == 1)
    }

    @Test("a retrieved item is hidden too")
    mutating func hidesRetrieved() throws {
        #expect(try show(#"{"type":"conversation.item.retrieved","item":{"id":"x","type":"mcp_call"}}"#).isEmpty)
    }

    private mutating func show(_ text: String) throws -> [JSONObject] { translator.serverEvent(try object(text)) }

    /// Announces an item and returns the `previous_item_id` that the client is told.
    private mutating func add(_ id: String, after previous: String) throws -> JSON? {
        let item = #"{"id":"\#(id)","type":"message","role":"user","content":[]}"#
        let shown = try show(
            #"{"type":"conversation.item.added","previous_item_id":\#(previous),"item":\#(item)}"#
        )
        return shown.first?["previous_item_id"]
    }

    private mutating func hide(_ id: String, after previous: String) throws {
        let item = #"{"id":"\#(id)","type":"mcp_call"}"#
        let shown = try show(
            #"{"type":"conversation.item.added","previous_item_id":\#(previous),"item":\#(item)}"#
        )
        #expect(shown.isEmpty)
    }
}
