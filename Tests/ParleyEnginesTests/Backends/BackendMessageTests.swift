// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyEngines
import ParleySession
import Testing

@Suite("What servers say of errors")
struct BackendMessageTests {
    @Test(
        "Words and code are found in every form",
        arguments: [
            (
                #"{"error":{"code":400,"message":"too long","type":"exceed_context_size_error"}}"#, "too long",
                "exceed_context_size_error"
            ),
            (
                #"{"error":{"code":"model_not_found","message":"no such model","type":"invalid_request_error"}}"#,
                "no such model", "model_not_found"
            ),
            (#"{"error":{"code":null,"message":"bad"}}"#, "bad", nil),
            (#"{"error":"model 'x' not found"}"#, "model 'x' not found", nil),
            (#"{"detail":"Not Found"}"#, "Not Found", nil),
            (
                #"{"detail":{"error":"validation_error","message":"unknown voice","type":"invalid_request_error"}}"#,
                "unknown voice", "invalid_request_error"
            ),
            (
                #"{"detail":[{"loc":["body","input"],"msg":"field required","type":"missing"}]}"#,
                "body.input: field required", "missing"
            ),
            (#"{"message":"Unauthorized"}"#, "Unauthorized", nil),
            (#"{"object":"error","message":"bad","type":"BadRequestError","code":400}"#, "bad", "BadRequestError"),
            (#"[{"error":{"code":429,"message":"quota","status":"RESOURCE_EXHAUSTED"}}]"#, "quota", nil),
            (
                "<html><head><style>p {}</style></head><body><h1>502 Bad Gateway</h1></body></html>", "502 Bad Gateway",
                nil
            ),
            ("upstream  connect\nerror", "upstream connect error", nil),
            ("", "", nil),
        ] as [(String, String, String?)]
    )
    func forms(body: String, text: String, code: String?) {
        #expect(BackendMessage(body: body.utf8) == BackendMessage(text, code: code))
    }

    @Test("Bytes that are no text are shown as well as may be, and long ones are cut")
    func odd() {
        #expect(!BackendMessage(body: [0xFF, 0xFE, 0x41]).text.isEmpty)
        #expect(BackendMessage(String(repeating: "a", count: 5_000)).shown.count < 310)
    }

    @Test("A secret that the server repeats does not come out, however long the message")
    func secrets() async throws {
        let padding = String(repeating: "x", count: 290)
        let body = #"{"error":{"message":"\#(padding) bad key sk-planted-1234567890","code":"sk-planted-1234567890"}}"#
        try await HTTPDouble.serving({ _ in .answer(body, status: "401 Unauthorized") }) { double in
            var settings = BackendSettings(.at(try double.address()), limits: .model)
            settings.key = BackendKey("sk-planted-1234567890")
            let model = HTTPLanguageModel(try double.address(), settings)
            let failure = await #expect(throws: BackendFailure.self) {
                try await model.respond(to: request()) { _ in }
            }
            #expect(failure?.description.contains("sk-pl") == false)
            #expect(failure?.engineFailure.message.contains("answered 401") == true)
            #expect("\(settings)".contains("planted") == false)
            var dumped = ""
            dump(settings, to: &dumped)
            #expect(!dumped.contains("planted"))
            #expect(await double.log.requests.first?.headers["authorization"] == "Bearer sk-planted-1234567890")
        }
    }
}
