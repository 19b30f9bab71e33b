// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// What both sides agreed on about compression (RFC 7692 section 7.1): the words of the server's answer.
package struct DeflateAgreement: Sendable, Equatable {
    /// What the answer says.
    package let answer: DeflateOffer

    /// The terms an answer states.
    package init(_ answer: DeflateOffer) { self.answer = answer }

    /// Whether what that side sends is compressed message by message.
    func forgetsContext(_ sender: Role) -> Bool {
        sender == .server ? answer.serverNoContextTakeover : answer.clientNoContextTakeover
    }

    /// The window that side keeps to when it compresses, 8–15 bits.
    func windowBits(_ sender: Role) -> Int {
        switch sender {
        case .server: answer.serverMaxWindowBits ?? 15
        case .client: if case .bits(let bits) = answer.clientMaxWindowBits { bits } else { 15 }
        }
    }
}

// MARK: The server

extension DeflateAgreement {
    /// Chooses the first of a client's offers that can be kept; others are passed over, also malformed ones, and other
    /// extensions (RFC 6455 section 9.1, RFC 7692 section 5.1).
    ///
    /// `server_max_window_bits` is answered only where the client asked for it: a smaller window than announced can be
    /// read by everybody, and an answer without parameters is understood by every client.
    ///
    /// - Parameters:
    ///   - lines: The values of `Sec-WebSocket-Extensions`.
    ///   - settings: Ours.
    package init?(offers lines: [String], settings: DeflateSettings) {
        for element in HeaderLists.elements(of: lines).compactMap(ExtensionElement.init)
        where element.name == DeflateOffer.name {
            guard let offer = try? DeflateOffer(element, from: .client),
                let answer = try? Self.answer(to: offer, settings)
            else { continue }
            self.answer = answer
            return
        }
        return nil
    }

    private static func answer(to offer: DeflateOffer, _ settings: DeflateSettings) throws(DeflateFault) -> DeflateOffer
    {
        var answer = DeflateOffer()
        answer.serverNoContextTakeover = offer.serverNoContextTakeover || settings.forgetsContext
        answer.clientNoContextTakeover = offer.clientNoContextTakeover || settings.asksPeerToForget
        if let bits = offer.serverMaxWindowBits {
            guard bits >= Deflater.windowBits.lowerBound else { throw .windowTooSmall }
            answer.serverMaxWindowBits = min(bits, settings.windowBits)
        }
        switch offer.clientMaxWindowBits {
        case nil: break
        case .any where settings.peerWindowBits == 15: break
        case .any: answer.clientMaxWindowBits = .bits(settings.peerWindowBits)
        case .bits(let bits): answer.clientMaxWindowBits = .bits(min(bits, settings.peerWindowBits))
        }
        return answer
    }
}

// MARK: The client

extension DeflateOffer {
    /// What a client with these settings offers; without any, what browsers do.
    package init(_ settings: DeflateSettings) {
        serverNoContextTakeover = settings.asksPeerToForget
        clientNoContextTakeover = settings.forgetsContext
        if settings.peerWindowBits < 15 { serverMaxWindowBits = settings.peerWindowBits }
        clientMaxWindowBits = .any
    }
}

extension DeflateAgreement {
    /// Judges the server's answer to one offer.
    ///
    /// - Parameters:
    ///   - lines: The values of `Sec-WebSocket-Extensions`; other extensions in it are not looked at.
    ///   - offer: What was offered.
    /// - Throws: Why the connection must not be used.
    /// - Returns: `nil` if the server does not want to compress.
    package static func judging(_ lines: [String], to offer: DeflateOffer) throws(DeflateFault) -> DeflateAgreement? {
        var accepted: DeflateOffer?
        for text in HeaderLists.elements(of: lines) {
            guard let element = ExtensionElement(text) else { throw .malformed(text) }
            guard element.name == DeflateOffer.name else { continue }
            guard accepted == nil else { throw .acceptedTwice }
            accepted = try DeflateOffer(element, from: .server)
        }
        guard let accepted else { return nil }
        if offer.serverNoContextTakeover, !accepted.serverNoContextTakeover {
            throw .demandNotMet(parameter: "server_no_context_takeover")
        }
        if let bits = offer.serverMaxWindowBits, accepted.serverMaxWindowBits ?? 15 > bits {
            throw .demandNotMet(parameter: "server_max_window_bits")
        }
        if accepted.clientMaxWindowBits != nil, offer.clientMaxWindowBits == nil {
            throw .unasked(parameter: "client_max_window_bits")
        }
        return DeflateAgreement(accepted)
    }
}
