// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import HTTPTypes

@testable import ParleyHandshake

/// The key of every keyed policy in these tests: long enough to be shown in part, made of token characters.
let rightKey = "sk-test-4Qm7Zp2XvK9w"

/// A key no policy knows.
let wrongKey = "sk-wrong-8Hn3Yb6TcJ5r"

extension HTTPFields {
    /// Fields from pairs, in order and with repetitions.
    ///
    /// A name that is none is left out.
    init(pairs: [(String, String)]) {
        self.init(pairs.compactMap { name, value in HTTPField.Name(name).map { HTTPField(name: $0, value: value) } })
    }
}

extension HandshakeRequest {
    /// A correct upgrade from this machine with whatever fields a test adds.
    static func upgrade(
        _ target: String = "/v1/realtime?model=gpt-realtime",
        host: String? = "127.0.0.1:8080",
        more: [(String, String)] = [],
        peerIsLoopback: Bool = true
    ) -> HandshakeRequest {
        let basics = [
            ("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13"),
            ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ]
        return HandshakeRequest(
            target: target,
            authority: host,
            headers: HTTPFields(pairs: basics + more),
            peerIsLoopback: peerIsLoopback
        )
    }
}

extension HandshakePolicy {
    /// A server with one key, reachable under any name.
    static var keyed: HandshakePolicy {
        HandshakePolicy(access: .keys([AccessKey(rightKey, label: "test")].compactMap { $0 }), hosts: .any)
    }
}

extension Decision {
    var accepted: Accepted? {
        switch admission {
        case .accept(let accepted), .acceptThenFail(let accepted, _): accepted
        case .refuse: nil
        }
    }

    /// `accepted`, `http STATUS CODE` or `in-band CLOSE CODE`.
    var outcome: String {
        switch admission {
        case .accept: "accepted"
        case .refuse(let refusal): "http \(refusal.status.code) \(refusal.code)"
        case .acceptThenFail(_, let refusal): "in-band \(refusal.closeCode) \(refusal.code)"
        }
    }
}
