// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyDiagnosis
internal import ParleyWebSocket

/// How the plan tells whether to look further; what it means is for the rules.
extension Exchange {
    /// Whether HTTP came.
    var isAnswered: Bool { response?.version != nil }

    /// Whether the proxy made a tunnel, or there was none to make.
    var isThroughProxy: Bool { proxy?.status.map { (200..<300).contains($0) } ?? (endpoint.proxy == nil) }

    /// Whether TLS can be used, whatever its certificates say.
    var hasTLS: Bool { tls?.result == .completed }

    /// Whether a client would find nothing to complain about.
    func isGood(_ question: Question) -> Bool {
        guard isUpgraded, let response, let request else { return false }
        let headers = response.headers
        guard
            headers.first("Sec-WebSocket-Accept")
                == AcceptKey.value(for: request.headers.first("Sec-WebSocket-Key") ?? ""),
            HeaderLists.contains("upgrade", in: headers.values("Connection")),
            HeaderLists.contains("websocket", in: headers.values("Upgrade"))
        else { return false }
        let chosen = headers.elements("Sec-WebSocket-Protocol")
        let offered = request.subprotocols
        guard offered.isEmpty ? chosen.isEmpty : chosen.count == 1 && offered.contains(chosen[0]) else { return false }
        if headers.first("Sec-WebSocket-Extensions") != nil, request.headers.first("Sec-WebSocket-Extensions") == nil {
            return false
        }
        guard let conversation else { return true }
        if !conversation.violations.isEmpty || conversation.unreadable != nil { return false }
        if conversation.echoed == false, question.expectation == .echo { return false }
        if conversation.pingAnswered == false || end?.kind != .enough { return false }
        guard question.isRealtime else { return true }
        return conversation.firstEvent?.type.hasSuffix("session.created") == true
    }
}
