// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyHandshake
internal import ParleyWebSocket

extension ClientProfile {
    /// Stands for the key when the user gave none: what the beta console sends then, and no server takes for a key.
    package static let placeholderKey = "null"

    /// The handshake as this client sends it, secrets included.
    ///
    /// - Parameters:
    ///   - question: What the user said of the client: subprotocols, fields, origin. A browser cannot send fields of
    ///     its own. Without any of these, a client of the Realtime API brings what it always sends if the target is a
    ///     Realtime server, and otherwise asks as its WebSocket library does.
    ///   - address: Where it goes.
    ///   - key: The value of `Sec-WebSocket-Key`.
    /// - Returns: The request.
    package func request(_ question: Question, to address: TargetAddress, key: String) -> Exchange.Request {
        let own = brought(to: question, at: address)
        var headers: [Header] = []
        for field in handshake {
            switch field {
            case .fixed(let name, let value):
                // A field of the user, or of the SDK, takes the place of the library's.
                if own.headers.values(name).isEmpty { headers.append(Header(name, value)) }
            case .host(let name):
                headers.append(Header(name, own.headers.first("Host") ?? address.hostHeader))
            case .key(let name):
                headers.append(Header(name, key))
            case .subprotocols(let name):
                guard !own.subprotocols.isEmpty else { continue }
                headers.append(Header(name, own.subprotocols.joined(separator: subprotocolSeparator)))
            case .origin:
                if let origin = origin(question, address) { headers.append(Header("Origin", origin)) }
            case .serverOrigin:
                headers.append(Header("Origin", origin(question, address) ?? Self.origin(of: address)))
            case .own:
                headers += own.headers.filter { !HeaderText.matches($0.name, "Host") }
            }
        }
        return Exchange.Request(target: address.target, headers: headers)
    }

    /// The subprotocols that the client's library knows it offers.
    ///
    /// A `Sec-WebSocket-Protocol` among the fields is on the wire too, but the library does not wait for its answer.
    func offered(_ question: Question, to address: TargetAddress) -> [String] {
        brought(to: question, at: address).subprotocols
    }

    /// The user's subprotocols and fields if the user named any, else the client's own.
    private func brought(
        to question: Question,
        at address: TargetAddress
    ) -> (subprotocols: [String], headers: [Header]) {
        guard question.subprotocols == nil, question.headers.isEmpty else {
            let headers = question.headers.filter { isBrowser ? Self.isBrowsersOwn($0.name) : !Self.isOrigin($0.name) }
            return (question.subprotocols ?? standingSubprotocols, headers)
        }
        guard let realtime, question.isRealtime else { return (standingSubprotocols, []) }
        let headers = Self.isAzure(address) ? realtime.azureHeaders ?? realtime.headers : realtime.headers
        let filled = { (text: String) in
            text.split(separator: RealtimeHabit.key, omittingEmptySubsequences: false)
                .joined(separator: question.key ?? Self.placeholderKey)
        }
        return (realtime.subprotocols.map(filled), headers.map { Header($0.name, filled($0.value)) })
    }

    /// The origin the client sends; a browser always has one.
    private func origin(_ question: Question, _ address: TargetAddress) -> String? {
        let told = question.origin ?? question.headers.first("Origin")
        guard isBrowser else { return Self.meansThis(self, question) ? told : nil }
        // Without a page, the server's own is the one that says least.
        return told ?? question.page.map(Self.origin(ofPage:)) ?? Self.origin(of: address)
    }

    /// Whether the user speaks of this client and of no browser: only then an origin is not a page's.
    private static func meansThis(_ profile: ClientProfile, _ question: Question) -> Bool {
        let named = question.clients.compactMap(ClientProfile.named)
        return named.contains { $0.id == profile.id } && !named.contains(where: \.isBrowser)
    }

    /// RFC 6454 section 6.1: pages without a host have an opaque origin.
    static func origin(ofPage page: String) -> String {
        let address = TargetAddress(page)
        return ["http", "https"].contains(address.scheme) && !address.host.isEmpty ? origin(of: address) : "null"
    }

    private static func origin(of address: TargetAddress) -> String {
        (address.isSecure ? "https://" : "http://") + address.hostHeader
    }

    /// Fields that a user of a browser can bring about.
    private static func isBrowsersOwn(_ name: String) -> Bool {
        ["cookie", "user-agent"].contains(HeaderText.lowercased(name))
    }

    private static func isOrigin(_ name: String) -> Bool { HeaderText.matches(name, "Origin") }

    /// Whether the credentials are to be those of Azure.
    private static func isAzure(_ address: TargetAddress) -> Bool {
        address.host.hasSuffix(".azure.com") || address.path.hasPrefix("/openai/")
    }
}
