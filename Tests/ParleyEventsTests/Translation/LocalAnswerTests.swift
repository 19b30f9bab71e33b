// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyEvents
import Testing

/// Updates that have nothing to say to the server.
@Suite("Local answers")
struct LocalAnswerTests {
    @Test("a temperature alone is answered with the session and the new value")
    func temperatureOnly() throws {
        var translator = DialectTranslator(client: .beta, server: .ga)
        _ = translator.serverEvent(try object(gaSession))
        let update = try object(#"{"type":"session.update","event_id":"evt_1","session":{"temperature":0.65}}"#)
        let expected = try object(
            #"{"type":"session.updated","event_id":"event_gw_1","session":{"id":"sess_1","voice":"alloy","#
                + #""temperature":0.65,"client_secret":null}}"#
        )
        #expect(translator.clientEvent(update) == .answer([expected]))
        #expect(translator.clientEvent(update).answers?.first?["event_id"] == "event_gw_2")
    }

    @Test(
        "an update that beta cannot hold at all is answered with the session as it is",
        arguments: [
            #"{"type":"realtime","truncation":"disabled"}"#, #"{"prompt":{"id":"p"},"reasoning":{}}"#,
            #"{"model":"another"}"#, "{}", #"{"audio":{"input":{}}}"#,
        ]
    )
    func gaOnlyUpdate(session: String) throws {
        var translator = DialectTranslator(client: .ga, server: .beta)
        let created = translator.serverEvent(
            try object(#"{"type":"session.created","session":{"id":"sess_1","voice":"alloy"}}"#)
        )
        let outcome = translator.clientEvent(try object(#"{"type":"session.update","session":\#(session)}"#))
        #expect(outcome.answers?.count == 1)
        #expect(outcome.answers?.first?["type"] == "session.updated")
        #expect(outcome.answers?.first?["event_id"] == "event_gw_1")
        #expect(outcome.answers?.first?["session"] == created.first?["session"])
    }

    @Test("a transcription session is answered in its own kind")
    func transcriptionUpdate() throws {
        var toGA = DialectTranslator(client: .beta, server: .ga)
        _ = toGA.serverEvent(try object(#"{"type":"session.created","session":{"type":"transcription"}}"#))
        let update = try object(#"{"type":"transcription_session.update","session":{"modalities":["text"]}}"#)
        let expected: JSONObject = [
            "type": "transcription_session.updated", "event_id": "event_gw_1", "session": ["client_secret": nil],
        ]
        #expect(toGA.clientEvent(update) == .answer([expected]))
    }

    @Test("before the server has shown its session the answer waits for it", arguments: [1, 3, 8, 100])
    func answerWaits(updates: Int) throws {
        var translator = DialectTranslator(client: .beta, server: .ga)
        let update = try object(#"{"type":"session.update","session":{"temperature":0.65}}"#)
        for _ in 0..<updates { #expect(translator.clientEvent(update) == .answer([])) }
        let shown = translator.serverEvent(try object(gaSession))
        #expect(shown.first?["type"] == "session.created")
        #expect(shown.dropFirst().allSatisfy { $0["type"] == "session.updated" })
        #expect(shown.allSatisfy { $0["session"]?["temperature"] == 0.65 })
        #expect(shown.count == 1 + min(updates, 8))
        #expect(translator.serverEvent(try object(gaSession)).count == 1)
    }

    @Test("a GA client's answer waits as well")
    func gaAnswerWaits() throws {
        var translator = DialectTranslator(client: .ga, server: .beta)
        #expect(translator.clientEvent(["type": "session.update", "session": ["truncation": "auto"]]) == .answer([]))
        let shown = translator.serverEvent(["type": "session.created", "session": ["id": "sess_1"]])
        #expect(shown.map { $0["type"] } == ["session.created", "session.updated"])
        #expect(shown[0]["session"] == shown[1]["session"])
    }

    @Test("a beta client may repeat its model and not change it")
    func modelCannotChange() throws {
        var translator = DialectTranslator(client: .beta, server: .ga)
        let update = try object(#"{"type":"session.update","session":{"model":"gpt-realtime","voice":"sage"}}"#)
        #expect(translator.clientEvent(update).forwarded?["session"]?["model"] == "gpt-realtime")
        _ = translator.serverEvent(try object(#"{"type":"session.created","session":{"model":"gpt-realtime"}}"#))
        #expect(translator.clientEvent(update).forwarded?["session"]?["model"] == nil)
        let other = try object(#"{"type":"session.update","event_id":"e","session":{"model":"other","voice":"sage"}}"#)
        let error = translator.clientEvent(other).error
        #expect(error?["code"] == "unsupported_in_dialect")
        #expect(error?["param"] == "session.model")
        #expect(error?["event_id"] == "e")
    }

    private let gaSession =
        #"{"type":"session.created","session":{"type":"realtime","id":"sess_1","audio":{"output":{"voice":"alloy"}}}}"#
}
