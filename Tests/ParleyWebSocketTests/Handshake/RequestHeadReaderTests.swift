// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import NIOCore
import ParleyWebSocket
import Testing

@Suite("Reading the head of a request")
struct RequestHeadReaderTests {
    private static let upgrade =
        "GET /v1/realtime?model=m HTTP/1.1\r\nHost: localhost:8080\r\nUpgrade: websocket\r\n"
        + "Connection: keep-alive, Upgrade\r\nSec-WebSocket-Key:dGhlIHNhbXBsZSBub25jZQ==  \r\n"
        + "X-Empty:\r\nX-Text: \t caf\u{E9} \"a, b\"\r\nX-TEXT: again\r\n\r\n"

    /// What comes of bytes in pieces: the head and what is left, or the fault; `nil` while more is waited for.
    private func read(
        _ pieces: [ByteBuffer],
        _ limits: RequestHeadReader.Limits = .init()
    ) throws(RequestHeadFault) -> (head: RequestHead, rest: String, received: String)? {
        var reader = RequestHeadReader(limits: limits)
        for (index, piece) in pieces.enumerated() {
            guard let head = try reader.received(piece) else { continue }
            var rest = reader.rest
            for later in pieces[(index + 1)...] { rest.writeImmutableBuffer(later) }
            return (head, String(buffer: rest), String(buffer: reader.received))
        }
        return nil
    }

    private func read(
        _ text: String,
        _ limits: RequestHeadReader.Limits = .init()
    ) throws(RequestHeadFault) -> RequestHead? {
        try read([ByteBuffer(string: text)], limits)?.head
    }

