// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyEvents
import Testing

@testable import ParleyEngines

@Suite("Addresses of servers and what they say of themselves")
struct BackendAddressTests {
    @Test(
        "A bare address and a version get the usual path, any other path is the endpoint's own",
        arguments: [
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080/v1/chat/completions"),
            ("http://127.0.0.1:8080/", "http://127.0.0.1:8080/v1/chat/completions"),
            ("http://[::1]:8080/v1", "http://[::1]:8080/v1/chat/completions"),
            ("https://example.com/api/v3/", "https://example.com/api/v3/chat/completions"),
            ("https://example.com/v1beta/openai", "https://example.com/v1beta/openai/chat/completions"),
            ("http://localhost:9/inference", "http://localhost:9/inference"),
            ("https://example.com/v1/chat/completions?version=2", "https://example.com/v1/chat/completions?version=2"),
            ("https://example.com?version=2", "https://example.com/v1/chat/completions?version=2"),
        ] as [(String, String)]
    )
    func endpoints(text: String, endpoint: String) async throws {
        #expect(try BackendAddress(text).endpoint("chat/completions") == endpoint)
        #expect(try BackendAddress(text + "#a/b:c").model == "a/b:c")
        #expect(try BackendAddress(text + "#").model == nil)
        let own = try BackendAddress(text).endpoint("chat/completions", at: "/inference")
        #expect(own.hasPrefix(try BackendAddress(text).origin + "/inference"))
    }

    @Test(
        "What is no address is refused in words",
        arguments: [
            "", "127.0.0.1:8080", "ftp://x", "http://", "http://:80", "http://x:0", "http://x:70000", "http://x:y",
            "http://user:key@x", "http://a b", "http://ä",
        ]
    )
    func noAddress(text: String) {
        let error = #expect(throws: BackendAddress.Invalid.self) { try BackendAddress(text) }
        #expect(error?.description.isEmpty == false)
    }

    @Test(
        "Software is told by the shape of its list of models",
        arguments: [
            (#"{"models":[{"name":"t"}],"object":"list","data":[{"id":"t","owned_by":"llamacpp"}]}"#, "llama-server"),
            (#"{"object":"list","data":[{"id":"t","owned_by":"vllm"}]}"#, "vLLM"),
            (#"{"object":"list","data":[{"id":"t","owned_by":"organization_owner"}]}"#, "LM Studio"),
            (#"{"object":"list","data":[{"id":"t","owned_by":"library"}]}"#, "Ollama"),
            (#"{"object":"list","data":[{"id":"t","owned_by":"someone"}]}"#, nil),
        ] as [(String, String?)]
    )
    func software(answer: String, software: String?) throws {
        let offer = try #require(BackendOffer(models: try JSON(parsing: answer), for: .model))
        #expect(offer == BackendOffer(software: software, models: ["t"]))
    }

    @Test("Models count for the slot they are made for")
    func tasks() throws {
        let answer = try JSON(
            parsing: #"{"data":[{"id":"w","task":"automatic-speech-recognition","owned_by":"S"},"#
                + #"{"id":"k","task":"text-to-speech","owned_by":"h"}]}"#
        )
        #expect(BackendOffer(models: answer, for: .transcriber) == BackendOffer(software: "speaches", models: ["w"]))
        #expect(BackendOffer(models: answer, for: .voice)?.models == ["k"])
        let mixed = try JSON(parsing: #"{"data":[{"id":"nomic-embed-text"},{"id":"llama3"}]}"#)
        #expect(BackendOffer(models: mixed, for: .model)?.models == ["llama3"])
        #expect(BackendOffer(models: try JSON(parsing: #"{"hello":1}"#), for: .model) == nil)
    }

    @Test("Voices are names, or objects that have one")
    func voices() throws {
        #expect(BackendOffer.voices(try JSON(parsing: #"{"voices":["af_bella","af_sky"]}"#)) == ["af_bella", "af_sky"])
        #expect(BackendOffer.voices(try JSON(parsing: #"[{"voice_id":"a"},{"name":"b"}]"#)) == ["a", "b"])
    }
}
