// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// Where in a handshake a credential stood.
package enum CredentialSource: String, Sendable, Hashable, CaseIterable {
    /// `Authorization: Bearer KEY`.
    case authorization = "authorization"
    /// `api-key: KEY`, as Azure's clients send it.
    case apiKeyHeader = "api-key-header"
    /// `Sec-WebSocket-Protocol: openai-insecure-api-key.KEY`.
    case subprotocol = "subprotocol"
    /// `?api-key=KEY` or `?api_key=KEY`.
    case queryKey = "query-key"
    /// `?Authorization=Bearer KEY`.
    case queryAuthorization = "query-authorization"
}

/// A key as a client presented it.
///
/// The text stays inside the module, and no way of printing the value shows it.
package struct Credential: Sendable, Equatable, MaskedDescription {
    /// Where it stood.
    package let source: CredentialSource
    let text: String

    /// The few characters of the key that may be shown.
    package var masked: String { Redaction.mask(text) }

    /// The source and the masked key.
    package var maskedDescription: String { "\(source.rawValue) \(masked)" }

    /// Nil for what clients send in place of a key they do not have: nothing, or what their language prints for it.
    package init?(_ text: String, source: CredentialSource) {
        guard !Self.isPlaceholder(text) else { return nil }
        self.source = source
        self.text = text
    }

    /// Whether the text stands for "no key": empty, or an interpolated `null`, `undefined` or `None`.
    static func isPlaceholder(_ text: String) -> Bool {
        ["", "null", "undefined", "None"].contains(text)
    }
}

/// What is remembered of the credential that opened a connection.
package struct CredentialFound: Sendable, Equatable, MaskedDescription {
    /// Where it stood.
    package let source: CredentialSource
    /// At most the first three and last two characters.
    package let masked: String
    /// The label of the access key it matched; nil when access is open or the key has none.
    package let label: String?

    /// Source, masked key and label.
    package var maskedDescription: String {
        ([source.rawValue, masked] + (label.map { [$0] } ?? [])).joined(separator: " ")
    }
}
