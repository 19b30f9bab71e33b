// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import ParleyEvents
import Testing

@testable import ParleyHandshake

/// One known client: what it sends, field by field in its own spelling, and how it is to be served.
struct KnownClient: Sendable, CustomTestStringConvertible {
    let name: String
    let target: String
    let fields: [(String, String)]
    let family: ClientFamily
    var selected: String?
    var dialect = Dialect.ga
    var source: CredentialSource?
    var model: String?
    var intent = Intent.conversation
    /// The outcome without keys; with the right key every client is accepted.
    var openOutcome = "accepted"

    var testDescription: String { name }

    /// The client's handshake with a server on this machine.
    func request(key: String = rightKey) -> HandshakeRequest {
        HandshakeRequest(
            target: target.replacing("KEY", with: key),
            authority: "127.0.0.1:8080",
            headers: HTTPFields(
                pairs: [("Sec-WebSocket-Key", "SNHmr0zzb5QX1DIGLagiXA=="), ("Sec-WebSocket-Version", "13")]
                    + fields.map { ($0, $1.replacing("KEY", with: key)) }
            )
        )
    }

    static let upgrade = [("Connection", "Upgrade"), ("Upgrade", "websocket")]
    static let authorization = [("Authorization", "Bearer KEY")]
    static let beta = [("OpenAI-Beta", "realtime=v1")]
    static let three = "realtime, openai-insecure-api-key.KEY, openai-beta.realtime-v1"
    static let deflate = [("Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits")]
    static let chromium =
        [
            ("Pragma", "no-cache"), ("Cache-Control", "no-cache"),
            (
                "User-Agent",
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36"
            ),
            ("Origin", "http://127.0.0.1:18790"), ("Accept-Encoding", "gzip, deflate, br, zstd"),
            ("Accept-Language", "en-US,en;q=0.9"),
        ] + upgrade + deflate

    static let all = browsers + libraries + officialKits + frameworks + devices
}