    @Test("A head becomes its parts, names as they were sent and values without the space around them")
    func parts() throws {
        let head = try #require(try read(Self.upgrade))
        #expect(head.method == .get)
        #expect(head.target == "/v1/realtime?model=m")
        #expect(!head.isHTTP10)
        #expect(head.authority == "localhost:8080")
        let fields = head.fields.map { "\($0.name.rawName)|\($0.value)" }
        #expect(
            fields == [
                "Upgrade|websocket", "Connection|keep-alive, Upgrade", "Sec-WebSocket-Key|dGhlIHNhbXBsZSBub25jZQ==",
                "X-Empty|", "X-Text|caf\u{E9} \"a, b\"", "X-TEXT|again",
            ]
        )
    }

    @Test("Wherever the bytes are cut, the head is the same and nothing behind it is lost")
    func cuts() throws {
        let bytes = ByteBuffer(string: Self.upgrade + "frames")
        let whole = try #require(try read([bytes]))
        #expect(whole.rest == "frames")
        for cut in 0...bytes.readableBytes {
            var second = bytes
            let first = second.readSlice(length: cut) ?? ByteBuffer()
            let parts = try #require(try read([first, second]))
            #expect(parts.head == whole.head && parts.rest == "frames", "cut at \(cut)")
        }
        let single = bytes.readableBytesView.map { ByteBuffer(bytes: [$0]) }
        let slow = try #require(try read(single))
        #expect(slow.head == whole.head && slow.rest == "frames" && slow.received == Self.upgrade)
    }

    @Test("Every beginning of a head is waited for")
    func beginnings() throws {
        let bytes = ByteBuffer(string: Self.upgrade)
        for length in 0..<bytes.readableBytes {
            let beginning = try #require(bytes.getSlice(at: 0, length: length))
            #expect(try read([beginning]) == nil, "of \(length) bytes")
        }
    }

    @Test("Two Hosts are both kept, so that whoever decides can see them")
    func hosts() throws {
        let head = try #require(try read("GET / HTTP/1.1\r\nHost: a\r\nhOST: b\r\n\r\n"))
        #expect(head.authority == "a")
        #expect(head.fields.map(\.value) == ["b"])
    }

    @Test(
        "What RFC 9112 allows is taken",
        arguments: [
            "GET / HTTP/1.1\r\n\r\n", "\r\n\r\nGET / HTTP/1.1\r\n\r\n", "OPTIONS * HTTP/1.0\r\nA: b\r\n\r\n",
            "GET http://h/x HTTP/1.9\r\nA:\r\n\r\n", "M-SEARCH /\u{FC} HTTP/1.1\r\nA: \tb\t c \r\n\r\n",
            "CONNECT h:1 HTTP/1.1\r\n!#$%&'*+-.^_`|~09azAZ: x\r\n\r\n",
        ]
    )
    func allowed(text: String) throws {
        #expect(try read(text) != nil)
    }

    private static let refused: [(String, RequestHeadFault)] = [
        ("GET  / HTTP/1.1\r\n", .requestLineMalformed), (" GET / HTTP/1.1\r\n", .requestLineMalformed),
        ("GET /\r\n", .requestLineMalformed), ("GET\r\n", .requestLineMalformed),
        ("GET / HTTP/1.1 \r\n", .requestLineMalformed), ("GET / http/1.1\r\n", .requestLineMalformed),
        ("GET / HTTP/1\r\n", .requestLineMalformed), ("GET / HTTP/1.10\r\n", .requestLineMalformed),
        ("GET / HTTP/a.1\r\n", .requestLineMalformed), ("GET / x HTTP/1.1\r\n", .requestLineMalformed),
        ("GET /\t HTTP/1.1\r\n", .requestLineMalformed), ("GET /\0 HTTP/1.1\r\n", .requestLineMalformed),
        ("GET /\r HTTP/1.1\r\n", .requestLineMalformed), ("GET\t/ HTTP/1.1\r\n", .requestLineMalformed),
        ("G@T / HTTP/1.1\r\n", .requestLineMalformed), ("\u{16}\u{3}\u{1}", .requestLineMalformed),
        ("\r \n", .requestLineMalformed), ("\rGET / HTTP/1.1\r\n", .requestLineMalformed),
        (String(repeating: "A", count: 40), .requestLineMalformed),
        (String(repeating: "A", count: 40) + " / HTTP/1.1\r\n", .requestLineMalformed),
        ("PRI * HTTP/2.0\r\n", .versionUnsupported), ("GET / HTTP/0.9\r\n", .versionUnsupported),
        ("GET / HTTP/1.1\n", .lineEndingMalformed), ("\n", .lineEndingMalformed),
        ("GET / HTTP/1.1\r\nA: b\n", .lineEndingMalformed), ("GET / HTTP/1.1\r\n\n", .lineEndingMalformed),
        ("GET / HTTP/1.1\r\nA: b\rC: d\r\n", .lineEndingMalformed),
        ("GET / HTTP/1.1\r\nA: b\r\r\n", .lineEndingMalformed),
        ("GET / HTTP/1.1\r\nA : b\r\n", .fieldNameMalformed), ("GET / HTTP/1.1\r\nA\t: b\r\n", .fieldNameMalformed),
        ("GET / HTTP/1.1\r\n: b\r\n", .fieldNameMalformed), ("GET / HTTP/1.1\r\nA\r\n", .fieldNameMalformed),
        ("GET / HTTP/1.1\r\nA b: c\r\n", .fieldNameMalformed), ("GET / HTTP/1.1\r\nA\0: c\r\n", .fieldNameMalformed),
        ("GET / HTTP/1.1\r\nH\u{F6}st: c\r\n", .fieldNameMalformed),
        ("GET / HTTP/1.1\r\n\rA: c\r\n", .fieldNameMalformed),
        ("GET / HTTP/1.1\r\nA: b\0c\r\n", .fieldValueMalformed),
        ("GET / HTTP/1.1\r\nA: \u{1B}[1m\r\n", .fieldValueMalformed),
        ("GET / HTTP/1.1\r\nA: \u{7F}\r\n", .fieldValueMalformed),
        ("GET / HTTP/1.1\r\nA: b\r\n c\r\n", .fieldFolded), ("GET / HTTP/1.1\r\n\tA: b\r\n", .fieldFolded),
    ]

    @Test(
        "A request line that is wrong in two ways has the fault that comes first, however it is cut",
        arguments: [
            ("G@T / HTTP/0.1\r\n", .requestLineMalformed),
            ("G@T /aaaaaaaaaaaaaaaa HTTP/1.1\r\n", .requestLineMalformed),
            ("GET /aaaaaaaaaaaaaaaa\u{16} HTTP/1.1\r\n", .requestLineTooLong),
            ("GET /aaaaaaaaaaaaaaaa HTTP/1.1\n", .requestLineTooLong),
            ("AAAAAAAAAAAAAAAAAAAAA@ / HTTP/1.1\r\n", .requestLineTooLong),
            ("AAAAAAAAAAAAAAAAAAAA@ / HTTP/1.1\r\n", .requestLineMalformed),
            ("GET /\u{16} HTTP/1.1\r\n", .requestLineMalformed), ("GET / HTTP/1.1aaaaaa\n", .lineEndingMalformed),
        ] as [(String, RequestHeadFault)]
    )
    func wrongTwice(text: String, fault: RequestHeadFault) {
        let limits = RequestHeadReader.Limits(requestLine: 20)
        #expect(throws: fault) { try read(text, limits) }
        let bytes = ByteBuffer(string: text).readableBytesView.map { ByteBuffer(bytes: [$0]) }
        #expect(throws: fault) { try read(bytes, limits) }
    }

    @Test("What could be read in two ways is refused as soon as its line has ended", arguments: refused)
    func faults(text: String, fault: RequestHeadFault) {
        #expect(throws: fault) { try read(text) }
        #expect(throws: fault) { try read(ByteBuffer(string: text).readableBytesView.map { ByteBuffer(bytes: [$0]) }) }
    }

    @Test("A head may be as large as the limit, and not a byte larger")
    func bytesLimit() throws {
        let size = ByteBuffer(string: Self.upgrade).readableBytes
        #expect(try read(Self.upgrade, .init(bytes: size)) != nil)
        #expect(throws: RequestHeadFault.headTooLarge) { try read(Self.upgrade, .init(bytes: size - 1)) }
        let endless = String(repeating: "\r\n", count: 100)
        #expect(throws: RequestHeadFault.headTooLarge) { try read(endless, .init(bytes: 200)) }
    }

    @Test("Bytes behind the head do not count")
    func bytesBehind() throws {
        let limits = RequestHeadReader.Limits(bytes: 30)
        let text = "GET / HTTP/1.1\r\n\r\n" + String(repeating: "x", count: 100)
        #expect(try read(text, limits) != nil)
    }

    @Test("As many fields as the limit, and not one more")
    func fieldsLimit() throws {
        let text = "GET / HTTP/1.1\r\nHost: h\r\nA: b\r\nA: b\r\n\r\n"
        #expect(try read(text, .init(fields: 3)) != nil)
        #expect(throws: RequestHeadFault.tooManyFields) { try read(text, .init(fields: 2)) }
    }

    @Test("A request line as long as the limit, and not a byte longer, whether it ends or not")
    func requestLineLimit() throws {
        let line = "GET /abc HTTP/1.1"
        let limits = RequestHeadReader.Limits(requestLine: line.utf8.count)
        #expect(try read(line + "\r\n\r\n", limits) != nil)
        #expect(try read(line + "\r", limits) == nil)
        for text in ["GET /abcd HTTP/1.1\r\n\r\n", "GET /" + String(repeating: "a", count: 20)] {
            #expect(throws: RequestHeadFault.requestLineTooLong) { try read(text, limits) }
        }
    }

    @Test("Every fault has a status of its own kind, a name and words", arguments: RequestHeadFault.allCases)
    func rows(fault: RequestHeadFault) {
        let expected: HTTPResponse.Status =
            switch fault {
            case .timedOut: .requestTimeout
            case .headTooLarge, .tooManyFields: .requestHeaderFieldsTooLarge
            case .requestLineTooLong: .uriTooLong
            case .versionUnsupported: .httpVersionNotSupported
            default: .badRequest
            }
        #expect(fault.row.status == expected)
        #expect(fault.row.sentence.hasSuffix(".") && fault.row.advice.hasSuffix("."))
    }

    @Test("Text out of bytes is what the safe decoding gives")
    func text() throws {
        var bytes: [UInt8] = Array("GET /".utf8)
        bytes += [0xC3, 0xA9, 0xFF, 0xC3]
        bytes += Array(" HTTP/1.1\r\n\r\n".utf8)
        let head = try #require(try read([ByteBuffer(bytes: bytes)])?.head)
        #expect(head.target == "/é" + String(decoding: [0xFF, 0xC3] as [UInt8], as: UTF8.self))
    }
}
