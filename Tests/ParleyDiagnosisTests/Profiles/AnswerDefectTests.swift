// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyDiagnosis
import ParleyWebSocket
import Testing

@Suite("What is wrong with an answer") struct AnswerDefectTests {
    /// One change to a right answer, and what it breaks.
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let offered: [String]
        let extensions: String?
        let change: @Sendable (inout Exchange.Response) -> Void
        let defects: [AnswerDefect]

        init(
            _ description: String,
            _ defects: [AnswerDefect],
            offered: [String] = [],
            extensions: String? = nil,
            _ change: @escaping @Sendable (inout Exchange.Response) -> Void
        ) {
            testDescription = description
            self.defects = defects
            self.offered = offered
            self.extensions = extensions
            self.change = change
        }
    }

    static let head: [Case] = [
        Case("right", []) { _ in },
        Case("lower-case names and values", []) {
            $0.headers = $0.headers.map { Header($0.name.lowercased(), $0.value) }
            $0.set("upgrade", "WebSocket")
            $0.set("connection", "  upgrade ")
        },
        Case("Content-Length: 0", []) { $0.add("Content-Length", "0") },
        Case("HTTP/1.0", [.http10]) { $0.version = "1.0" },
        Case("LF", [.bareLF]) { $0.hasBareLF = true },
        Case("no reason", [.missingReason]) { $0.reason = "" },
        Case("no HTTP", [.malformedHead]) { $0.version = nil },
        Case("malformed name", [.malformedHead]) { $0.add("Not a name", "x") },
        Case("no Upgrade", [.missingUpgrade]) { $0.set("Upgrade", nil) },
        Case("Upgrade: h2c", [.otherUpgrade]) { $0.set("Upgrade", "h2c") },
        Case("no Connection", [.missingConnection]) { $0.set("Connection", nil) },
        Case("Connection: close", [.otherConnection]) { $0.set("Connection", "close") },
        Case("Connection: keep-alive, Upgrade", [.connectionList]) { $0.set("Connection", "keep-alive, Upgrade") },
        Case("no accept", [.missingAccept]) { $0.set("Sec-WebSocket-Accept", nil) },
        Case("wrong accept", [.wrongAccept]) { $0.set("Sec-WebSocket-Accept", "AAAAAAAAAAAAAAAAAAAAAAAAAAA=") },
        Case("accept in another case", [.acceptCase]) {
            $0.set("Sec-WebSocket-Accept", AcceptKey.value(for: sampleKey).lowercased())
        },
        Case("accept twice", [.repeatedAccept]) {
            $0.add("Sec-WebSocket-Accept", AcceptKey.value(for: sampleKey))
        },
        Case("a body", [.bodyAnnounced]) { $0.add("Content-Length", "12") },
        Case("chunks", [.chunked]) { $0.add("Transfer-Encoding", "chunked") },
    ]

    static let subprotocol: [Case] = [
        Case("first of three", [], offered: three) { $0.add("Sec-WebSocket-Protocol", "realtime") },
        Case("the key, masked on one side", [], offered: three) {
            $0.add("Sec-WebSocket-Protocol", "openai-insecure-api-key.***")
        },
        Case("none", [.subprotocolMissing], offered: three) { _ in },
        Case("not asked for", [.subprotocolUnoffered]) { $0.add("Sec-WebSocket-Protocol", "realtime") },
        Case("another", [.subprotocolOther], offered: three) { $0.add("Sec-WebSocket-Protocol", "chat") },
        Case("another case", [.subprotocolCase], offered: three) { $0.add("Sec-WebSocket-Protocol", "Realtime") },
        Case("copied back", [.subprotocolList], offered: three) {
            $0.add("Sec-WebSocket-Protocol", three.joined(separator: ", "))
        },
        Case("two lines", [.subprotocolRepeated], offered: three) {
            $0.add("Sec-WebSocket-Protocol", "realtime")
            $0.add("Sec-WebSocket-Protocol", "realtime")
        },
        Case("empty", [.subprotocolEmpty], offered: three) { $0.add("Sec-WebSocket-Protocol", "") },
        Case("quoted", [.subprotocolQuoted], offered: three) { $0.add("Sec-WebSocket-Protocol", "\"realtime\"") },
        Case("white space", [.subprotocolSpaces], offered: three) { $0.add("Sec-WebSocket-Protocol", " realtime\t") },
    ]

    static let offer = "permessage-deflate; client_max_window_bits"

    static let extensions: [Case] = [
        deflate("permessage-deflate", []),
        deflate("permessage-deflate; server_max_window_bits=8; server_no_context_takeover", []),
        deflate("permessage-deflate; client_max_window_bits=\"10\"", []),
        deflate("x-unknown", [.extensionUnoffered]),
        deflate("Permessage-Deflate", [.extensionUnoffered]),
        deflate("", [.extensionEmpty]),
        deflate("permessage-deflate; server_max_window_bits=16", [.extensionParameters]),
        deflate("permessage-deflate; server_max_window_bits", [.extensionParameters]),
        deflate("permessage-deflate; client_max_window_bits", [.extensionParameters]),
        deflate("permessage-deflate; foo=1", [.extensionParameters]),
        deflate(
            "permessage-deflate; server_no_context_takeover; server_no_context_takeover",
            [.extensionParameters]
        ),
        deflate("permessage-deflate; client_max_window_bits=8", [.smallClientWindow]),
        deflate("permessage-deflate, permessage-deflate", [.extensionRepeated]),
        deflate(
            "permessage-deflate; client_max_window_bits=10",
            [.extensionParameterUnoffered],
            offer: "permessage-deflate"
        ),
        deflate("permessage-deflate", [.extensionUnoffered, .deflateUnoffered], offer: nil),
        deflate(
            "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
            [.extensionUnoffered],
            offer: nil
        ),
    ]

    static func deflate(_ value: String, _ defects: [AnswerDefect], offer: String? = offer) -> Case {
        Case("\(offer ?? "nothing") → \(value)", defects, extensions: offer) {
            $0.add("Sec-WebSocket-Extensions", value)
        }
    }

    @Test("Each deviation of the head is found, and nothing else", arguments: head + subprotocol + extensions)
    func finds(_ one: Case) {
        let exchange = Exchange.upgraded(offering: one.offered, extensions: one.extensions, one.change)
        #expect(AnswerDefect.find(in: exchange) == one.defects)
    }

    @Test("A subprotocol set behind the library's back is not one that it offered")
    func handMade() {
        let exchange = Exchange.upgraded(offering: ["realtime"]) { $0.add("Sec-WebSocket-Protocol", "realtime") }
        #expect(AnswerDefect.find(in: exchange, offered: []) == [.subprotocolUnoffered])
    }

    @Test("A refusal is judged by its form only")
    func refusal() {
        let exchange = Exchange.upgraded {
            $0 = Exchange.Response(version: "1.0", status: 403, headers: [], hasBareLF: true)
        }
        #expect(AnswerDefect.find(in: exchange) == [.bareLF])
        #expect(AnswerDefect.find(in: Exchange(endpoint: exchange.endpoint)) == [])
    }

    @Test(
        "What the frames break is known by the codes of the frame reader",
        arguments: [
            (.maskedServerFrame, .maskedFrames), (.reservedBits, .reservedBits), (.reservedOpcode, .reservedOpcode),
            (.unexpectedContinuation, .strayContinuation), (.expectedContinuation, .strayContinuation),
            (.fragmentedControlFrame, .fragmentedControlFrame), (.oversizedControlFrame, .longControlFrame),
            (.negativeLength, .badLength), (.invalidUTF8, .invalidUTF8), (.truncatedCloseCode, .invalidCloseCode),
            (.invalidCloseCode, .invalidCloseCode), (.invalidCloseReason, .invalidCloseReason),
        ] as [(Violation, AnswerDefect)]
    )
    func frames(_ violation: Violation, _ defect: AnswerDefect) {
        var exchange = Exchange.upgraded()
        exchange.conversation = Conversation(violations: [violation.code])
        #expect(AnswerDefect.find(in: exchange) == [defect])
    }

    @Test("A mask, and compression that does not work, show in frames and answer together")
    func framesInContext() {
        var masked = Exchange.upgraded()
        masked.conversation = Conversation(received: [Conversation.Frame(opcode: 1, isMasked: true)])
        #expect(AnswerDefect.find(in: masked) == [.maskedFrames])
        var compressed = Exchange.upgraded(extensions: Self.offer) {
            $0.add("Sec-WebSocket-Extensions", "permessage-deflate")
        }
        compressed.conversation = Conversation(violations: [Violation.invalidUTF8.code])
        #expect(AnswerDefect.find(in: compressed) == [.invalidUTF8, .badCompression])
    }

    @Test("Readable text where frames should be is not taken for broken frames")
    func text() {
        var exchange = Exchange.upgraded { $0.add("Content-Length", "11") }
        exchange.conversation = Conversation(
            violations: [Violation.reservedBits.code],
            unreadable: Bytes(text: "Hello world", count: 11)
        )
        #expect(AnswerDefect.find(in: exchange) == [.bodyAnnounced, .textForFrames])
        exchange.conversation?.unreadable = Bytes(text: "\\xC1\\x05Hello", count: 7)
        #expect(AnswerDefect.find(in: exchange) == [.bodyAnnounced, .reservedBits])
    }
}
