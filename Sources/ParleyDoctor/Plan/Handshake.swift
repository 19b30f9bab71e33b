// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyDiagnosis
internal import ParleyWebSocket

/// Handshakes as the doctor sends them, secrets included.
enum Handshake {
    /// 16 random bytes in base64.
    static func key() -> String { Base64Text.encoded((0..<16).map { _ in UInt8.random(in: .min ... .max) }) }

    /// The plainest handshake there is.
    static func reference(_ address: TargetAddress, key: String = key()) -> Exchange.Request {
        Exchange.Request(
            target: address.target,
            headers: [
                Header("Host", address.hostHeader),
                Header("Upgrade", "websocket"),
                Header("Connection", "Upgrade"),
                Header("Sec-WebSocket-Key", key),
                Header("Sec-WebSocket-Version", "13"),
            ]
        )
    }

    /// What the user says the client sends.
    static func asAsked(_ question: Question, _ address: TargetAddress) -> Exchange.Request {
        var request = reference(address)
        if let origin = origin(question) { request.set("Origin", origin) }
        if let subprotocols = question.subprotocols, !subprotocols.isEmpty {
            request.set("Sec-WebSocket-Protocol", subprotocols.joined(separator: ", "))
        }
        for header in question.headers { request.set(header.name, header.value) }
        return request
    }

    /// A plain GET.
    static func get(_ address: TargetAddress, target: String? = nil) -> Exchange.Request {
        Exchange.Request(
            target: target ?? address.target,
            headers: [Header("Host", address.hostHeader), Header("Accept", "*/*"), Header("Connection", "close")]
        )
    }

    /// The origin the client sends, or that of the page.
    static func origin(_ question: Question) -> String? { question.origin ?? question.page.flatMap(origin(ofPage:)) }

    /// The origin of a page (RFC 6454 section 4); `null` for those that have none.
    static func origin(ofPage page: String) -> String? {
        let address = TargetAddress(page)
        guard ["http", "https"].contains(address.scheme) else { return address.hasScheme ? "null" : nil }
        return "\(address.scheme)://\(address.hostHeader)"
    }

    /// The subprotocols of the variation: the user's, or those of the Realtime console.
    static func subprotocols(_ question: Question) -> [String]? {
        if let own = question.subprotocols, !own.isEmpty { return own }
        return question.isRealtime ? ["realtime", "openai-insecure-api-key.null", "openai-beta.realtime-v1"] : nil
    }

    static let browserAgent =
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/146.0.0.0 Safari/537.36"
    static let scriptAgent = "python-requests/2.32.3"
}

extension Exchange.Request {
    /// Replaces a field, or adds it at the end.
    mutating func set(_ name: String, _ value: String) {
        if let index = headers.firstIndex(where: { HeaderText.matches($0.name, name) }) {
            headers[index] = Header(name, value)
        } else {
            headers.append(Header(name, value))
        }
    }

    /// Whether two requests ask the same; the key is different every time.
    func asksTheSame(as other: Exchange.Request) -> Bool {
        func comparable(_ request: Exchange.Request) -> Exchange.Request {
            var request = request
            for index in request.headers.indices
            where HeaderText.matches(request.headers[index].name, "Sec-WebSocket-Key") {
                request.headers[index].value = ""
            }
            return request
        }
        return comparable(self) == comparable(other)
    }
}
