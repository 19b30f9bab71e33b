// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyWebSocket

extension Facts {
    /// The plainest handshake, or what comes next to it.
    var reference: Seen? { seen(.reference) ?? seen(.asAsked) ?? seen(.profile) }

    /// The variation that turned a refused reference handshake into a 101.
    func cured(by variation: Variation) -> Seen? {
        guard let reference = seen(.reference), !reference.exchange.isUpgraded, reference.exchange.wasTried,
            let changed = seen(variation), changed.exchange.isUpgraded
        else { return nil }
        return changed
    }

    /// The variation that turned an accepted reference handshake into a refusal.
    func broken(by variation: Variation) -> Seen? {
        guard let reference = seen(.reference), reference.exchange.isUpgraded, let changed = seen(variation),
            changed.exchange.wasTried, !changed.exchange.isUpgraded,
            changed.exchange.tcp?.result ?? .connected == .connected
        else { return nil }
        return changed
    }

    /// The variations with another path that turned a refused reference handshake into a 101.
    var otherPaths: [Seen] {
        guard let reference = seen(.reference), !reference.exchange.isUpgraded else { return [] }
        return all(.variation)
            .filter { item in
                guard let variant = item.variant, item.exchange.isUpgraded else { return false }
                let isPath = variant.hasPrefix(Variation.path.rawValue + ":") && !variant.contains("socket.io")
                return isPath || variant == Variation.withoutQuery.rawValue
                    || variant == Variation.finalSlash.rawValue
            }
    }

    /// Whether the refusal depends on something of the request that a variation changed.
    var dependsOnRequest: Bool { !otherPaths.isEmpty || dependsOnFields }

    /// The same, but for the path.
    var dependsOnFields: Bool {
        [
            .origin, .sameOrigin, .nullOrigin, .foreignOrigin, .siblingOrigin, .subprotocols, .browserAgent, .headers,
            .betaHeader, .otherHost, .localHost, .version8, .withoutAuthorization,
        ]
        .contains { cured(by: $0) != nil }
    }

    /// The address past the proxy in front, when it does what the way through the proxy does not.
    var betterDirect: Seen? { all(.direct).first { $0.exchange.failure(expectation) == nil && $0.exchange.isUpgraded } }

    /// An upgraded answer on the address past the proxy.
    var openedDirect: Seen? { all(.direct).first { $0.exchange.isUpgraded } }

    /// Without the proxy that the client is set to use, it was upgraded.
    var openedWithoutProxy: Seen? { all(.withoutProxy).first { $0.exchange.isUpgraded } }

    /// With the other scheme on the same port, it was upgraded.
    var openedOtherScheme: Seen? { all(.otherScheme).first { $0.exchange.isUpgraded } }

    /// The answer to a handshake, or a GET, of a path that nobody serves.
    func inventedPath(_ variant: String) -> Seen? { seen(.inventedPath, variant) }

    /// Whether a path that nobody serves is answered like this one.
    func isAnsweredAnywhere(_ seen: Seen) -> Seen? {
        all(.inventedPath).first { $0.exchange.isAlike(seen.exchange) }
    }

    /// The plain GET of the same path, when it got the same answer as the handshake: nobody noticed the upgrade.
    func isAnsweredLikeGet(_ seen: Seen) -> Seen? { all(.plainGet).first { $0.exchange.isAlike(seen.exchange) } }

    /// `Server`, `Via` and error pages that tell of a proxy on the way.
    var proxy: ServerSoftware? {
        let proxies: Set<ServerSoftware> = [
            .nginx, .haproxy, .apache, .caddy, .envoy, .traefik, .squid, .iis, .vite, .ingressNginx, .awsALB,
            .awsAPIGateway, .cloudflare, .azureAppService,
        ]
        if let server = question.server, proxies.contains(server) { return server }
        return detected.first(where: proxies.contains)
    }

    /// A `Via` line of an answer on the way.
    var via: (seen: Seen, value: String)? {
        onTheWay.lazy.compactMap { item in item.exchange.header("Via").map { (item, $0) } }.first
    }
}

extension Exchange {
    /// Whether it came so far that something was asked or at least tried.
    var wasTried: Bool { response != nil || end != nil || tcp != nil || tls != nil }

    /// Whether two answers are the same in status and, nearly, in content.
    func isAlike(_ other: Exchange) -> Bool {
        guard let status, status == other.status else { return false }
        let own = bodyText
        let others = other.bodyText
        // A body may quote the path and count its bytes.
        return own == others || own.prefix(24) == others.prefix(24)
    }

    /// What came behind the head of the answer, or in its place.
    var bodyText: String { response?.body.text ?? "" }

    /// The same in lower case.
    var lowerBody: String { HeaderText.lowercased(bodyText) }

    /// Whether the answer holds one of some words, whatever their case.
    func bodyHas(_ words: String...) -> Bool {
        let body = lowerBody
        return words.contains { HeaderText.contains(body, $0) }
    }

    /// Whether a field of the answer holds one of some words, whatever their case.
    func header(_ name: String, has words: String...) -> Bool {
        let value = HeaderText.lowercased((response?.headers.values(name) ?? []).joined(separator: ", "))
        return words.contains { HeaderText.contains(value, $0) }
    }

    /// Something to quote of the answer's content: its beginning, in one line.
    var excerpt: String { response?.body.excerpt ?? "" }

    /// The subprotocols that were offered.
    var offered: [String] { request?.subprotocols ?? [] }

    /// Whether the answer agrees to compress.
    var agreesToCompress: Bool { header("Sec-WebSocket-Extensions", has: "permessage-deflate") }

    /// When the last byte of the server came on the open connection, in ms.
    var lastByteMS: Int { max(response?.atMS ?? 0, conversation?.received.last?.atMS ?? 0) }
}

extension Bytes {
    /// The beginning in one line of at most 100 characters.
    var excerpt: String {
        let words = text.prefix(400).split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return words.count > 100 ? String(words.prefix(99)) + "…" : words
    }

    var isEmpty: Bool { count == 0 && text.isEmpty }
}
