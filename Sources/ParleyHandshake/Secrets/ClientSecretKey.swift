// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import Crypto
internal import ParleyEvents

/// Signs client secrets and reads them back.
///
/// A secret holds all it stands for, so any server with the same key takes it and nothing is stored. Its text is made of
/// token characters (RFC 9110, section 5.6.2), as a browser must be able to send it in a subprotocol.
package struct ClientSecretKey: Sendable {
    /// What a text that a client presented is.
    package enum Reading: Sendable, Equatable {
        /// Ours, and in force.
        case valid(ClientSecret)
        /// Ours, but its time is over.
        case expired
        /// Not signed with this key.
        case foreign
    }

    /// Most bytes of a secret's text; it travels in a header field.
    package static let maximumLength = 12 * 1024

    private static let prefix = "ek_"
    private static let macLength = 32
    private let key: SymmetricKey

    /// A key that only this process knows.
    package init() { key = SymmetricKey(size: .bits256) }

    /// The same key on every server that has the same texts, in any order.
    package init(sharedBy texts: [String]) {
        var hash = SHA256()
        hash.update(data: Array("parley client secret".utf8))
        for text in texts.sorted() {
            // With its length in front, no two lists of texts give the same input.
            hash.update(data: Array("\(text.utf8.count):\(text)".utf8))
        }
        key = SymmetricKey(data: hash.finalize())
    }

    /// The text of a secret; `nil` if its configuration is too large to travel in a header field.
    package func text(of secret: ClientSecret) -> String? {
        let claims: JSONObject = ["exp": JSON(secret.expiresAt), "session": .object(secret.session)]
        let payload = Array(claims.text.utf8)
        let mac = HMAC<SHA256>.authenticationCode(for: payload, using: key)
        let text = Self.prefix + Base64.encodeForURL(Array(mac) + payload)
        return text.utf8.count <= Self.maximumLength ? text : nil
    }

    /// Reads what a client presented, at `now` in Unix seconds.
    package func read(_ text: String, at now: Int) -> Reading {
        guard text.hasPrefix(Self.prefix), text.utf8.count <= Self.maximumLength,
            let bytes = Base64.decodeFromURL(String(text.dropFirst(Self.prefix.count))), bytes.count > Self.macLength
        else { return .foreign }
        let payload = bytes[Self.macLength...]
        guard HMAC<SHA256>.isValidAuthenticationCode(bytes[..<Self.macLength], authenticating: payload, using: key),
            let claims = try? JSON(parsing: payload).objectValue, let expiresAt = claims["exp"]?.intValue,
            let session = claims["session"]?.objectValue
        else { return .foreign }
        return expiresAt < now ? .expired : .valid(ClientSecret(expiresAt: expiresAt, session: session))
    }
}
