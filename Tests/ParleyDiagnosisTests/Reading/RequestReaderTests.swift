// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyDiagnosis
import Testing

@Suite("Requests are read as clients send them")
struct RequestReaderTests {
    private static let text =
        "GET /v1/realtime?api-key=sk-abcdef0123456789 HTTP/1.1\r\nhost: x\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\nmore"

    @Test("Wherever it is cut, spelling and order stay, and keys do not show")
    func cuts() throws {
        let bytes = Array(Self.text.utf8)
        for cut in 0...bytes.count {
            var reader = RequestReader()
            var rest = reader.received(bytes[..<cut])
            rest += reader.received(bytes[cut...])
            #expect(reader.state == .request)
            #expect(rest == Array("more".utf8))
            #expect(reader.keyIsValid == true)
            let request = try #require(reader.request(Masker()))
            #expect(request.target == "/v1/realtime?api-key=***")
            #expect(request.version == "1.1")
            #expect(request.headers.map(\.name) == ["host", "sec-websocket-key"])
        }
    }

    @Test("A TLS hello and other protocols are told")
    func others() {
        var hello = RequestReader()
        for byte: UInt8 in [0x16, 0x03, 0x01, 0x02] { _ = hello.received([byte]) }
        #expect(hello.state == .tlsHello)
        #expect(hello.notHTTP(Masker()) == Bytes(text: "\\x16\\x03\\x01\\x02", count: 4))
        var other = RequestReader()
        _ = other.received(Array("\u{0}\u{1}hello".utf8))
        #expect(other.state == .notHTTP)
        var words = RequestReader()
        _ = words.received(Array("HELO mail.example.test and more\r\n\r\n".utf8))
        #expect(words.state == .notHTTP)
    }

    @Test(
        "A request of HTTP/1.0 and one without a version are requests",
        arguments: [("GET / HTTP/1.0\r\n\r\n", "1.0"), ("GET /\n\n", "0.9")]
    )
    func versions(text: String, version: String) {
        var reader = RequestReader()
        _ = reader.received(Array(text.utf8))
        #expect(reader.plainRequest?.version == version)
        #expect(reader.keyIsValid == nil)
    }

    @Test("No bytes can stop it", arguments: 0..<100)
    func randomBytes(seed: UInt64) {
        var random = Seeded(seed)
        let letters = Array("GET / HTTP/1.1\r\n\r\n: \u{16}\u{3}".utf8)
        let bytes = (0..<random.below(200))
            .map { _ in
                random.below(5) == 0 ? UInt8(random.below(256)) : letters[random.below(letters.count)]
            }
        var whole = RequestReader()
        var pieces = RequestReader()
        let behind = whole.received(bytes)
        let pieced = bytes.flatMap { pieces.received([$0]) }
        #expect(whole.state == pieces.state)
        #expect(behind == pieced)
        #expect(whole.notHTTP(Masker()) == pieces.notHTTP(Masker()))
    }
}
