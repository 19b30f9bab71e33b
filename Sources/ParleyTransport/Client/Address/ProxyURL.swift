// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyWebSocket

/// A proxy that makes a tunnel by HTTP `CONNECT` (RFC 9110 section 9.3.6).
package struct ProxyURL: Sendable, Equatable {
    /// Lower case, without the brackets of an IPv6 address.
    package let host: String
    /// 1–65535; 80 when the URL names none.
    package let port: Int
    /// The user, percent-decoded; nil when the proxy asks for none.
    package let user: String?
    /// The password, percent-decoded; empty when only a user is given.
    package let password: String

    /// Reads `http://[user[:password]@]host[:port]`; the scheme may be left out.
    ///
    /// - Throws: what is wrong with the text.
    package init(_ text: String) throws(ProxyURLError) {
        var rest = Substring(text)
        if let end = text.firstRange(of: "://") {
            let scheme = HeaderText.lowercased(String(text[..<end.lowerBound]))
            guard scheme == "http" else { throw .schemeUnsupported(scheme) }
            rest = text[end.upperBound...]
        }
        rest = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        var credentials: Substring?
        if let at = rest.lastIndex(of: "@") {
            credentials = rest[..<at]
            rest = rest[rest.index(after: at)...]
        }
        guard let address = HostPort(String(rest)), address.port != 0 else { throw .hostMalformed }
        host = address.host
        port = address.port ?? 80
        let parts = credentials?.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false) ?? []
        user = try parts.first.map { text throws(ProxyURLError) in try Self.decoded(text) }
        password = parts.count == 2 ? try Self.decoded(parts[1]) : ""
    }

    /// The proxy the environment names for `url`, nil for none.
    ///
    /// `https_proxy` is for wss, `http_proxy` for ws, `all_proxy` for both; each is looked for in lower case, then in
    /// upper case. `HTTP_PROXY` in upper case does not count in a CGI script, where a request's `Proxy` field sets
    /// it. Addresses of this machine are never reached through a proxy, nor are those `no_proxy` lists.
    ///
    /// - Parameters:
    ///   - url: What is to be reached.
    ///   - environment: The variables of the process.
    /// - Throws: what is wrong with the value of the variable.
    /// - Returns: Nil when the address is reached directly.
    package static func fromEnvironment(
        for url: WebSocketURL,
        environment: [String: String]
    ) throws(ProxyURLError) -> ProxyURL? {
        func value(_ name: String, _ capitals: String) -> String? {
            [environment[name], environment[capitals]].compactMap { $0.map(HeaderText.trimmed) }
                .first { !$0.isEmpty }
        }
        let isCGI = environment["REQUEST_METHOD"] != nil
        let own =
            url.isSecure
            ? value("https_proxy", "HTTPS_PROXY") : value("http_proxy", isCGI ? "http_proxy" : "HTTP_PROXY")
        guard let text = own ?? value("all_proxy", "ALL_PROXY") else { return nil }
        let exceptions = ProxyExceptions(value("no_proxy", "NO_PROXY") ?? "")
        guard !exceptions.contains(url) else { return nil }
        return try ProxyURL(text)
    }

    /// The value of `Proxy-Authorization` (RFC 7617), nil without a user.
    package var authorization: String? {
        user.map { "Basic " + Base64Text.encoded(Array("\($0):\(password)".utf8)) }
    }

    private static func decoded(_ text: Substring) throws(ProxyURLError) -> String {
        let bytes = Array(text.utf8)
        var plain: [UInt8] = []
        var position = 0
        while position < bytes.count {
            if bytes[position] == UInt8(ascii: "%") {
                let digits = bytes[(position + 1)...].prefix(2)
                guard digits.count == 2, let byte = UInt8(String(decoding: digits, as: UTF8.self), radix: 16) else {
                    throw .credentialsMalformed
                }
                plain.append(byte)
                position += 3
            } else {
                plain.append(bytes[position])
                position += 1
            }
        }
        return String(decoding: plain, as: UTF8.self)
    }
}

extension ProxyURL: CustomStringConvertible {
    /// The proxy without its credentials.
    package var description: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return "http://\(user == nil ? "" : "***@")\(name):\(port)"
    }
}

/// Why a text is no address of a proxy; the text is not repeated, since it may hold a password.
package enum ProxyURLError: Error, Sendable, Equatable {
    case schemeUnsupported(String)
    case hostMalformed
    case credentialsMalformed
}

extension ProxyURLError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .schemeUnsupported(let scheme):
            "A proxy with the scheme '\(scheme)' is not supported; name an HTTP proxy as http://host:port."
        case .hostMalformed:
            "The proxy's URL names no valid host and port; write http://host:port."
        case .credentialsMalformed:
            "The user or password in the proxy's URL has a '%' without two hexadecimal digits; write the sign as %25."
        }
    }
}
