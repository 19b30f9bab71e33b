// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyWebSocket

/// What was agreed on about compression (RFC 7692 section 7.1), read leniently.
package struct DeflateParameters: Sendable, Equatable {
    /// Whether the sender forgets between messages what it sent.
    package var serverForgets = false
    package var clientForgets = false

    /// Nil when the answer does not accept `permessage-deflate`.
    package init?(answer headers: [Header]) {
        let accepted = headers.elements("Sec-WebSocket-Extensions")
            .first { HeaderText.hasPrefix($0, "permessage-deflate") }
        guard let accepted else { return nil }
        let names = accepted.split(separator: ";").map { HeaderText.lowercased(HeaderText.trimmed(String($0))) }
        serverForgets = names.contains("server_no_context_takeover")
        clientForgets = names.contains("client_no_context_takeover")
    }
}
