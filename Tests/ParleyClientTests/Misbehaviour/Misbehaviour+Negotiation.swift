// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

extension Misbehaviour {
    private static let key = "openai-insecure-api-key.sk-never-shown"
    private static let mark = "openai-beta.realtime-v1"

    /// Subprotocols: exactly one of those offered, byte for byte, in one field; none if none was offered.
    static let subprotocols: [Misbehaviour] =
        [
            chosen("the first", .session, ["realtime"]),
            chosen("none at all, which RFC 6455 allows", .session, []),
            chosen("the key", .session, [key]),
            chosen("the mark of the beta", .session, [mark]),
            chosen("one with white space round it", .session, ["  realtime \t"]),
            chosen("one that was not offered", .noConnection("ver-subproto-mismatch", saying: "'chat'"), ["chat"]),
            chosen(
                "one in another case",
                .noConnection("ver-subproto-mismatch", saying: "'Realtime'"),
                ["Realtime"]
            ),
            chosen("one in quotes", .noConnection("ver-subproto-mismatch", saying: "not offered"), ["\"realtime\""]),
            chosen("an empty one", .noConnection("ver-subproto-mismatch", saying: "not offered"), [""]),
            chosen(
                "two in one field",
                .noConnection("ver-subproto-multiple", saying: "not offered"),
                ["realtime, \(mark)"]
            ),
            chosen(
                "all that was offered",
                .noConnection("ver-subproto-multiple", saying: "not offered"),
                ["realtime, \(key), \(mark)"]
            ),
            chosen(
                "two in two fields",
                .noConnection("ver-subproto-multiple", saying: "more than one"),
                ["realtime", mark]
            ),
            chosen(
                "the same in two fields",
                .noConnection("ver-subproto-multiple", saying: "more than one"),
                ["realtime", "realtime"]
            ),
        ] + unasked

    /// The same where nothing was offered: no such field may come.
    private static let unasked: [Misbehaviour] =
        [chosen("none", .session, [], .nothing)]
        + [["realtime"], [key], [mark], ["chat"], ["Realtime"], ["\"realtime\""], [""], ["realtime, \(mark)"]]
        .map {
            chosen("'\($0[0])'", .noConnection("ver-subproto-unoffered", saying: "not offered"), $0, .nothing)
        }
        + [
            chosen(
                "two fields",
                .noConnection("ver-subproto-unoffered", saying: "more than one"),
                ["realtime", "realtime"],
                .nothing
            )
        ]

    private static func chosen(
        _ what: String,
        _ outcome: Outcome,
        _ values: [String],
        _ offer: Offer = .subprotocols
    ) -> Misbehaviour {
        answer("chooses \(what)", outcome, offer) { $0.subprotocols = values }
    }

    /// Extensions: only what was offered, with parameters that answer the offer (RFC 7692 section 7.1).
    static let extensions: [Misbehaviour] =
        compression.flatMap { value, isRight in
            [
                agreed(
                    value,
                    isRight
                        ? .session : .noConnection("ver-ext-params", saying: "answers the offer to compress wrongly"),
                    .compression
                ),
                agreed(
                    value,
                    .noConnection("ver-ext-unoffered", saying: "accepted the extension 'permessage-deflate'")
                ),
            ]
        }
        + ["x-rig", "Permessage-Deflate", "x-webkit-deflate-frame"]
        .flatMap { value in
            [Offer.compression, .nothing]
                .map { offer in
                    agreed(
                        value,
                        .noConnection("ver-ext-unoffered", saying: "accepted the extension '\(value)'"),
                        offer
                    )
                }
        }
        // A list without elements agrees to nothing (RFC 9110 section 5.6.1).
        + [agreed("", .session), agreed("", .session, .compression)]

    /// What may be said about permessage-deflate to a client that offers it without parameters, and what may not.
    private static let compression: [(value: String, isRight: Bool)] = [
        ("permessage-deflate", true),
        ("permessage-deflate; server_no_context_takeover; client_no_context_takeover", true),
        ("permessage-deflate; server_max_window_bits=8", true),
        ("permessage-deflate; server_max_window_bits=16", false),
        ("permessage-deflate; server_max_window_bits", false),
        ("permessage-deflate; client_max_window_bits", false),
        ("permessage-deflate; rig=1", false),
        ("permessage-deflate; server_no_context_takeover; server_no_context_takeover", false),
        ("permessage-deflate, permessage-deflate", false),
    ]

    private static func agreed(_ value: String, _ outcome: Outcome, _ offer: Offer = .nothing) -> Misbehaviour {
        answer("agrees to '\(value)'", outcome, offer) { $0.further = ["Sec-WebSocket-Extensions: \(value)"] }
    }
}
