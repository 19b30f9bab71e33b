// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import ParleyWebSocket

/// Finds the keys in a handshake, in the order in which they are tried.
enum CredentialSearch {
    /// More than any client sends; every further one would be a hash to compute for an unknown peer.
    static let limit = 8

    /// The credentials of a handshake: `Authorization`, `api-key`, subprotocol, then the query.
    static func credentials(fields: HTTPFields, subprotocols: [String], target: RequestTarget) -> [Credential] {
        var found: [Credential] = []
        func add(_ text: String?, _ source: CredentialSource) {
            guard found.count < limit, let text, let credential = Credential(text, source: source) else { return }
            found.append(credential)
        }
        for value in fields[values: .authorization] {
            add(bearerKey(in: value), .authorization)
        }
        for field in fields where field.name.canonicalName == "api-key" {
            add(HeaderText.trimmed(field.value), .apiKeyHeader)
        }
        for token in subprotocols {
            add(Subprotocol.key(in: token), .subprotocol)
        }
        for name in ["api-key", "api_key"] {
            add(queryValue(name, in: target), .queryKey)
        }
        add(queryValue("authorization", in: target).flatMap(bearerKey(in:)), .queryAuthorization)
        return found
    }

    /// The key in an `Authorization` value (RFC 6750 section 2.1), or a value without a scheme taken as the key itself.
    ///
    /// Browsers' form encoding writes the space after `Bearer` in a query as `+`, so that separates there too; in the
    /// key itself it stays, because the same encoding writes a real one as `%2B`. Other schemes are not for this
    /// server.
    static func bearerKey(in value: String) -> String? {
        let text = HeaderText.trimmed(value)
        let scheme = "bearer"
        let rest = text.utf8.dropFirst(scheme.utf8.count)
        guard HeaderText.hasPrefix(text, scheme) else {
            return text.utf8.contains(where: HeaderText.isWhiteSpace) ? nil : text
        }
        guard let separator = rest.first else { return nil }
        guard HeaderText.isWhiteSpace(separator) || separator == UInt8(ascii: "+") else { return text }
        return HeaderText.trimmed(String(decoding: rest.dropFirst(), as: UTF8.self))
    }

    /// The first parameter of that name in any case, as field names are.
    private static func queryValue(_ name: String, in target: RequestTarget) -> String? {
        target.parameters.first { HeaderText.matches($0.name, name) }.map { HeaderText.trimmed($0.value) }
    }
}
