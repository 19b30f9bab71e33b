// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyEvents
import Testing

/// Section 5 of the translation table.
@Suite("Item translation")
struct ItemTranslationTests {
    static let betaClientItems: [(beta: String, ga: String)] = [
        (
            #"{"type":"message","role":"system","content":[{"type":"input_text","text":"s"}]}"#,
            #"{"type":"message","role":"system","content":[{"type":"input_text","text":"s"}]}"#
        ),
        (
            #"{"type":"message","role":"assistant","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}"#,
            #"{"type":"message","role":"assistant","content":[{"type":"output_text","text":"a"},"#
                + #"{"type":"output_text","text":"b"}]}"#
        ),
        // The word is not renamed for other roles: the server knows what to say about it.
        (
            #"{"type":"message","role":"user","content":[{"type":"text","text":"a"}]}"#,
            #"{"type":"message","role":"user","content":[{"type":"text","text":"a"}]}"#
        ),
        (
            #"{"type":"message","role":"assistant","content":[{"type":"audio","audio":"AA==","transcript":"hi"}]}"#,
            #"{"type":"message","role":"assistant","content":[{"type":"output_text","text":"hi"}]}"#
        ),
        (
            #"{"type":"message","role":"assistant","content":"x"}"#,
            #"{"type":"message","role":"assistant","content":"x"}"#
        ),
        (
            #"{"type":"message","role":"assistant","content":[1,{"text":"x"}]}"#,
            #"{"type":"message","role":"assistant","content":[1,{"text":"x"}]}"#
        ),
        (#"{"type":"function_call","colour":"red"}"#, #"{"type":"function_call","colour":"red"}"#),
    ]

    @Test("a beta client's item", arguments: betaClientItems)
    func betaClientItem(beta: String, ga: String) throws {
        var translator = DialectTranslator(client: .beta, server: .ga)
        #expect(translator.clientEvent(try creation(beta)).forwarded == (try creation(ga)))
        let request = try object(#"{"type":"response.create","response":{"input":[\#(beta),7]}}"#)
        let expected = try object(#"{"type":"response.create","response":{"input":[\#(ga),7]}}"#)
        #expect(translator.clientEvent(request).forwarded == expected)
    }

    @Test("audio that a transcript stands for is listed as dropped")
    func listsDroppedAudio() throws {
        var translator = DialectTranslator(client: .beta, server: .ga)
        let item = #"{"role":"assistant","content":[{"type":"audio","audio":"AA==","transcript":"hi"}]}"#
        _ = translator.clientEvent(try creation(item))
        #expect(translator.dropped == ["item.content[0].audio"])
    }

    static let refusals: [(client: Dialect, item: String, param: String)] = [
        (
            .beta, #"{"role":"assistant","content":[{"type":"text","text":"a"},{"type":"audio"}]}"#,
            "item.content[1].transcript"
        ),
        (.beta, #"{"role":"assistant","content":[{"type":"audio","transcript":null}]}"#, "item.content[0].transcript"),
        (.beta, #"{"role":"user","content":[{"type":"item_reference","id":"item_1"}]}"#, "item.content[0].type"),
        (.ga, #"{"role":"user","content":[{"type":"input_text"},{"type":"input_image"}]}"#, "item.content[1].type"),
        (.ga, #"{"type":"mcp_list_tools"}"#, "item.type"),
        (.ga, #"{"type":"mcp_call"}"#, "item.type"),
        (.ga, #"{"type":"mcp_approval_request"}"#, "item.type"),
        (.ga, #"{"type":"mcp_approval_response"}"#, "item.type"),
    ]

    @Test("an item the server's dialect cannot hold is refused with the client's event id", arguments: refusals)
    func refuses(client: Dialect, item: String, param: String) throws {
        var translator = DialectTranslator(client: client, server: client == .beta ? .ga : .beta)
        var event = try creation(item)
        event["event_id"] = "evt_9"
        let error = translator.clientEvent(event).error
        #expect(error?["type"] == "invalid_request_error")
        #expect(error?["code"] == "unsupported_in_dialect")
        #expect(error?["param"] == .string(param))
        #expect(error?["event_id"] == "evt_9")
    }

    @Test(
        "a refusal inside a request for a response says which input item is meant",
        arguments: [
            (
                Dialect.beta, #"{"role":"assistant","content":[{"type":"audio"}]}"#,
                "response.input[1].content[0].transcript"
            ),
            (
                .beta, #"{"role":"user","content":[{"type":"input_text"},{"type":"item_reference","id":"i"}]}"#,
                "response.input[1].content[1].type"
            ),
            (.ga, #"{"type":"mcp_call"}"#, "response.input[1].type"),
        ]
    )
    func refusesInput(client: Dialect, item: String, param: String) throws {
        var translator = DialectTranslator(client: client, server: client == .beta ? .ga : .beta)
        let request = try object(
            #"{"type":"response.create","response":{"input":[{"type":"function_call"},\#(item)]}}"#
        )
        let error = translator.clientEvent(request).error
        #expect(error?["param"] == .string(param))
        #expect(error?["event_id"] == .null)
    }

    @Test("an input item that is nothing but a reference becomes the reference")
    func liftsReferences() throws {
        var translator = DialectTranslator(client: .beta, server: .ga)
        let item = #"{"type":"message","role":"user","content":[{"type":"item_reference","id":"item_7"}]}"#
        let request = try object(#"{"type":"response.create","response":{"input":[\#(item)]}}"#)
        let input = translator.clientEvent(request).forwarded?["response"]?["input"]
        #expect(input == [["type": "item_reference", "id": "item_7"]])
    }

    @Test(
        "every event that shows an item renames what the assistant said",
        arguments: [
            ("conversation.item.added", "conversation.item.created"),
            ("conversation.item.retrieved", "conversation.item.retrieved"),
            ("response.output_item.added", "response.output_item.added"),
            ("response.output_item.done", "response.output_item.done"),
        ]
    )
    func renamesServerItems(gaType: String, betaType: String) throws {
        let ga =
            #"{"id":"item_1","object":"realtime.item","status":"in_progress","role":"assistant","content":["#
            + #"{"type":"output_text","text":"t"},{"type":"output_audio","transcript":"a"},"#
            + #"{"type":"audio","format":"x"}]}"#
        let beta =
            #"{"id":"item_1","object":"realtime.item","status":"in_progress","role":"assistant","content":["#
            + #"{"type":"text","text":"t"},{"type":"audio","transcript":"a"},{"type":"audio","format":"x"}]}"#
        var toBeta = DialectTranslator(client: .beta, server: .ga)
        #expect(toBeta.serverEvent(try shown(gaType, ga)) == [try shown(betaType, beta)])
        var toGA = DialectTranslator(client: .ga, server: .beta)
        let returned = toGA.serverEvent(try shown(betaType, beta)).last
        #expect(
            returned?["item"]?["content"]?.arrayValue?.map { $0["type"] } == [
                "output_text", "output_audio", "output_audio",
            ]
        )
        #expect(returned?["type"] == .string(gaType))
    }

    @Test("a server's item names its object for a beta client")
    func addsObject() throws {
        var translator = DialectTranslator(client: .beta, server: .ga)
        let shown = translator.serverEvent(try shown("conversation.item.added", #"{"id":"item_1","role":"user"}"#))
        #expect(shown.first?["item"] == ["id": "item_1", "role": "user", "object": "realtime.item"])
    }

    @Test("an image is told to a beta client in words")
    func replacesImages() throws {
        var translator = DialectTranslator(client: .beta, server: .ga)
        let item =
            #"{"id":"item_1","role":"user","content":[{"type":"input_image","image_url":"data:"},"#
            + #"{"type":"input_text","text":"?"}]}"#
        let content = translator.serverEvent(try shown("conversation.item.added", item)).first?["item"]?["content"]
        #expect(content == [["type": "input_text", "text": "[image]"], ["type": "input_text", "text": "?"]])
        #expect(translator.dropped == ["item.content[0]"])
    }

    @Test("parts keep their names in both dialects", arguments: ["added", "done"])
    func partsAreUnchanged(suffix: String) throws {
        for part in [#"{"type":"text","text":""}"#, #"{"type":"audio","transcript":""}"#] {
            let event = try object(#"{"type":"response.content_part.\#(suffix)","item_id":"item_1","part":\#(part)}"#)
            var toBeta = DialectTranslator(client: .beta, server: .ga)
            #expect(toBeta.serverEvent(event) == [event])
            var toGA = DialectTranslator(client: .ga, server: .beta)
            #expect(toGA.serverEvent(event) == [event])
        }
    }

    private func creation(_ item: String) throws -> JSONObject {
        try object(#"{"type":"conversation.item.create","previous_item_id":"root","item":\#(item)}"#)
    }

    private func shown(_ type: String, _ item: String) throws -> JSONObject {
        try object(#"{"type":"\#(type)","event_id":"event_1","item":\#(item)}"#)
    }
}
