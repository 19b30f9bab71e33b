// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import ParleyWebSocket

/// A pattern in a policy that cannot be understood.
package struct PatternError: Error, Equatable, CustomStringConvertible {
    /// The pattern as given.
    package let pattern: String
    /// What is wrong with it and what to write instead.
    package let problem: String

    /// Pattern and problem in one sentence.
    package var description: String { "\"\(pattern)\" \(problem)" }
}

/// A host name or address, or `*.` and a domain for every name under it, or `*` for all.
package struct HostPattern: Sendable, Hashable {
    private enum Shape: Hashable {
        case any
        case under(String)
        case exactly(String)
    }

    private let shape: Shape

    /// - Throws: `PatternError` for what is no host, such as a URL, and for a port, which no pattern of hosts has.
    package init(_ text: String) throws(PatternError) {
        if text == "*" {
            self.shape = .any
            return
        }
        let domain = HeaderText.suffix(of: text, after: "*.")
        guard let parsed = HostPort(domain ?? Self.bracketed(text)), parsed.port == nil else {
            throw PatternError(
                pattern: text,
                problem:
                    "is no host pattern: write a name, an address, *.example.com or *, without scheme, port and path"
            )
        }
        self.shape = domain == nil ? .exactly(parsed.host) : .under(parsed.host)
    }

    /// Whether the pattern covers the host.
    ///
    /// `*.example.com` covers every name below `example.com`, not itself.
    package func matches(_ host: HostPort) -> Bool {
        switch shape {
        case .any: true
        case .under(let domain): host.host.hasSuffix("." + domain)
        case .exactly(let name): host.host == name
        }
    }

    /// IPv6 addresses are written without brackets wherever no port can follow, so both spellings are taken.
    private static func bracketed(_ text: String) -> String {
        !text.hasPrefix("[") && text.utf8.count(where: { $0 == UInt8(ascii: ":") }) > 1 ? "[\(text)]" : text
    }
}
