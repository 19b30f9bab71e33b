// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyWebSocket

/// A request target taken apart: the path, which routes, and the query, which never takes part in that.
package struct RequestTarget: Sendable, Equatable {
    /// One `name=value` of the query, percent-decoded.
    package struct Parameter: Sendable, Equatable {
        package let name: String
        package let value: String
    }

    /// As sent, without query and fragment; never empty.
    package let path: String
    /// In the order sent.
    ///
    /// Nothing is left out, so that duplicates can be told.
    package let parameters: [Parameter]

    /// Takes origin form (`/path?query`) and absolute form (`http://host/path?query`, RFC 9112 section 3.2.2).
    package init(_ raw: String) {
        let bytes = raw.utf8.prefix { $0 != UInt8(ascii: "#") }
        let beforeQuery = bytes.prefix { $0 != UInt8(ascii: "?") }
        let path = Self.withoutAuthority(String(decoding: beforeQuery, as: UTF8.self))
        self.path = path.isEmpty ? "/" : path
        let pairs = bytes.dropFirst(beforeQuery.count + 1).split(separator: UInt8(ascii: "&"))
        self.parameters = pairs.map { pair in
            let name = pair.prefix { $0 != UInt8(ascii: "=") }
            return Parameter(
                name: PercentCoding.decoded(name),
                value: PercentCoding.decoded(pair.dropFirst(name.count + 1))
            )
        }
    }

    /// The value of the first parameter of that exact name; nil when there is none or it is empty.
    package func value(_ name: String) -> String? {
        parameters.first { $0.name == name }.flatMap { $0.value.isEmpty ? nil : $0.value }
    }

    /// The path without the one slash that may end it.
    package var comparablePath: String {
        path.utf8.count > 1 && path.utf8.last == UInt8(ascii: "/") ? String(path.dropLast()) : path
    }

    private static func withoutAuthority(_ target: String) -> String {
        for scheme in ["http://", "https://", "ws://", "wss://"] where HeaderText.hasPrefix(target, scheme) {
            let rest = target.utf8.dropFirst(scheme.utf8.count)
            return String(decoding: rest.drop { $0 != UInt8(ascii: "/") }, as: UTF8.self)
        }
        return target
    }
}
