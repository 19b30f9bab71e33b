// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// The address of a server, as a user names it: its WebSocket endpoint and its HTTP resources.
package struct Endpoint: Sendable, Hashable {
    /// Host and port with the scheme in front, without a path, such as `ws://127.0.0.1:8080`.
    package let origin: String
    /// Path of the Realtime endpoint, such as `/v1/realtime`.
    package let path: String
    /// The model in the URL's query, if there is one.
    package let model: String?

    private let query: [QueryItem]

    /// Reads a URL; a missing path becomes `/v1/realtime`.
    ///
    /// `http` and `https` are taken for `ws` and `wss`. Parameters other than `model` and `intent` go into every
    /// request, as some servers need them.
    ///
    /// - Throws: ``EndpointError`` for anything but such a URL with a host.
    package init(_ text: String) throws(EndpointError) {
        guard let separator = text.firstRange(of: "://") else { throw .schemeMissing }
        let name = text[..<separator.lowerBound].lowercased()
        guard let scheme = ["ws": "ws", "http": "ws", "wss": "wss", "https": "wss"][name] else {
            throw .schemeUnknown(name)
        }
        let rest = text[separator.upperBound...]
        let authority = rest.prefix { !"/?#".contains($0) }
        guard !authority.isEmpty, !authority.contains("@") else { throw .hostMissing }
        origin = "\(scheme)://\(authority)"
        let tail = rest.dropFirst(authority.count).prefix { $0 != "#" }
        let path = tail.prefix { $0 != "?" }
        self.path = path.isEmpty || path == "/" ? "/v1/realtime" : String(path)
        let items = tail.dropFirst(path.count).dropFirst().split(separator: "&").map(Self.item)
        model = items.last { $0.name == "model" }?.value
        query = items.filter { $0.name != "model" && $0.name != "intent" }
    }

    /// The URL of a WebSocket with more query parameters.
    package func webSocketURL(_ items: [QueryItem]) -> String { origin + target(path, items) }

    /// Path and query of an HTTP resource below the endpoint, such as `/client_secrets`.
    package func httpTarget(_ resource: String) -> String { target(path + resource, []) }

    /// Where an HTTP request is sent: the host's scheme with `ws` read as `http`.
    package var isSecure: Bool { origin.hasPrefix("wss:") }

    private func target(_ path: String, _ items: [QueryItem]) -> String {
        let all = (items + query).map { "\(Self.encoded($0.name))=\(Self.encoded($0.value))" }
        return all.isEmpty ? path : path + "?" + all.joined(separator: "&")
    }

    private static func item(_ text: Substring) -> QueryItem {
        let name = text.prefix { $0 != "=" }
        return QueryItem(decoded(name), decoded(text.dropFirst(name.count + 1)))
    }

    private static let unreserved = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8)

    /// Percent-encoding (RFC 3986, section 2.1).
    private static func encoded(_ text: String) -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            if unreserved.contains(byte) {
                bytes.append(byte)
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                bytes += Array("%\(digits.count == 1 ? "0" : "")\(digits)".utf8)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func decoded(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// Why a text is no address of a server.
package enum EndpointError: Error, Sendable, Hashable, CustomStringConvertible {
    case schemeMissing
    case schemeUnknown(String)
    case hostMissing

    package var description: String {
        switch self {
        case .schemeMissing: "the URL does not say how to connect; write it as in ws://127.0.0.1:8080"
        case .schemeUnknown(let name): "no Realtime server is reached by '\(name)'; use ws:// or wss://"
        case .hostMissing:
            "the URL names no host, or has credentials before '@'; write it as in ws://127.0.0.1:8080 and give the "
                + "key by PARLEY_CONFORM_KEY"
        }
    }
}
