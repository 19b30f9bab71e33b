// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import ParleyEvents

/// Takes out of a recording what clients give their servers to keep: the keys of MCP servers, and marks that are named
/// as secrets are.
///
/// It depends on names and places only, never on what a value is, so that a masked session behaves as the real one.
package enum SecretMask {
    /// What stands in place of a secret.
    static let mark: JSON = "***"

    /// The line without what is secret in it.
    package static func masked(_ object: JSONObject) -> JSONObject {
        JSONObject(object.members.map { ($0.name, masked($0.value, named: $0.name)) })
    }

    private static func masked(_ value: JSON, named name: String) -> JSON {
        switch (name, value) {
        case ("authorization", .null), ("headers", .null): value
        case ("authorization", _): mark
        case ("headers", .object(let headers)): .object(JSONObject(headers.members.map { ($0.name, mark) }))
        case ("headers", _): mark
        case ("server_url", .string(let url)): .string(withoutCredentials(url))
        case ("metadata", .object(let metadata)):
            .object(JSONObject(metadata.members.map { ($0.name, isSecret($0.name) ? mark : $0.value) }))
        // A schema has members of any name.
        case ("parameters", _): value
        case (_, .object(let object)): .object(masked(object))
        case (_, .array(let elements)): .array(elements.map { masked($0, named: "") })
        default: value
        }
    }

    /// A URL with its user and its query masked.
    private static func withoutCredentials(_ url: String) -> String {
        var shown = String(url.prefix { $0 != "?" })
        if shown.utf8.count < url.utf8.count { shown += "?***" }
        let scheme = shown.firstRange(of: "://")?.upperBound ?? shown.startIndex
        let authority = shown[scheme...].prefix { $0 != "/" && $0 != "?" }
        guard let at = authority.lastIndex(of: "@") else { return shown }
        return shown[..<scheme] + "***" + shown[at...]
    }

    /// Whether a mark of that name holds a secret.
    private static func isSecret(_ name: String) -> Bool {
        let name = name.lowercased()
        return ["authorization", "key", "token", "secret", "password", "cookie"].contains { name.contains($0) }
    }
}
