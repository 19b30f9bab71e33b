// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

extension MirrorAnswer {
    /// A frame as it is told, right or wrong.
    ///
    /// - Parameters:
    ///   - first: The first byte: FIN, reserved bits, opcode.
    ///   - payload: Fewer than 65536 bytes.
    ///   - isMasked: Whether it is masked, which a server must not do.
    /// - Returns: The bytes of the frame.
    static func frame(_ first: UInt8, _ payload: [UInt8], isMasked: Bool = false) -> [UInt8] {
        let flag: UInt8 = isMasked ? 0x80 : 0
        let length =
            payload.count < 126
            ? [flag | UInt8(payload.count)] : [flag | 126, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)]
        let key: [UInt8] = [0x12, 0x34, 0x56, 0x78]
        guard isMasked else { return [first] + length + payload }
        return [first] + length + key + payload.enumerated().map { $1 ^ key[$0 & 3] }
    }

    private static let text = Array("parley".utf8)

    private static func sent(_ name: String, _ about: String, _ frames: [UInt8]...) -> MirrorAnswer {
        MirrorAnswer(name, about, [.head(head), .greet] + frames.map(Step.send) + [.converse])
    }

    private static func large(_ name: String, _ bytes: Int) -> MirrorAnswer {
        MirrorAnswer(name, "a text of \(bytes) bytes", then(.greet, .sendText(bytes: bytes)))
    }

    /// Frames behind a right 101.
    static let frames = [
        MirrorAnswer("silent-101", "a 101 and no first message", [.head(head), .converse]),
        sent("masked", "a masked text", frame(0x81, text, isMasked: true)),
        sent("utf8", "a text that is no UTF-8", frame(0x81, [0xC3, 0x28])),
        sent("rsv1", "RSV1 without an extension", frame(0xC1, text)),
        sent("rsv2", "RSV2", frame(0xA1, text)),
        sent("opcode-3", "an opcode that nobody defined", frame(0x83, text)),
        sent("continuation", "a continuation of nothing", frame(0x80, text)),
        sent("interleaved", "a text within a text", frame(0x01, text), frame(0x81, text)),
        sent("ping-126", "a ping of 126 bytes", frame(0x89, Array(repeating: 1, count: 126))),
        sent("ping-fragment", "a ping that is not final", frame(0x09, text)),
        sent("length-form", "a length in more bytes than it needs", [0x81, 126, 0, 6] + text),
        sent("http-for-frames", "HTTP in the place of frames", Array("HTTP/1.1 500 Oops\r\n\r\n".utf8)),
        sent(
            "fragments",
            "a text in three fragments with a ping between",
            frame(0x01, text),
            frame(0x89, []),
            frame(0x00, text),
            frame(0x80, text)
        ),
        sent("pong", "a pong that nobody asked for", frame(0x8A, text)),
        sent("binary", "JSON in a binary frame", frame(0x82, Array(#"{"type":"parley"}"#.utf8))),
        sent("not-json", "a text that is no JSON", frame(0x81, text)),
        sent("empty", "an empty text", frame(0x81, [])),
        large("large-70k", 70_000), large("large-1m", 1_100_000), large("large-5m", 5_000_000),
        large("large-17m", 17_000_000),
    ]

    private static func closed(_ name: String, _ about: String, _ payload: [UInt8]) -> MirrorAnswer {
        MirrorAnswer(name, about, then(.greet, .send(frame(0x88, payload))))
    }

    private static func code(_ code: Int, _ reason: String = "") -> [UInt8] {
        [UInt8(code >> 8), UInt8(code & 0xFF)] + Array(reason.utf8)
    }

    /// Close frames behind a right 101.
    static let closes =
        [1000, 1001, 1008, 1011, 1012, 1013, 3000, 4001]
        .map {
            closed("close-\($0)", "close \($0)", code($0, "parley"))
        }
        + [999, 1005, 1006, 1015, 1016, 2000, 5000]
        .map {
            closed("close-\($0)", "close \($0), which no frame may carry", code($0))
        } + [
            closed("close-empty", "a close without a code", []),
            closed("close-1-byte", "a close of one byte", [3]),
            closed("close-utf8", "a reason that is no UTF-8", code(1008) + [0xC3, 0x28]),
            closed("close-123", "a reason of 123 bytes", code(1008, String(repeating: "x", count: 123))),
            closed("close-124", "a reason of 124 bytes, one too many", code(1008, String(repeating: "x", count: 124))),
            MirrorAnswer(
                "close-fin",
                "close 1008, then FIN",
                [.head(head), .greet, .send(frame(0x88, code(1008))), .end]
            ),
            MirrorAnswer(
                "close-reset",
                "close 1008, then RST",
                [.head(head), .greet, .send(frame(0x88, code(1008))), .reset]
            ),
            MirrorAnswer(
                "close-open",
                "close 1008 and no end of TCP",
                [.head(head), .greet, .send(frame(0x88, code(1008))), .keepQuiet]
            ),
        ]

    /// When things come, and ends that come too soon.
    static let times = [
        MirrorAnswer("slow", "a right 101, byte by byte", [.slowHead(head), .greet, .converse]),
        MirrorAnswer("silent", "no answer at all", [.keepQuiet]),
        MirrorAnswer("half", "half a status line, then nothing", [.send(Array("HTTP/1.1 10".utf8)), .keepQuiet]),
        MirrorAnswer("fin", "FIN instead of an answer", [.end]),
        MirrorAnswer("reset", "RST instead of an answer", [.reset]),
        MirrorAnswer("fin-101", "a right 101, then FIN", [.head(head), .greet, .end]),
        MirrorAnswer("reset-101", "a right 101, then RST", [.head(head), .greet, .reset]),
        MirrorAnswer("banner", "the banner of another protocol", [.send(Array("SSH-2.0-parley\r\n".utf8)), .end]),
        MirrorAnswer("tls-alert", "the alert of a TLS server", [.send([0x15, 3, 1, 0, 2, 2, 70]), .end]),
        MirrorAnswer("no-pong", "pings are not answered", [.head(head), .greet, .keepQuiet]),
    ]
}
