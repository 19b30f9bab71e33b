// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyWebSocket

/// One Content Security Policy, as far as it concerns connections (W3C CSP3 section 6.7.2).
package struct ContentPolicy: Sendable {
    /// `connect-src`, else `default-src`: its name and its sources.
    private let directive: (name: String, sources: [String])?

    /// Reads the text of one policy; the first directive of a name counts.
    package init(_ text: String) {
        let directives = text.split(separator: ";").map { $0.split(whereSeparator: \.isWhitespace).map(String.init) }
        let named = { (name: String) in
            directives.first { $0.first.map { HeaderText.matches($0, name) } == true }
                .map { (name: name, sources: Array($0.dropFirst())) }
        }
        directive = named("connect-src") ?? named("default-src")
    }

    /// The directive as written, when it forbids a connection to the address; nil when it allows it.
    package func directiveBlocking(_ address: TargetAddress, from page: TargetAddress) -> String? {
        guard let directive else { return nil }
        if directive.sources.contains(where: { Self.allows($0, address, page) }) { return nil }
        return ([directive.name] + directive.sources).joined(separator: " ")
    }

    private static func allows(_ source: String, _ address: TargetAddress, _ page: TargetAddress) -> Bool {
        let source = HeaderText.lowercased(source)
        if source == "*" { return true }
        if source == "'self'" {
            // A socket of the page's own host is of its origin, if it is as secure as the page.
            return address.host == page.host && address.port == page.port && (address.isSecure || !page.isSecure)
        }
        if source.hasPrefix("'") { return false }
        if source.hasSuffix(":") { return schemeMatches(String(source.dropLast()), address.scheme) }
        var rest = source[...]
        if let end = rest.firstRange(of: "://") {
            guard schemeMatches(String(rest[..<end.lowerBound]), address.scheme) else { return false }
            rest = rest[end.upperBound...]
        } else if page.isSecure, !address.isSecure {
            return false
        }
        let authority = rest.prefix { $0 != "/" }
        let path = rest[authority.endIndex...]
        let colon = authority.firstIndex(of: ":") ?? authority.endIndex
        return hostMatches(String(authority[..<colon]), address.host)
            && portMatches(String(authority[colon...].dropFirst()), address)
            && (path.isEmpty || path == "/"
                || (path.hasSuffix("/") ? address.path.hasPrefix(path) : address.path == path))
    }

    /// A secure scheme is as good as the plain one that was written.
    private static func schemeMatches(_ written: String, _ scheme: String) -> Bool {
        written == scheme || (written == "ws" && scheme == "wss")
    }

    private static func hostMatches(_ written: String, _ host: String) -> Bool {
        if written == "*" { return true }
        return written.hasPrefix("*.") ? host.hasSuffix(written.dropFirst()) : written == host
    }

    private static func portMatches(_ written: String, _ address: TargetAddress) -> Bool {
        if written == "*" { return true }
        if written.isEmpty { return address.port == (address.isSecure ? 443 : 80) }
        return Int(written) == address.port || (written == "80" && address.port == 443 && address.isSecure)
    }
}
