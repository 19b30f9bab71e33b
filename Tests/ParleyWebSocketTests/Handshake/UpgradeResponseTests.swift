// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Testing

@testable import ParleyWebSocket

@Suite("Upgrade response")
struct UpgradeResponseTests {
    private func lines(_ fields: HTTPFields) -> [String] {
        fields.map { "\($0.name.rawName): \($0.value)" }
    }

    @Test("without subprotocol has three fields, each with one value")
    func plain() {
        #expect(
            lines(UpgradeResponse.fields(acceptValue: "A=", subprotocol: nil))
                == ["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Accept: A="]
        )
    }

    @Test("with a subprotocol has one field more")
    func subprotocol() {
        #expect(
            lines(UpgradeResponse.fields(acceptValue: "A=", subprotocol: "realtime"))
                == [
                    "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Accept: A=",
                    "Sec-WebSocket-Protocol: realtime",
                ]
        )
    }

    @Test("names an extension only when one was agreed")
    func extensions() {
        let fields = UpgradeResponse.fields(acceptValue: "A=", subprotocol: nil, extensions: "permessage-deflate")
        #expect(lines(fields).last == "Sec-WebSocket-Extensions: permessage-deflate")
    }
}
