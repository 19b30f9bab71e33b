// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import ParleyEvents
import Testing

/// The bodies of the endpoints that make keys.
@Suite("REST bodies")
struct RESTBodyTests {
    @Test(
        "a request for a GA key reads back",
        arguments: [
            #"{}"#,
            #"{"expires_after":{"anchor":"created_at","seconds":60}}"#,
            #"{"expires_after":{"anchor":"created_at","seconds":60,"grace":1},"session":{"type":"realtime"},"note":"x"}"#,
        ]
    )
    func request(text: String) throws {
        let request = try ClientSecretRequest(received: JSON(parsing: text), at: "")
        #expect(request.jsonForm == (try JSON(parsing: text)))
        #expect(request.lifetimeSeconds == (text.contains("60") ? 60 : nil))
        #expect(try CodableTests.coded(request) == request)
    }

    @Test("a request for a GA key is made")
    func making() {
        let request = ClientSecretRequest(lifetimeSeconds: 30, session: ["type": "transcription"])
        #expect(
            request.jsonForm.text
                == #"{"expires_after":{"anchor":"created_at","seconds":30},"session":{"type":"transcription"}}"#
        )
    }

    @Test("a GA key comes with its session")
    func response() throws {
        let session = Session(id: "sess_1", model: "m", expiresAt: 0)
        let body: JSONObject = [
            "value": "ek_1", "expires_at": 1_790_000_000, "session": .object(session.object), "n": 1,
        ]
        let response = try ClientSecretResponse(received: .object(body), at: "")
        #expect(response.value == "ek_1" && response.expiresAt == 1_790_000_000)
        #expect(response.session == session)
        #expect(response.unknown == ["n": 1])
        #expect(response.jsonForm == .object(body))
        #expect(try CodableTests.coded(response) == response)
        #expect(
            ClientSecretResponse(value: "v", expiresAt: 1, session: session).jsonForm.objectValue?.names
                == ["value", "expires_at", "session"]
        )
    }

    @Test(
        "an answer that lacks something is refused",
        arguments: [
            (#"{"expires_at":1,"session":{}}"#, "value"), (#"{"value":"v","session":{}}"#, "expires_at"),
            (#"{"value":"v","expires_at":1}"#, "session"),
            (#"{"value":"v","expires_at":1,"session":{"id":4}}"#, "session.id"),
        ]
    )
    func incomplete(text: String, param: String) throws {
        let error = #expect(throws: RealtimeError.self) {
            try ClientSecretResponse(received: JSON(parsing: text), at: "")
        }
        #expect(error?.param == param)
    }

    @Test(
        "a beta request reads back",
        arguments: [
            (
                Session.Kind.realtime,
                #"{"model":"m","voice":"v","client_secret":{"expires_after":{"anchor":"created_at","seconds":60}}}"#
            ),
            (
                .transcription,
                #"{"input_audio_format":"pcm16","client_secret":{"expires_at":{"anchor":"created_at","seconds":60}}}"#
            ),
        ]
    )
    func betaRequest(kind: Session.Kind, text: String) throws {
        let request = try BetaSessionRequest(try object(text), kind: kind)
        #expect(request.lifetimeSeconds == 60)
        #expect(request.configuration["client_secret"] == nil)
        #expect(request.object == (try object(text)))
        #expect(BetaSessionRequest(kind: kind).object == [:])
    }

    @Test("a lifetime is found under either name")
    func lifetimeNames() throws {
        let secret = try object(#"{"client_secret":{"expires_after":{"seconds":11}}}"#)
        #expect(try BetaSessionRequest(secret, kind: .transcription).lifetimeSeconds == 11)
    }

    @Test("a beta key comes with its session in the one model")
    func betaResponse() throws {
        let text =
            #"{"id":"sess_1","object":"realtime.session","model":"m","expires_at":0,"modalities":["text"],"voice":"v","input_audio_format":"g711_ulaw","turn_detection":null,"tools":[],"temperature":0.80,"client_secret":{"value":"ek_1","expires_at":5}}"#
        let response = try BetaSessionResponse(received: JSON(parsing: text), at: "")
        #expect(response.value == "ek_1" && response.expiresAt == 5)
        #expect(response.session.output.voice == "v" && response.session.outputModality == .text)
        #expect(response.session.input.format == .pcmu && response.session.input.turnDetection == nil)
        #expect(response.jsonForm.text == text)
        #expect(try CodableTests.coded(response).session == response.session)
    }

    @Test("a beta key for transcription may lack its secret")
    func betaTranscription() throws {
        let text =
            #"{"id":"sess_1","object":"realtime.transcription_session","input_audio_format":"pcm16","client_secret":null}"#
        let response = try BetaSessionResponse(received: JSON(parsing: text), at: "")
        #expect(response.session.kind == .transcription)
        #expect(response.value == nil && response.expiresAt == nil)
    }

    @Test("a beta answer that is no session is refused", arguments: ["[]", #"{"voice":1}"#, #"{"client_secret":{}}"#])
    func betaWrong(text: String) throws {
        #expect(throws: RealtimeError.self) { try BetaSessionResponse(received: JSON(parsing: text), at: "") }
    }
}
