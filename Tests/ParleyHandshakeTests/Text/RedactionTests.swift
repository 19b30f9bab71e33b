// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Testing

@testable import ParleyHandshake

@Suite("Redaction")
struct RedactionTests {
    @Test(
        "a mask shows the first three and last two of a long key, and nothing of a short one",
        arguments: [
            ("sk-test-4Qm7Zp2XvK9w", "sk-…9w"), ("0123456789abcdef", "012…ef"), ("0123456789abcde", "***"),
            ("sk-test", "***"),
            ("", "***"), ("a key with spaces in it", "***"), ("ключ-ключ-ключ-ключ", "***"),
            ("sk-\u{1B}[31m-0123456789", "***"),
        ]
    )
    func masks(secret: String, shown: String) {
        #expect(Redaction.mask(secret) == shown)
    }

    @Test(
        "a key token keeps its prefix only",
        arguments: [
            ("realtime", "realtime"), ("openai-insecure-api-key.sk-abc", "openai-insecure-api-key.***"),
            ("OpenAI-Insecure-API-Key.sk-abc", "OpenAI-Insecure-API-Key.***"),
            ("openai-insecure-api-key.a.b/c=d", "openai-insecure-api-key.***"),
            ("openai-insecure-api-key.null", "openai-insecure-api-key.null"),
            ("openai-insecure-api-key.", "openai-insecure-api-key."), ("sk-abc", "***"), ("ek_abc", "***"),
            ("openai-agents-sdk.0.1.2", "openai-agents-sdk.0.1.2"), ("arduino", "arduino"),
        ]
    )
    func subprotocols(token: String, shown: String) {
        #expect(Redaction.subprotocol(token) == shown)
    }

    @Test(
        "a target loses the values of its secrets, wherever they stand",
        arguments: [
            ("/v1/realtime", "/v1/realtime"),
            ("/v1/realtime?model=gpt-realtime", "/v1/realtime?model=gpt-realtime"),
            ("/openai/realtime?api-key=abc&deployment=d", "/openai/realtime?api-key=***&deployment=d"),
            ("/?api_key=abc", "/?api_key=***"),
            ("/?API-KEY=abc", "/?API-KEY=***"),
            ("/?a=1&Authorization=Bearer%20abc&b=2", "/?a=1&Authorization=***&b=2"),
            ("/?Authorization=Bearer+abc", "/?Authorization=***"),
            ("/?api%2Dkey=abc", "/?api%2Dkey=***"),
            ("/?api-key=a/b=c?d", "/?api-key=***"),
            ("/?api-key=abc&api-key=def", "/?api-key=***&api-key=***"),
            ("/?access_token=abc&client_secret=def", "/?access_token=***&client_secret=***"),
            ("/?api-key=", "/?api-key="),
            ("/?api-key=null", "/?api-key=null"),
            ("/v1/realtime&api-key=abc", "/v1/realtime&api-key=***"),
            ("/v1/realtime;api-key=abc/def?model=m", "/v1/realtime;api-key=***"),
            ("/v1/realtime?x=1?api-key=abc", "/v1/realtime?x=1?api-key=***"),
            ("/v1/sk-abc123/realtime", "/v1/***"),
            ("/v1?model=sk-abc", "/v1?model=***"),
            ("/v1?model=%73k-abc", "/v1?model=***"),
            ("/v1#api-key=abc", "/v1#api-key=***"),
            ("/v1?p=openai-insecure-api-key.abc", "/v1?p=openai-insecure-api-key.***"),
            ("", ""), ("&&", "&&"), ("?=&=", "?=&="), ("/risk-free/desk-x", "/risk-free/desk-x"),
        ]
    )
    func targets(raw: String, shown: String) {
        #expect(Redaction.target(raw) == shown)
    }

    @Test(
        "a field shows what its name allows",
        arguments: [
            ("Authorization", "Bearer abc", "Bearer ***"), ("authorization", "Basic dXNlcjpw", "Basic ***"),
            ("Authorization", "abc", "***"), ("Authorization", "Bearer null", "Bearer null"), ("Authorization", "", ""),
            ("Authorization", "Bearer  a b", "Bearer ***"), ("Proxy-Authorization", "Basic x", "Basic ***"),
            ("api-key", "abc", "***"), ("X-Api-Key", "abc", "***"), ("X-Auth-Token", "abc", "***"),
            ("Cookie", "s=abc", "***"),
            ("Sec-WebSocket-Protocol", "realtime,openai-insecure-api-key.abc", "realtime, openai-insecure-api-key.***"),
            ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25jZQ=="),
            ("Referer", "http://localhost/?api_key=abc", "http://localhost/?api_key=***"),
            ("User-Agent", "curl/8.0", "curl/8.0"), ("X-Note", "key is sk-abc, ok", "key is ***, ok"),
            ("X-Note", "use Bearer abc now", "use Bearer *** now"), ("X-Note", "it's 'sk-abc#d'", "it's '***"),
            ("X-Note", "(\"sk-abc\")", "(\"***\")"),
        ]
    )
    func values(name: String, value: String, shown: String) throws {
        #expect(Redaction.value(value, of: try #require(HTTPField.Name(name))) == shown)
    }

    @Test("fields keep their order, their names and their number")
    func fields() {
        let fields = HTTPFields(pairs: [("Host", "a"), ("api-key", "abc"), ("Accept", "*/*"), ("API-Key", "def")])
        let shown = Redaction.fields(fields).map { "\($0.name.rawName): \($0.value)" }
        #expect(shown == ["Host: a", "api-key: ***", "Accept: */*", "API-Key: ***"])
    }
}
