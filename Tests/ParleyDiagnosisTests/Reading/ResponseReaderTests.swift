// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyDiagnosis
import Testing

@Suite("Answers are read whatever they look like")
struct ResponseReaderTests {
    /// The answer in pieces: cut at one place, or byte by byte.
    private func read(_ text: String, cutAt cut: Int? = nil) -> (ResponseReader, rest: [UInt8]) {
        let bytes = Array(text.utf8)
        var reader = ResponseReader()
        var rest: [UInt8] = []
        if let cut {
            rest += reader.received(bytes[..<cut], atMS: 5)
            rest += reader.received(bytes[cut...], atMS: 7)
        } else {
            for byte in bytes { rest += reader.received([byte], atMS: 5) }
        }
        return (reader, rest)
    }

    @Test("A 101 is told from the frames behind it, wherever it is cut")
    func switching() throws {
        let text = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nX-A:  two\r\n\r\n\u{1}frames"
        for cut in [nil] + (0...text.utf8.count).map(Optional.some) {
            let (reader, rest) = read(text, cutAt: cut)
            #expect(reader.state == .switched)
            #expect(rest == Array("\u{1}frames".utf8))
            let response = try #require(reader.response(Masker()))
            #expect(response.version == "1.1")
            #expect(response.status == 101)
            #expect(response.reason == "Switching Protocols")
            #expect(response.headers == [Header("Upgrade", "websocket"), Header("X-A", " two")])
            #expect(!response.hasBareLF)
        }
    }

    @Test("Bare LF, folded lines and lines without a colon are kept as found")
    func malformed() throws {
        let (reader, _) = read("HTTP/1.1 400\nA: 1\n folded: x\nno colon\nB : 2\n\nbody")
        let response = try #require(reader.response(Masker()))
        #expect(response.hasBareLF)
        #expect(response.status == 400)
        #expect(response.reason == "")
        #expect(
            response.headers == [Header("A", "1"), Header(" folded: x", ""), Header("no colon", ""), Header("B ", "2")]
        )
        #expect(response.body == Bytes(text: "body", count: 4))
    }

    @Test("Any version of HTTP is taken", arguments: ["0.9", "1.0", "1.1", "2", "2.0", "9.9"])
    func versions(version: String) {
        let (reader, _) = read("HTTP/\(version) 426 No\r\n\r\n")
        #expect(reader.response(Masker())?.version == version)
        #expect(reader.statusCode == 426)
    }

    @Test(
        "What is no HTTP is told with its first bytes",
        arguments: [
            "SSH-2.0-OpenSSH_9.2\r\n", "-ERR unknown\r\n", "<html>", "HTTP/1.1 abc no\r\n\r\n", "HTTPS", "\u{16}\u{3}",
        ]
    )
    func noHTTP(text: String) throws {
        for cut in 0...text.utf8.count {
            let (reader, rest) = read(text, cutAt: cut)
            #expect(reader.state == .notHTTP)
            #expect(rest.isEmpty)
            let response = try #require(reader.response(Masker()))
            #expect(response.version == nil)
            #expect(response.body.count == text.utf8.count)
        }
    }

    @Test("Interim answers are passed over")
    func interim() {
        let text = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 404 No\r\n\r\n"
        for cut in 0...text.utf8.count {
            let (reader, _) = read(text, cutAt: cut)
            #expect(reader.statusCode == 404)
            #expect(reader.fields.isEmpty)
        }
    }

    @Test(
        "The end of a body is found by its length or its last chunk",
        arguments: [
            ("HTTP/1.1 404 No\r\nContent-Length: 4\r\n\r\nbody", true),
            ("HTTP/1.1 404 No\r\nContent-Length: 5\r\n\r\nbody", false),
            ("HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n", true),
            ("HTTP/1.1 204 None\r\n\r\n", true),
            ("HTTP/1.1 404 No\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n", true),
            ("HTTP/1.1 404 No\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", true),
            ("HTTP/1.1 404 No\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n", false),
            ("HTTP/1.1 404 No\r\n\r\nbody", false),
        ] as [(String, Bool)]
    )
    func bodies(text: String, isComplete: Bool) {
        for cut in 0...text.utf8.count {
            let (reader, _) = read(text, cutAt: cut)
            #expect(reader.state == (isComplete ? .complete : .body))
        }
    }

    @Test("A head without an end is shown as it is, and nothing when nothing came")
    func unfinished() {
        let (reader, _) = read("HTTP/1.1 101 Switching\r\nUpgr")
        #expect(reader.state == .head)
        #expect(reader.response(Masker())?.body.text == "HTTP/1.1 101 Switching\r\nUpgr")
        #expect(ResponseReader().response(Masker()) == nil)
    }

    @Test("Only the beginning of what is long is kept, and its size told")
    func long() throws {
        var reader = ResponseReader()
        _ = reader.received(Array("HTTP/1.1 200 OK\r\n\r\n".utf8), atMS: 0)
        for _ in 0..<1000 { _ = reader.received([UInt8](repeating: 0x61, count: 1000), atMS: 1) }
        let body = try #require(reader.response(Masker())).body
        #expect(body.count == 1_000_000)
        #expect(body.text == String(repeating: "a", count: Bytes.kept))
        #expect(reader.bodyBytes.count == Masker.window)
    }

    @Test("No bytes can stop it, and how they are cut makes no difference", arguments: 0..<200)
    func randomBytes(seed: UInt64) {
        var random = Seeded(seed)
        let beginnings = ["", "HTTP/1.1 ", "HTTP/1.1 101 x\r\n", "HTTP/1.1 200 OK\n", "\r\n\r\n", "HTTP/1.1 100 a\n\n"]
        var bytes = Array(beginnings[random.below(beginnings.count)].utf8)
        let letters = Array("\r\n\r\n: HTTP/1.1 101 0123456789chunked\u{0}\u{7F}".utf8)
        for _ in 0..<random.below(300) {
            bytes.append(random.below(4) == 0 ? UInt8(random.below(256)) : letters[random.below(letters.count)])
        }
        var whole = ResponseReader()
        var pieces = ResponseReader()
        var behind = [whole.received(bytes, atMS: 1), []]
        var position = 0
        while position < bytes.count {
            let end = min(bytes.count, position + 1 + random.below(9))
            behind[1] += pieces.received(bytes[position..<end], atMS: 1)
            position = end
        }
        #expect(whole.state == pieces.state)
        #expect(behind[0] == behind[1])
        #expect(whole.response(Masker()) == pieces.response(Masker()))
    }

    @Test("Empty lines without end cost no more than others")
    func emptyLines() {
        var reader = ResponseReader()
        _ = reader.received([UInt8](repeating: 10, count: 200_000), atMS: 0)
        #expect(reader.statusCode == nil)
    }
}
