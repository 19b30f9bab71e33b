// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyWebSocket

/// One entry of the list of allowed origins.
///
/// - `https://app.example.com`, `https://*.example.com`: that scheme, its default port
/// - `http://example.com:8080`, `http://example.com:*`: that port, any port
/// - `example.com`: any scheme, its default port
/// - `chrome-extension://ID`, `capacitor://localhost`: pages of extensions and applications
/// - `null`, `file://`: pages without an address of their own
/// - `*`: every origin
package struct OriginPattern: Sendable, Hashable {
    private enum Port: Hashable {
        case schemesDefault
        case any
        case exactly(Int)
    }

    private enum Shape: Hashable {
        case everything
        case opaque
        case file
        case server(scheme: String?, host: HostPattern, port: Port)
    }

    private let shape: Shape

    /// - Throws: `PatternError` with the pattern as given.
    package init(_ text: String) throws(PatternError) {
        switch text {
        case "*": self.shape = .everything
        case "null": self.shape = .opaque
        case "file://", "file:///": self.shape = .file
        default: self.shape = try Self.server(text)
        }
    }

    /// Whether the pattern covers the origin.
    func matches(_ origin: Origin) -> Bool {
        switch (shape, origin) {
        case (.everything, _): return true
        case (.opaque, .opaque), (.file, .file): return true
        case (.server(let scheme, let host, let port), .server(let itsScheme, let its)):
            guard scheme == nil || scheme == itsScheme, host.matches(its) else { return false }
            switch port {
            case .any: return true
            case .exactly(let number): return (its.port ?? Origin.defaultPort(of: itsScheme)) == number
            case .schemesDefault: return its.port == nil || its.port == Origin.defaultPort(of: itsScheme)
            }
        default: return false
        }
    }

    private static func server(_ text: String) throws(PatternError) -> Shape {
        let bytes = Array(text.utf8)
        var scheme: String?
        var rest = bytes[...]
        if let colon = bytes.firstIndex(of: UInt8(ascii: ":")), bytes[colon...].starts(with: "://".utf8) {
            scheme = HeaderText.lowercased(String(decoding: bytes[..<colon], as: UTF8.self))
            rest = bytes[(colon + 3)...]
        }
        if rest.last == UInt8(ascii: "/") { rest = rest.dropLast() }
        var port = Port.schemesDefault
        if let colon = rest.lastIndex(of: UInt8(ascii: ":")), !rest[colon...].contains(UInt8(ascii: "]")) {
            let written = String(decoding: rest[(colon + 1)...], as: UTF8.self)
            if written == "*" {
                port = .any
            } else if let number = UInt16(written) {
                port = .exactly(Int(number))
            } else {
                throw PatternError(pattern: text, problem: "has a port that is neither a number up to 65535 nor *")
            }
            rest = rest[..<colon]
        }
        do {
            guard scheme != "" else { throw PatternError(pattern: text, problem: "has no scheme") }
            let host = try HostPattern(String(decoding: rest, as: UTF8.self))
            return .server(scheme: scheme, host: host, port: port)
        } catch {
            throw PatternError(
                pattern: text,
                problem: "is no origin: write scheme://host[:port] as in https://*.example.com, or null, file:// or *"
            )
        }
    }
}
