// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyWebSocket

/// The subprotocol tokens of the Realtime API, and which of those offered to answer with.
package enum Subprotocol {
    /// The one token that names the protocol; selected whenever it is offered.
    package static let realtime = "realtime"

    /// Offered by clients that speak the beta dialect.
    package static let betaMarker = "openai-beta.realtime-v1"

    /// What stands before a key in the token that carries it.
    ///
    /// Browsers can send credentials in no other way.
    package static let keyPrefix = "openai-insecure-api-key."

    private static let informativePrefixes = ["openai-agents-sdk.", "openai-organization.", "openai-project."]

    /// The key inside a key token; nil for any other token.
    ///
    /// Case counts, as in every subprotocol (RFC 6455 section 11.3.4).
    package static func key(in token: String) -> String? {
        HeaderText.suffix(of: token, after: keyPrefix)
    }

    /// Whether the token is, or looks like, a secret: a key token in any case, or a key without its prefix.
    package static func carriesSecret(_ token: String) -> Bool {
        HeaderText.hasPrefix(token, keyPrefix) || Redaction.looksLikeKey(token)
    }

    /// Whether the Realtime API gives the token a meaning.
    package static func isKnown(_ token: String) -> Bool {
        token == realtime || token == betaMarker || token.hasPrefix(keyPrefix)
            || informativePrefixes.contains { token.hasPrefix($0) }
    }

    /// The token to answer with: exactly one of those offered, byte for byte, or nil when none was.
    ///
    /// `realtime` when it is there, else the first that carries no secret, else the first. What is no token is
    /// never answered with, since no client takes it back.
    ///
    /// - Parameters:
    ///   - offered: the elements of `Sec-WebSocket-Protocol` in the order sent.
    ///   - policy: with `.strict`, nil is also the answer when no known token was offered.
    /// - Returns: the token, or nil for no `Sec-WebSocket-Protocol` in the answer.
    package static func selected(from offered: [String], policy: SubprotocolPolicy = .lenient) -> String? {
        let candidates = offered.filter { HeaderText.isToken($0) && (policy == .lenient || isKnown($0)) }
        return candidates.first { $0 == realtime } ?? candidates.first { !carriesSecret($0) } ?? candidates.first
    }
}
