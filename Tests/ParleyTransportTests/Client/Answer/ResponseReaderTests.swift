// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import NIOCore
import Testing

@testable import ParleyTransport

@Suite("Reading an answer")
struct ResponseReaderTests {
    private static func reader(maxHeadBytes: Int = 1024, maxBodyBytes: Int = 1024) -> ResponseReader {
        ResponseReader(maxHeadBytes: maxHeadBytes, maxBodyBytes: maxBodyBytes) { $0 == 101 }
    }

    /// Reads `text` cut into pieces of `size` bytes.
    private static func read(_ text: String, piecesOf size: Int = .max) throws(ConnectFailure.Cause) -> Answer? {
        var reader = reader()
        var rest = ByteBuffer(string: text)
        while rest.readableBytes > 0 {
            guard let piece = rest.readSlice(length: min(size, rest.readableBytes)) else { break }
            if var answer = try reader.received(piece) {
                answer.rest.writeBuffer(&rest)
                return answer
            }
        }
        return reader.inputEnded()
    }

    private static let switching = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nX-A:\t b \r\n\r\n"

    @Test("A 101 is complete with its empty line, and what follows is kept", arguments: 1...12)
    func switchAnswer(piecesOf size: Int) throws {
        let answer = try #require(try Self.read(Self.switching + "\u{1}frames", piecesOf: size))
        #expect(answer.head.status == 101)
        #expect(answer.head.reason == "Switching Protocols")
        #expect(answer.head.fields[.upgrade] == "websocket")
        #expect(answer.head.fields.map(\.value) == ["websocket", "b"])
        #expect(answer.head.raw == Array(Self.switching.utf8))
        #expect(!answer.head.isHTTP10)
        #expect(String(buffer: answer.rest) == "\u{1}frames")
        #expect(answer.body == [])
    }

    @Test("Answers with 1xx before the real one are kept apart", arguments: 1...12)
    func interim(piecesOf size: Int) throws {
        let early = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
        let go = "HTTP/1.1 100 Continue\r\n\r\n"
        let answer = try #require(try Self.read(early + go + Self.switching, piecesOf: size))
        #expect(answer.interim.map(\.status) == [103, 100])
        #expect(answer.interim.map(\.raw) == [Array(early.utf8), Array(go.utf8)])
        #expect(answer.head.status == 101)
    }

    @Test(
        "The forms a status line may have",
        arguments: [
            ("HTTP/1.1 101 Switching Protocols", 101, "Switching Protocols", false),
            ("HTTP/1.1 101 ", 101, "", false),
            ("HTTP/1.1 101", 101, "", false),
            ("HTTP/1.0 101 Yes", 101, "Yes", true),
            ("HTTP/1.1 204  two spaces", 204, " two spaces", false),
        ]
    )
    func statusLine(_ line: String, status: Int, reason: String, isHTTP10: Bool) throws {
        let head = try #require(try Self.read(line + "\r\n\r\n")).head
        #expect(head.status == status)
        #expect(head.reason == reason)
        #expect(head.isHTTP10 == isHTTP10)
        #expect(head.fields.isEmpty)
    }

    @Test("Lines may end with a bare line feed", arguments: 1...6)
    func bareLineFeeds(piecesOf size: Int) throws {
        let answer = try #require(try Self.read("HTTP/1.1 101 X\nUpgrade: websocket\n\nrest", piecesOf: size))
        #expect(answer.head.fields[.upgrade] == "websocket")
        #expect(String(buffer: answer.rest) == "rest")
    }

    @Test(
        "A line that is not HTTP/1.1 is named",
        arguments: [
            ("HTTP/1.1 1x1 X", "HTTP/1.1 1x1 X"),
            ("HTTP/1.1 099 X", "HTTP/1.1 099 X"),
            ("HTTP/1.1 1010 X", "HTTP/1.1 1010 X"),
            ("HTTP/1.1101 X", "HTTP/1.1101 X"),
            ("HTTP/1.1\t101 X", "HTTP/1.1\t101 X"),
            ("HTTP/1.1 101 X\r\nno colon", "no colon"),
            ("HTTP/1.1 101 X\r\nname : value", "name : value"),
            ("HTTP/1.1 101 X\r\na: b\r\n folded", " folded"),
            ("HTTP/1.1 101 X\r\n: value", ": value"),
            ("HTTP/1.1 101 X\r\na: b\u{0}c", "a: b\u{0}c"),
            ("HTTP/1.1 101 X\r\na: b\rc", "a: b\rc"),
        ]
    )
    func malformed(_ head: String, line: String) throws {
        let error = #expect(throws: ConnectFailure.Cause.self) { try Self.read(head + "\r\n\r\n") }
        guard case .headMalformed(let found)? = error else { return #expect(error == .headMalformed(line)) }
        #expect(found.filter { $0 != "\r" } == line.filter { $0 != "\r" })
    }

    @Test(
        "What does not begin as HTTP is known at the first byte that differs",
        arguments: [
            [0x15, 3, 1], Array("SSH-2.0-x".utf8), Array("h".utf8), Array("HTTP/2".utf8), Array("HTTP/1.x".utf8),
            Array("HTTQ".utf8), [0],
        ] as [[UInt8]]
    )
    func notHTTP(_ bytes: [UInt8]) {
        var reader = Self.reader()
        #expect(throws: ConnectFailure.Cause.notHTTP(bytes)) { try reader.received(ByteBuffer(bytes: bytes)) }
    }

    @Test("Of a flood that is no HTTP only the beginning is kept")
    func notHTTPIsBounded() {
        var reader = Self.reader()
        let flood = [UInt8](repeating: 7, count: 10_000)
        #expect(throws: ConnectFailure.Cause.notHTTP(Array(flood.prefix(512)))) {
            try reader.received(ByteBuffer(bytes: flood))
        }
    }

