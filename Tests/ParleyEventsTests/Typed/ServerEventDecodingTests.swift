// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import ParleyEvents
import Testing

/// Nothing that a server sends is lost or stops its client.
@Suite("Decoding of server events")
struct ServerEventDecodingTests {
    static let wrong: [(String, String)] = [
        (#"{}"#, "type"),
        (#"{"type":7}"#, "type"),
        (#"{"type":"error"}"#, "error"),
        (#"{"type":"error","error":"x"}"#, "error"),
        (#"{"type":"error","error":{"message":1}}"#, "error.message"),
        (#"{"type":"session.created","session":[]}"#, "session"),
        (#"{"type":"session.created","session":{"type":"dream"}}"#, "session.type"),
        (#"{"type":"session.created","session":{"instructions":1}}"#, "session.instructions"),
        (
            #"{"type":"session.updated","session":{"audio":{"input":{"format":{"type":"audio/opus"}}}}}"#,
            "session.audio.input.format.type"
        ),
        (
            #"{"type":"session.updated","session":{"audio":{"output":{"format":{"type":"audio/pcm","rate":8000}}}}}"#,
            "session.audio.output.format.rate"
        ),
        (#"{"type":"session.updated","session":{"tools":[1]}}"#, "session.tools[0]"),
        (#"{"type":"session.updated","session":{"output_modalities":["smell"]}}"#, "session.output_modalities[0]"),
        (#"{"type":"session.updated","session":{"max_output_tokens":"many"}}"#, "session.max_output_tokens"),
        (#"{"type":"conversation.item.added"}"#, "item"),
        (#"{"type":"conversation.item.added","item":{}}"#, "item.type"),
        (#"{"type":"conversation.item.added","item":{"type":"message"}}"#, "item.role"),
        (
            #"{"type":"conversation.item.done","item":{"type":"message","role":"user","content":[{"type":"input_audio","audio":"?"}]}}"#,
            "item.content[0].audio"
        ),
        (#"{"type":"conversation.item.done","previous_item_id":1,"item":{"type":"x"}}"#, "previous_item_id"),
        (#"{"type":"conversation.item.done","item":{"type":"function_call"}}"#, "item.name"),
        (#"{"type":"conversation.item.done","item":{"type":"function_call_output"}}"#, "item.call_id"),
        (#"{"type":"conversation.item.truncated","item_id":"i","content_index":0}"#, "audio_end_ms"),
        (#"{"type":"conversation.item.truncated","item_id":"i","content_index":0.5}"#, "content_index"),
        (#"{"type":"conversation.created"}"#, "conversation"),
        (#"{"type":"rate_limits.updated","rate_limits":[{"limit":"all"}]}"#, "rate_limits[0].limit"),
        (#"{"type":"input_audio_buffer.committed"}"#, "item_id"),
        (#"{"type":"input_audio_buffer.dtmf_event_received","event":"9"}"#, "received_at"),
        (#"{"type":"response.created","response":{"id":1}}"#, "response.id"),
        (
            #"{"type":"response.done","response":{"usage":{"input_token_details":{"text_tokens":-1}}}}"#,
            "response.usage.input_token_details.text_tokens"
        ),
        (#"{"type":"response.done","response":{"output":[{"type":"message","role":1}]}}"#, "response.output[0].role"),
        (#"{"type":"response.output_text.delta","response_id":"r"}"#, "item_id"),
        (
            #"{"type":"response.output_audio.delta","response_id":"r","item_id":"i","output_index":0,"content_index":0,"delta":"A"}"#,
            "delta"
        ),
        (
            #"{"type":"response.output_audio.delta","response_id":"r","item_id":"i","output_index":0,"content_index":0}"#,
            "delta"
        ),
        (
            #"{"type":"response.content_part.added","response_id":"r","item_id":"i","output_index":0,"content_index":0,"part":{"type":"video"}}"#,
            "part.type"
        ),
        (
            #"{"type":"conversation.item.input_audio_transcription.delta","item_id":"i","logprobs":[{"token":"a"}]}"#,
            "logprobs[0].logprob"
        ),
        (#"{"type":"mcp_list_tools.failed"}"#, "item_id"),
        (#"{"type":"response.mcp_call.failed","item_id":"i"}"#, "output_index"),
        (#"{"type":"output_audio_buffer.started","response_id":null}"#, "response_id"),
    ]

    @Test("an event that is not as it should be says where, and is kept", arguments: wrong)
    func saysWhere(text: String, param: String) throws {
        let object = try object(text)
        let received = ReceivedEvent(object, dialect: .ga)
        #expect(received.problem?.param == param)
        #expect(received.event == .unknown(type: object["type"]?.stringValue ?? "", object))
        #expect(received.event == ServerEvent(lenient: object))
        #expect(received.event.object(eventID: nil).text == text)
    }

    @Test("an unknown event is kept as it came", arguments: ["future.event", "response.future", "conversation.item.x"])
    func unknown(type: String) throws {
        let text = #"{"type":"\#(type)","event_id":"e","n":[1,{"a":null}]}"#
        let received = try event(text)
        #expect(received.problem == nil)
        #expect(received.event.type == type)
        #expect(received.eventID == "e")
        #expect(received.event.object(eventID: "f")["event_id"] == "f")
        #expect(received.unknownMembers.isEmpty)
    }

    @Test("members that nobody knows are told by their place")
    func unknownMembers() throws {
        let received = try event(
            #"{"type":"response.output_text.delta","event_id":"e","response_id":"r","item_id":"i","output_index":0,"content_index":0,"delta":"x","obfuscation":"zz","new":{"a":1}}"#
        )
        let address = ServerEvent.PartAddress(responseID: "r", itemID: "i", outputIndex: 0, contentIndex: 0)
        #expect(received.event == .textDelta(address, "x"))
        #expect(received.unknownMembers == ["obfuscation": "zz", "new": ["a": 1]])
    }

    @Test("members that nobody knows survive inside of items, sessions and responses")
    func unknownMembersInside() throws {
        let texts = [
            #"{"type":"conversation.item.done","event_id":"e","previous_item_id":null,"item":{"id":"i","object":"realtime.item","type":"message","status":"completed","role":"assistant","content":[{"type":"output_text","text":"a","mood":"glad"}],"phase":"final"}}"#,
            #"{"type":"response.done","event_id":"e","response":{"object":"realtime.response","id":"r","status":"completed","status_details":null,"output":[{"id":"i","object":"realtime.item","type":"message","status":"completed","role":"assistant","content":[],"phase":"x"}],"conversation_id":null,"output_modalities":["text"],"max_output_tokens":7,"audio":{"output":{"format":{"type":"audio/pcmu"},"voice":"v","speed":2}},"usage":null,"metadata":null,"cost":1.25}}"#,
        ]
        for text in texts {
            let received = try event(text)
            #expect(!received.event.isUnknown)
            #expect(
                received.event.object(eventID: "e") == received.object,
                "\(received.event.object(eventID: "e").text)"
            )
            #expect(received.unknownMembers.isEmpty)
        }
    }

    @Test("words that nobody knows are kept")
    func unknownWords() throws {
        let item = try event(
            #"{"type":"conversation.item.added","item":{"type":"message","status":"dreaming","role":"assistant","content":[]}}"#
        )
        guard case .itemAdded(let item, _) = item.event else {
            Issue.record("\(item.event)")
            return
        }
        #expect(item.status == Item.Status(rawValue: "dreaming"))
        #expect(item.object()["status"] == "dreaming")

        let response = try event(
            #"{"type":"response.done","response":{"id":"r","status":"paused","status_details":{"type":"paused","until":5}}}"#
        )
        guard case .responseDone(let response) = response.event else {
            Issue.record("\(response.event)")
            return
        }
        #expect(response.status == .other(name: "paused", details: ["type": "paused", "until": 5]))
        #expect(response.object["status_details"] == ["type": "paused", "until": 5])
    }

    @Test("what transcription tells beside the text is read")
    func transcription() throws {
        let logProbability = TokenLogProbability(token: "Hi", logProbability: -0.5, bytes: [72, 105])
        let text =
            #"{"type":"conversation.item.input_audio_transcription.completed","event_id":"e","item_id":"i","content_index":1,"transcript":"Hi","usage":{"type":"tokens","input_tokens":3,"output_tokens":1,"total_tokens":4,"input_token_details":{"audio_tokens":3}},"logprobs":[{"token":"Hi","logprob":-0.5,"bytes":[72,105]}],"languages":[{"code":"en"}]}"#
        let received = try event(text)
        #expect(
            received.event
                == .inputTranscriptionCompleted(
                    itemID: "i",
                    transcript: "Hi",
                    usage: .tokens(input: 3, output: 1, total: 4, inputDetails: ["audio_tokens": 3]),
                    contentIndex: 1,
                    logProbabilities: [logProbability],
                    languages: [["code": "en"]]
                )
        )
        #expect(received.event.object(eventID: "e").text == text)
        let delta = try event(
            #"{"type":"conversation.item.input_audio_transcription.delta","item_id":"i","logprobs":[{"token":"Hi","logprob":-0.5,"bytes":[72,105]}]}"#
        )
        #expect(
            delta.event == .inputTranscriptionDelta(itemID: "i", delta: "", logProbabilities: [logProbability])
        )
    }

    @Test("a beta server's final arguments lack the name of the function")
    func argumentsWithoutName() throws {
        let received = try event(
            #"{"type":"response.function_call_arguments.done","response_id":"r","item_id":"i","output_index":0,"call_id":"c","arguments":"{}"}"#
        )
        #expect(
            received.event
                == .argumentsDone(
                    responseID: "r",
                    itemID: "i",
                    outputIndex: 0,
                    callID: "c",
                    name: "",
                    arguments: "{}"
                )
        )
    }
}
