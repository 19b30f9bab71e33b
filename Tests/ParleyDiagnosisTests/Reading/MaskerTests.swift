// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyDiagnosis
import Testing

@Suite("Nothing recorded holds a secret")
struct MaskerTests {
    private static let secrets = [
        "sk-proj-0123456789abcdef", "hunter2hunter2", "cookie-value-1234", "azure9876543210key", "p4ssw0rd!x",
    ]

    private var question: Question {
        var question = Question(
            url: "wss://user:p4ssw0rd!x@voice.example/v1/realtime?model=m&api-key=azure9876543210key"
        )
        question.subprotocols = ["realtime", "openai-insecure-api-key.sk-proj-0123456789abcdef"]
        question.headers = [
            Header("Authorization", "Bearer hunter2hunter2"), Header("Cookie", "sid=cookie-value-1234; a=b"),
        ]
        question.proxy = "http://proxyuser:p4ssw0rd!x@10.0.0.1:3128"
        question.sendText = #"{"key":"hunter2hunter2"}"#
        question.errorText = "refused azure9876543210key"
        return question
    }

    @Test("The question as shown holds none of its secrets, and all else")
    func questions() {
        let shown = "\(question.masked)"
        for secret in Self.secrets { #expect(!shown.contains(secret), "\(secret)") }
        let masked = question.masked
        #expect(TargetAddress(masked.url).path == "/v1/realtime")
        #expect(TargetAddress(masked.url).host == "voice.example")
        #expect(masked.subprotocols == ["realtime", "openai-insecure-api-key.***"])
        #expect(masked.headers.first == Header("Authorization", "Bearer ***"))
        #expect(masked.proxy?.hasSuffix("@10.0.0.1:3128") == true)
    }

    @Test("What a server throws back is masked wherever it stands", arguments: MaskerTests.secrets)
    func echoes(secret: String) {
        let masker = Masker(question)
        #expect(!masker.bytes(Array("You sent \(secret), did you?".utf8)).text.contains(secret))
        #expect(!masker.bytes([0xFF, 0] + Array("x\(secret)".utf8) + [0xFE]).text.contains(secret))
        #expect(!masker.header(Header("X-Echo", secret)).value.contains(secret))
        #expect(!masker.header(Header("bad \(secret)", "")).name.contains(secret))
        #expect(!masker.header(Header("X-\(secret)", "")).name.contains(secret))
        #expect(!masker.target("/a/\(secret)?q=\(secret)").contains(secret))
    }

    @Test("The names of schemes are no secrets")
    func schemes() {
        let masker = Masker(question)
        #expect(masker.header(Header("WWW-Authenticate", "Bearer realm=x")).value == "Bearer ***")
        #expect(masker.text("a bearer-token and Basic") == "a bearer-token and Basic")
    }

    @Test("A secret across the end of what is kept leaves nothing behind")
    func atTheEnd() {
        let masker = Masker(question)
        let secret = Self.secrets[0]
        for start in (Masker.window - 40)...Masker.window {
            let bytes = Array((String(repeating: ".", count: start) + secret + "...").utf8)
            #expect(!masker.bytes(bytes).text.contains("sk-"))
        }
        // Many secrets shrink the text, and the end of the window moves into what is shown.
        let many = String(repeating: secret, count: 200)
        let text = masker.bytes(Array(many.utf8)).text
        #expect(!text.contains("sk-pro"))
    }

    @Test("Text is safe to print, and bytes that are none are told")
    func printing() {
        let masker = Masker()
        #expect(masker.bytes(Array("é\tok\r\n".utf8)) == Bytes(text: "é\tok\r\n", count: 7))
        #expect(masker.bytes([0x1B, 0x5B, 0x41, 0xC3, 0x28, 0x00]).text == "\\x1b[A\\xc3(\\x00")
        #expect(masker.bytes(Array("a\u{202E}b".utf8)).text == "a\\xe2\\x80\\xaeb")
    }

    @Test("No bytes can stop it", arguments: 0..<200)
    func randomBytes(seed: UInt64) {
        var random = Seeded(seed)
        let bytes = (0..<random.below(9000)).map { _ in UInt8(random.below(random.below(2) == 0 ? 256 : 128)) }
        let shown = Masker(question).bytes(bytes)
        #expect(shown.count == bytes.count)
        #expect(shown.text.utf8.count <= Bytes.kept)
        #expect(shown.text.unicodeScalars.allSatisfy { $0.value >= 32 || "\t\r\n".unicodeScalars.contains($0) })
    }
}
