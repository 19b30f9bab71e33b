// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyTestPeers

extension Misbehaviour {
    /// Frames behind a right 101 (RFC 6455 sections 5 and 8.1).
    static let frames: [Misbehaviour] = [
        then("a session in the segment of the 101", .session, together: true, RawPeer.session),
        then("a ping before the session", .session, RawPeer.bytes(0x89, Array("rig".utf8)), RawPeer.session),
        then("a pong nobody asked for", .session, RawPeer.bytes(0x8A, Array("rig".utf8)), RawPeer.session),
        then(
            "a session in three fragments with a ping between",
            .session,
            RawPeer.bytes(0x01, Array(#"{"type":"#.utf8)),
            RawPeer.bytes(0x89, [7]),
            RawPeer.bytes(0x00, Array(#""session"#.utf8)),
            RawPeer.bytes(0x80, Array(#".created"}"#.utf8))
        ),
        then("a session without a session object", .session, RawPeer.text(#"{"type":"session.created"}"#)),
        then("an event that nobody knows before it", .session, RawPeer.text(#"{"type":"x"}"#), RawPeer.session),
        then("what is no event before the session", .session, RawPeer.text("hello"), RawPeer.session),
        then(
            "a masked frame",
            .ended(1002, "code-masked-server", isOurs: true, reason: "a frame from a server must not be masked"),
            [0x81, 0x82, 1, 2, 3, 4, UInt8(ascii: "{") ^ 1, UInt8(ascii: "}") ^ 2]
        ),
        then(
            "text that is not UTF-8",
            .ended(1007, "code-bad-utf8", isOurs: true, reason: "a text message is not valid UTF-8"),
            RawPeer.bytes(0x81, [0x22, 0xC3, 0x28, 0xFF, 0x22])
        ),
        then(
            "a reserved bit",
            .ended(1002, "code-rsv", isOurs: true, reason: "a reserved bit is set and no extension gives it a meaning"),
            RawPeer.bytes(0xC1, Array("{}".utf8))
        ),
        then(
            "a reserved opcode",
            .ended(1002, "code-bad-frame", isOurs: true, reason: "the opcode is reserved"),
            RawPeer.bytes(0x83, Array("{}".utf8))
        ),
        then(
            "a continuation of nothing",
            .ended(
                1002,
                "code-bad-frame",
                isOurs: true,
                reason: "a continuation frame came although no message is in progress"
            ),
            RawPeer.bytes(0x80, Array("{}".utf8))
        ),
        then(
            "a ping of 126 bytes",
            .ended(
                1002,
                "code-bad-frame",
                isOurs: true,
                reason: "a control frame must not carry more than 125 bytes"
            ),
            RawPeer.bytes(0x89, [UInt8](repeating: 1, count: 126))
        ),
        instead(
            "the session in a binary message",
            .notUnderstood("code-binary-vs-text", saying: "a binary message of"),
            RawPeer.bytes(0x82, Array(#"{"type":"session.created"}"#.utf8))
        ),
        instead("text that is not JSON", .notUnderstood(nil, saying: "JSON"), RawPeer.text("hello")),
        instead("an empty text", .notUnderstood(nil, saying: "JSON"), RawPeer.text("")),
        long(70_000, .session),
        long(1_153_434, .session),
        long(4_404_019, .session),
        long(
            17_825_792,
            .ended(1009, nil, isOurs: true, reason: "a frame is longer than this endpoint takes")
        ),
    ]

    /// An event of so many bytes before the session.
    private static func long(_ count: Int, _ outcome: Outcome) -> Misbehaviour {
        let event = #"{"type":"x","d":""# + String(repeating: "a", count: count - 19) + #""}"#
        return then("an event of \(count) bytes", outcome, RawPeer.text(event), RawPeer.session)
    }

    /// In place of a session, of which there is none.
    private static func instead(_ what: String, _ outcome: Outcome, _ bytes: [UInt8]) -> Misbehaviour {
        then(what, outcome, bytes, frame(1000))
    }

    /// Close frames in place of a session (RFC 6455 sections 5.5.1 and 7.4).
    static let closes: [Misbehaviour] =
        [
            close(1000, "bye", nil), close(1001, "", nil), close(1008, "invalid_api_key", nil),
            close(1011, "boom", "code-close-1011"), close(1012, "restart", nil), close(1013, "try later", nil),
            close(3000, "invalid_request_error.missing_model", "srv-auth-in-band"), close(4001, "expired", nil),
            close(1008, String(repeating: "r", count: 123), nil),
        ]
        + [999, 1004, 1005, 1006, 1015, 1016, 2000, 2999, 5000]
        .map { code in
            then(
                "closes with \(code), which must not be sent",
                .ended(1002, "code-bad-close-code", isOurs: true, reason: "the code of a close frame must not be sent"),
                frame(code)
            )
        }
        + [
            then("closes without a code", .ended(nil), RawPeer.bytes(0x88, [])),
            then(
                "closes with one byte",
                .ended(1002, "code-bad-close-code", isOurs: true, reason: "a close frame has a payload of one byte"),
                RawPeer.bytes(0x88, [3])
            ),
            then(
                "closes with a reason that is not UTF-8",
                .ended(
                    1007,
                    "code-bad-close-code",
                    isOurs: true,
                    reason: "the reason of a close frame is not valid UTF-8"
                ),
                RawPeer.bytes(0x88, [3, 0xF0, 0xC3, 0x28])
            ),
            then(
                "closes with a reason of 124 bytes",
                .ended(
                    1002,
                    "code-bad-frame",
                    isOurs: true,
                    reason: "a control frame must not carry more than 125 bytes"
                ),
                frame(1008, String(repeating: "r", count: 124))
            ),
            then(
                "closes in the segment of the 101",
                .ended(1008, reason: "invalid_api_key"),
                together: true,
                frame(1008, "invalid_api_key")
            ),
            then(
                "an error and a close",
                .serverError("invalid_api_key", cause: "srv-auth-in-band"),
                RawPeer.text(#"{"type":"error","error":{"type":"x","code":"invalid_api_key","message":"no"}}"#),
                frame(3000, "invalid_request_error.invalid_api_key")
            ),
            Misbehaviour(what: "closes and ends TCP at once", outcome: .ended(1008, reason: "policy")) { peer in
                try await peer.open()
                try await peer.write(frame(1008, "policy"))
                try await peer.endOutput()
            },
            Misbehaviour(what: "closes and resets TCP at once", outcome: .ended(1008, reason: "policy")) { peer in
                try await peer.open()
                try await peer.write(frame(1008, "policy"))
                // What is in the buffers of a reset connection may be lost, so that the answer has to be there first.
                _ = try await peer.frame()
                try await peer.reset()
            },
            Misbehaviour(what: "closes and leaves TCP open", outcome: .ended(1008, reason: "policy")) { peer in
                try await peer.open()
                try await peer.write(frame(1008, "policy"))
                _ = try await peer.frame()
            },
            Misbehaviour(what: "never answers a close", outcome: .session) { peer in
                try await peer.open(then: RawPeer.session)
            },
            Misbehaviour(what: "answers a close and leaves TCP open", outcome: .session) { peer in
                try await peer.open(then: RawPeer.session)
                try await peer.answerClose()
            },
        ]

    private static func close(_ code: Int, _ reason: String, _ cause: String?) -> Misbehaviour {
        then(
            "closes with \(code), '\(reason.prefix(30))'",
            .ended(code, cause, reason: reason),
            frame(code, reason)
        )
    }

    static func frame(_ code: Int, _ reason: String = "") -> [UInt8] {
        let frame = RawPeer.Frame.close(UInt16(code), reason)
        return RawPeer.bytes(frame.first, frame.payload)
    }
}
