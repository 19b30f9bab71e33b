// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyEvents
import Testing

/// Section 6 of the translation table.
@Suite("Response translation")
struct ResponseTranslationTests {
    static let requests: [(beta: String, ga: String)] = [
        ("{}", "{}"),
        (#"{"modalities":["text"]}"#, #"{"output_modalities":["text"]}"#),
        (#"{"modalities":["text","audio"]}"#, #"{"output_modalities":["audio"]}"#),
        (#"{"voice":"sage"}"#, #"{"audio":{"output":{"voice":"sage"}}}"#),
        (#"{"output_audio_format":"g711_ulaw"}"#, #"{"audio":{"output":{"format":{"type":"audio/pcmu"}}}}"#),
        (#"{"max_response_output_tokens":"inf"}"#, #"{"max_output_tokens":"inf"}"#),
        (
            #"{"tools":[],"tool_choice":"none","instructions":"i"}"#,
            #"{"tools":[],"tool_choice":"none","instructions":"i"}"#
        ),
        (
            #"{"conversation":"none","metadata":{"a":"b"},"input":[]}"#,
            #"{"conversation":"none","metadata":{"a":"b"},"input":[]}"#
        ),
        (#"{"metadata":null,"voice":null}"#, #"{"metadata":null,"audio":{"output":{"voice":null}}}"#),
    ]

    @Test("a client's request, in both directions", arguments: requests)
    func request(beta: String, ga: String) throws {
        var toGA = DialectTranslator(client: .beta, server: .ga)
        #expect(toGA.clientEvent(try create(beta)).forwarded == (try create(ga)))
        #expect(toGA.dropped.isEmpty)
        var toBeta = DialectTranslator(client: .ga, server: .beta)
        #expect(toBeta.clientEvent(try create(ga)).forwarded == (try create(beta)))
        #expect(toBeta.dropped.isEmpty)
    }

    static let lossyBetaRequests: [(beta: String, ga: String, dropped: [String])] = [
        (#"{"temperature":1.0}"#, "{}", ["response.temperature"]),
        (#"{"max_output_tokens":5}"#, #"{"max_output_tokens":5}"#, []),
        (
            #"{"max_output_tokens":5,"max_response_output_tokens":6}"#, #"{"max_output_tokens":6}"#,
            ["response.max_output_tokens"]
        ),
        (
            #"{"max_response_output_tokens":6,"max_output_tokens":5}"#, #"{"max_output_tokens":6}"#,
            ["response.max_output_tokens"]
        ),
        (
            #"{"tool_choice":{"type":"function","function":{"name":"f"}}}"#,
            #"{"tool_choice":{"type":"function","name":"f"}}"#, []
        ),
        (#"{"colour":"red"}"#, "{}", ["response.colour"]),
    ]

    @Test("a beta client's request that GA cannot hold entirely", arguments: lossyBetaRequests)
    func lossyBetaRequest(beta: String, ga: String, dropped: [String]) throws {
        var translator = DialectTranslator(client: .beta, server: .ga)
        #expect(translator.clientEvent(try create(beta)).forwarded == (try create(ga)))
        #expect(translator.dropped == dropped)
    }

    static let lossyGARequests: [(ga: String, beta: String, dropped: [String])] = [
        (
            #"{"prompt":{"id":"p"},"reasoning":{"effort":"low"},"parallel_tool_calls":false}"#, "{}",
            ["response.prompt", "response.reasoning", "response.parallel_tool_calls"]
        ),
        (
            #"{"tools":[{"type":"mcp"}],"tool_choice":{"type":"mcp","server_label":"l"}}"#,
            #"{"tools":[],"tool_choice":"auto"}"#, ["response.tools[0]"]
        ),
        (#"{"audio":{"output":{"voice":{"id":"v"},"speed":1}}}"#, #"{"voice":"v"}"#, ["response.audio.output.speed"]),
        (#"{"audio":[]}"#, #"{"audio":[]}"#, []),
    ]

    @Test("a GA client's request that beta cannot hold entirely", arguments: lossyGARequests)
    func lossyGARequest(ga: String, beta: String, dropped: [String]) throws {
        var translator = DialectTranslator(client: .ga, server: .beta)
        #expect(translator.clientEvent(try create(ga)).forwarded == (try create(beta)))
        #expect(translator.dropped == dropped)
    }

    @Test("a rate that beta has no name for is refused, in a session as in a response")
    func refusesOtherRates() throws {
        var translator = DialectTranslator(client: .ga, server: .beta)
        let format = #"{"audio":{"output":{"format":{"type":"audio/pcm","rate":16000}}}}"#
        let response = translator.clientEvent(try create(format)).error
        #expect(response?["code"] == "unsupported_in_dialect")
        #expect(response?["param"] == "response.audio.output.format")
        let session = translator.clientEvent(["type": "session.update", "session": .object(try object(format))]).error
        #expect(session?["param"] == "session.audio.output.format")
    }

    @Test("a beta client is told that it cannot use a session of another rate, and gets responses without the format")
    func refusesServersOfOtherRates() throws {
        var translator = DialectTranslator(client: .beta, server: .ga)
        let format = #""audio":{"output":{"format":{"type":"audio/pcm","rate":16000}}}"#
        let session = translator.serverEvent(try object(#"{"type":"session.created","session":{\#(format)}}"#))
        #expect(session.count == 1)
        #expect(session.first?["type"] == "error")
        #expect(session.first?["error"]?["code"] == "unsupported_in_dialect")
        #expect(session.first?["error"]?["param"] == "session.output_audio_format")
        let response = translator.serverEvent(try object(#"{"type":"response.done","response":{\#(format)}}"#))
        #expect(response.first?["response"] == ["temperature": 0.8])
        #expect(translator.dropped == ["response.audio.output.format"])
    }

    @Test(
        "a response shown to a client, in both directions",
        arguments: [
            (
                #"{"object":"realtime.response","id":"resp_1","status":"failed","status_details":{"type":"failed"},"#
                    + #""conversation_id":null,"metadata":{"a":"b"},"max_output_tokens":7,"output":[],"usage":null,"#
                    + #""modalities":["text","audio"],"voice":"sage","output_audio_format":"g711_alaw"}"#,
                #"{"object":"realtime.response","id":"resp_1","status":"failed","status_details":{"type":"failed"},"#
                    + #""conversation_id":null,"metadata":{"a":"b"},"max_output_tokens":7,"output":[],"usage":null,"#
                    + #""output_modalities":["audio"],"audio":{"output":{"voice":"sage","format":{"type":"audio/pcma"}}}}"#
            ),
            (
                #"{"usage":{"total_tokens":3,"input_token_details":{"text_tokens":1,"#
                    + #""cached_tokens_details":{"text_tokens":0}}}}"#,
                #"{"usage":{"total_tokens":3,"input_token_details":{"text_tokens":1,"image_tokens":0,"#
                    + #""cached_tokens_details":{"text_tokens":0,"image_tokens":0}}}}"#
            ),
            (#"{"usage":{"input_token_details":{}}}"#, #"{"usage":{"input_token_details":{"image_tokens":0}}}"#),
            (#"{"usage":{"input_token_details":5}}"#, #"{"usage":{"input_token_details":5}}"#),
        ]
    )
    func response(beta: String, ga: String) throws {
        for type in ["response.created", "response.done"] {
            let gaEvent: JSONObject = ["type": .string(type), "response": .object(try object(ga))]
            var betaResponse = try object(beta)
            betaResponse["temperature"] = 0.8
            let betaEvent: JSONObject = ["type": .string(type), "response": .object(betaResponse)]
            var toBeta = DialectTranslator(client: .beta, server: .ga)
            #expect(toBeta.serverEvent(gaEvent) == [betaEvent])
            var toGA = DialectTranslator(client: .ga, server: .beta)
            #expect(toGA.serverEvent(betaEvent) == [gaEvent])
        }
    }

    @Test("a response that is no object is shown as it is", arguments: [nil, 5, "x"] as [JSON])
    func showsMalformedResponses(response: JSON) {
        let event: JSONObject = ["type": "response.done", "response": response]
        for (client, server) in [(Dialect.beta, Dialect.ga), (.ga, .beta)] {
            var translator = DialectTranslator(client: client, server: server)
            #expect(translator.serverEvent(event) == [event])
            let request: JSONObject = ["type": "response.create", "response": response]
            #expect(translator.clientEvent(request) == .forward(request))
        }
    }

    private func create(_ response: String) throws -> JSONObject {
        ["type": "response.create", "event_id": "evt_1", "response": .object(try object(response))]
    }
}