    @Test("A beginning of HTTP is waited for and shown as pending")
    func pending() throws {
        var reader = Self.reader()
        #expect(try reader.received(ByteBuffer(string: "HTT")) == nil)
        #expect(try reader.received(ByteBuffer(string: "P/1.1 10")) == nil)
        #expect(reader.pending == Array("HTTP/1.1 10".utf8))
        #expect(reader.inputEnded() == nil)
    }

    @Test("A head may have as many bytes as allowed and not one more", arguments: [1, 7, .max])
    func headLimit(piecesOf size: Int) throws {
        let start = "HTTP/1.1 101 X\r\nA: "
        let fits = start + String(repeating: "x", count: 1024 - start.utf8.count - 4) + "\r\n\r\n"
        #expect(try Self.read(fits, piecesOf: size)?.head.raw.count == 1024)
        #expect(throws: ConnectFailure.Cause.headTooLarge(limit: 1024)) {
            try Self.read(start + "x" + fits.dropFirst(start.count), piecesOf: size)
        }
    }

    @Test("Endless 1xx answers count together")
    func interimLimit() {
        let flood = String(repeating: "HTTP/1.1 103 Early Hints\r\n\r\n", count: 40)
        #expect(throws: ConnectFailure.Cause.headTooLarge(limit: 1024)) { try Self.read(flood) }
    }

    @Test("A line that never ends is given up at the limit")
    func endlessLine() throws {
        var reader = Self.reader(maxHeadBytes: 20)
        #expect(try reader.received(ByteBuffer(string: "HTTP/1.1 200 aaaaaaa")) == nil)
        #expect(throws: ConnectFailure.Cause.headTooLarge(limit: 20)) {
            try reader.received(ByteBuffer(string: "a"))
        }
    }

    struct Body: Sendable, CustomTestStringConvertible {
        let name: String
        let fields: String
        let bytes: String
        let body: String
        var status = 400

        var testDescription: String { name }
    }

    static let bodies = [
        Body(name: "length", fields: "Content-Length: 4\r\n", bytes: "bodynext", body: "body"),
        Body(name: "no body by length", fields: "Content-Length: 0\r\n", bytes: "x", body: ""),
        Body(name: "until the end", fields: "", bytes: "all there is", body: "all there is"),
        Body(name: "length cut short", fields: "Content-Length: 9\r\n", bytes: "body", body: "body"),
        Body(name: "length that is none", fields: "Content-Length: -4\r\n", bytes: "body", body: "body"),
        Body(
            name: "chunks",
            fields: "Transfer-Encoding: chunked\r\n",
            bytes: "4\r\nbody\r\nA;x=y\r\n0123456789\r\n0\r\n\r\nnext",
            body: "body0123456789"
        ),
        Body(
            name: "chunks before length",
            fields: "Content-Length: 1\r\nTransfer-Encoding: gzip, Chunked\r\n",
            bytes: "2\r\nab\r\n0\r\n",
            body: "ab"
        ),
        Body(name: "chunks cut short", fields: "Transfer-Encoding: chunked\r\n", bytes: "8\r\nbo", body: "bo"),
        Body(name: "no chunk", fields: "Transfer-Encoding: chunked\r\n", bytes: "zz\r\nbody", body: ""),
        Body(name: "huge chunk", fields: "Transfer-Encoding: chunked\r\n", bytes: "FFFFFFFFFFFF\r\nb", body: ""),
        Body(name: "204", fields: "", bytes: "x", body: "", status: 204),
        Body(name: "304", fields: "Content-Length: 1\r\n", bytes: "x", body: "", status: 304),
    ]

    @Test("A refusal's body is read as HTTP frames it", arguments: bodies)
    func body(_ sample: Body) throws {
        let text = "HTTP/1.1 \(sample.status) No\r\n\(sample.fields)\r\n\(sample.bytes)"
        for size in [1, 2, 3, 5, .max] {
            let answer = try #require(try Self.read(text, piecesOf: size))
            #expect(String(decoding: answer.body, as: UTF8.self) == sample.body)
            #expect(answer.head.status == sample.status)
        }
    }

    @Test("A long body ends at the limit", arguments: ["", "Content-Length: 99\r\n", "Transfer-Encoding: chunked\r\n"])
    func bodyLimit(_ fields: String) throws {
        var reader = Self.reader(maxBodyBytes: 5)
        let start = fields.hasPrefix("T") ? "63\r\n" : ""
        let answer = try reader.received(ByteBuffer(string: "HTTP/1.1 500 X\r\n\(fields)\r\n\(start)0123456789"))
        #expect(answer?.body == Array("01234".utf8))
    }

    @Test("A line with a chunk's size that never ends is given up")
    func endlessChunkSize() throws {
        var reader = Self.reader()
        let head = "HTTP/1.1 500 X\r\nTransfer-Encoding: chunked\r\n\r\n"
        let answer = try reader.received(ByteBuffer(string: head + String(repeating: "0", count: 2000)))
        #expect(answer?.body == [])
    }

    @Test("The answer is given once")
    func once() throws {
        var reader = Self.reader()
        #expect(try reader.received(ByteBuffer(string: Self.switching)) != nil)
        #expect(try reader.received(ByteBuffer(string: Self.switching)) == nil)
        #expect(reader.inputEnded() == nil)
    }
}
