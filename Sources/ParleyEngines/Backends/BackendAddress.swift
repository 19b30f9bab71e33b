// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// Where a slot's server is asked, as the user wrote it: `URL[#MODEL]`.
public struct BackendAddress: Sendable, Equatable {
    /// Why a text is no address.
    public struct Invalid: Error, Sendable, Equatable, CustomStringConvertible {
        /// What is wrong and what is expected.
        public let description: String
    }

    /// The URL without its fragment.
    public let url: String
    /// What stood behind `#`.
    public let model: String?
    /// The part before the path: `http://host:port`.
    let origin: String
    /// Path as given, `""` or beginning with `/`.
    private let path: String
    /// Query as given, with its `?`.
    private let query: String
    /// Host, without brackets.
    let host: String

    /// Reads `http://127.0.0.1:8080`, `https://example.com/v1#MODEL`, or the whole address of an endpoint.
    public init(_ text: String) throws(Invalid) {
        let pieces = text.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
        let url = pieces[0]
        model = pieces.count > 1 && !pieces[1].isEmpty ? String(pieces[1]) : nil
        guard let scheme = ["http://", "https://"].first(where: { url.lowercased().hasPrefix($0) }) else {
            throw Invalid(description: "expects http://… or https://…, such as http://127.0.0.1:11434#MODEL.")
        }
        guard url.unicodeScalars.allSatisfy({ $0.isASCII && $0.value > 0x20 && $0.value < 0x7F }) else {
            throw Invalid(description: "has white space or characters that a URL cannot have; write them as %20.")
        }
        let rest = url.dropFirst(scheme.count)
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        guard !authority.contains("@") else {
            throw Invalid(
                description: "has a user or key in it, which others can see; put the key into the environment."
            )
        }
        host = try Self.host(authority)
        origin = scheme + authority
        let target = rest.dropFirst(authority.count)
        let path = target.prefix { $0 != "?" }
        self.path = path == "/" ? "" : String(path)
        query = String(target.dropFirst(path.count))
        self.url = String(url)
    }

    private static func host(_ authority: Substring) throws(Invalid) -> String {
        var host = authority
        var port = Substring()
        if host.hasPrefix("["), let end = host.firstIndex(of: "]") {
            port = host[host.index(after: end)...]
            host = host[host.index(after: host.startIndex)..<end]
        } else if let colon = host.firstIndex(of: ":") {
            port = host[colon...]
            host = host[..<colon]
        }
        let isPort = port.isEmpty || port.first == ":" && (1...65_535).contains(Int(port.dropFirst()) ?? 0)
        guard !host.isEmpty, isPort else { throw Invalid(description: "names no host, or a port that is none.") }
        return String(host)
    }

    /// Whether the server is on this machine.
    var isLoopback: Bool { host == "localhost" || host == "::1" || host.hasPrefix("127.") }

    /// The address of the endpoint that is `/v1/` and `leaf` by default (`chat/completions`).
    ///
    /// A path that ends with a version (`/v1`, `/api/v3`) gets `leaf` appended; any other path is taken for the
    /// endpoint's own, as servers have them that are not quite of this kind (`/inference`).
    /// `own` stands for the path instead, whatever that of the address is, and begins with `/`.
    package func endpoint(_ leaf: String, at own: String? = nil) -> String {
        if let own { return origin + own + query }
        return base.map { "\($0)/\(leaf)\(query)" } ?? "\(origin)\(path)\(query)"
    }

    /// Where `/models` would be; `nil` if the path is an endpoint's own that says nothing of its neighbours.
    var base: String? {
        if path.isEmpty { return "\(origin)/v1" }
        let trimmed = path.hasSuffix("/") ? String(path.dropLast()) : path
        let last = trimmed.split(separator: "/").last ?? ""
        let isVersion = last.first == "v" && last.dropFirst().first?.isNumber == true || last == "openai"
        return isVersion ? origin + trimmed : nil
    }

    /// The list of models.
    var models: String { base.map { "\($0)/models" } ?? "\(origin)/v1/models" }

    /// The endpoint without what may be secret in it, for logs.
    func shown(_ leaf: String) -> String { String(endpoint(leaf).prefix { $0 != "?" }) }
}
