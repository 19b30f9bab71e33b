// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyDiagnosis
internal import ParleyHandshake
internal import ParleyWebSocket

extension Variation {
    /// The reference handshake with this one thing changed, for each variant that makes sense here.
    func requests(_ question: Question, _ address: TargetAddress) -> [(variant: String, request: Exchange.Request)] {
        let reference = Handshake.reference(address)
        func one(_ change: (inout Exchange.Request) -> Void) -> [(variant: String, request: Exchange.Request)] {
            var request = reference
            change(&request)
            return [(rawValue, request)]
        }
        func adding(_ name: String, _ value: String?) -> [(variant: String, request: Exchange.Request)] {
            guard let value else { return [] }
            return one { $0.set(name, value) }
        }
        switch self {
        case .origin: return adding("Origin", Handshake.origin(question))
        case .sameOrigin: return adding("Origin", "\(address.isSecure ? "https" : "http")://\(address.hostHeader)")
        case .siblingOrigin: return adding("Origin", Handshake.origin(question).flatMap(Self.sibling))
        case .nullOrigin: return adding("Origin", "null")
        case .foreignOrigin: return adding("Origin", "https://parley-probe.invalid")
        case .subprotocols:
            return adding("Sec-WebSocket-Protocol", Handshake.subprotocols(question)?.joined(separator: ", "))
        case .unknownSubprotocol: return adding("Sec-WebSocket-Protocol", "parley-probe")
        case .compression: return adding("Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits")
        case .browserAgent: return adding("User-Agent", Handshake.browserAgent)
        case .scriptAgent: return adding("User-Agent", Handshake.scriptAgent)
        case .headers:
            guard !question.headers.isEmpty else { return [] }
            return one { request in for header in question.headers { request.set(header.name, header.value) } }
        case .betaHeader: return question.isRealtime ? adding("OpenAI-Beta", "realtime=v1") : []
        case .lowerCaseNames:
            return one { request in
                request.headers = request.headers.map { Header(HeaderText.lowercased($0.name), $0.value) }
            }
        case .lowerCaseConnection: return adding("Connection", "upgrade")
        case .connectionList: return adding("Connection", "keep-alive, Upgrade")
        case .withoutQuery: return address.query == nil ? [] : one { $0.target = address.path }
        case .finalSlash: return address.path == "/" ? [] : one { $0.target = Self.otherSlash(address) }
        case .path: return Self.paths(address, reference)
        case .version8: return adding("Sec-WebSocket-Version", "8")
        case .otherHost: return adding("Host", "parley-probe.invalid")
        case .localHost:
            let port = address.hostHeader.split(separator: ":").count == 2 ? ":\(address.port)" : ""
            return address.host == "localhost" ? [] : adding("Host", "localhost" + port)
        case .secondKey: return [(rawValue, reference)]
        case .fragments:
            let hasText = question.sendText != nil || question.expectation == .echo
            return hasText ? [(rawValue, reference)] : []
        case .withoutAuthorization: return Self.withoutAuthorization(question, address).map { [(rawValue, $0)] } ?? []
        }
    }

    /// The origin under loopback's other name.
    private static func sibling(_ origin: String) -> String? {
        for (name, other) in [("//localhost", "//127.0.0.1"), ("//127.0.0.1", "//localhost")] {
            guard let range = origin.firstRange(of: name) else { continue }
            return origin.replacingCharacters(range, with: other)
        }
        return nil
    }

    private static func otherSlash(_ address: TargetAddress) -> String {
        let path = address.path
        return (path.hasSuffix("/") ? String(path.dropLast()) : path + "/")
            + (address.query.map { "?" + $0 } ?? "")
    }

    /// Where Realtime and WebSocket servers often listen.
    private static func paths(
        _ address: TargetAddress,
        _ reference: Exchange.Request
    ) -> [(variant: String, request: Exchange.Request)] {
        let usual = [
            "/", "/ws", "/websocket", "/v1/realtime", "/realtime", "/openai/realtime",
            "/socket.io/?EIO=4&transport=websocket",
        ]
        return usual.filter { $0 != address.path }
            .map { path in
                var request = reference
                let query = path.contains("realtime") ? address.query.map { "?" + $0 } ?? "" : ""
                request.target = path + query
                return ("path:" + String(path.prefix { $0 != "?" }), request)
            }
    }

    /// What the user asks, without its keys; nil if there are none.
    private static func withoutAuthorization(_ question: Question, _ address: TargetAddress) -> Exchange.Request? {
        var plain = question
        plain.headers.removeAll { Redaction.isSensitive($0.name) }
        plain.subprotocols?.removeAll(where: Subprotocol.carriesSecret)
        guard plain != question else { return nil }
        return Handshake.asAsked(plain, address)
    }
}

extension String {
    fileprivate func replacingCharacters(_ range: Range<String.Index>, with text: String) -> String {
        var changed = self
        changed.replaceSubrange(range, with: text)
        return changed
    }
}
