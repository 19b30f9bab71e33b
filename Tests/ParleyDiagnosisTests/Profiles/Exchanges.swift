// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyDiagnosis
import ParleyWebSocket

/// The key of every request in these tests (RFC 6455 section 1.3).
let sampleKey = "dGhlIHNhbXBsZSBub25jZQ=="

/// What the beta console offers.
let three = ["realtime", "openai-insecure-api-key.sk-test", "openai-beta.realtime-v1"]

extension Exchange {
    /// A connection on which everything went well up to the request.
    static func asked(_ request: Request, secure: Bool = false) -> Exchange {
        var exchange = Exchange(endpoint: Endpoint(host: "127.0.0.1", port: 9000, isSecure: secure))
        exchange.tcp = TCPOutcome(.connected, durationMS: 1)
        exchange.request = request
        return exchange
    }

    /// A 101 to a plain request with that offer.
    static func upgraded(
        offering subprotocols: [String] = [],
        extensions: String? = nil,
        _ change: (inout Response) -> Void = { _ in }
    ) -> Exchange {
        var headers = [Header("Host", "127.0.0.1:9000"), Header("Sec-WebSocket-Key", sampleKey)]
        if !subprotocols.isEmpty {
            headers.append(Header("Sec-WebSocket-Protocol", subprotocols.joined(separator: ", ")))
        }
        if let extensions { headers.append(Header("Sec-WebSocket-Extensions", extensions)) }
        var exchange = asked(Request(target: "/", headers: headers))
        exchange.response = .right(change)
        return exchange
    }
}

extension Exchange.Response {
    /// The right answer to the sample key, without a subprotocol, and then one thing changed.
    static func right(_ change: (inout Self) -> Void = { _ in }) -> Self {
        var response = Self(
            status: 101,
            reason: "Switching Protocols",
            headers: [
                Header("Upgrade", "websocket"), Header("Connection", "Upgrade"),
                Header("Sec-WebSocket-Accept", AcceptKey.value(for: sampleKey)),
            ],
            atMS: 3
        )
        change(&response)
        return response
    }

    /// Sets a field; nil takes it away.
    mutating func set(_ name: String, _ value: String?) {
        headers.removeAll { $0.name.lowercased() == name.lowercased() }
        if let value { headers.append(Header(name, value)) }
    }

    /// Adds a line.
    mutating func add(_ name: String, _ value: String) { headers.append(Header(name, value)) }
}
