// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyHandshake
import ParleyWebSocket

/// Finds what is secret in a question: keys, passwords, cookies.
enum SecretSearch {
    /// - Parameters:
    ///   - question: What the user said.
    ///   - request: What a client was seen to send, if anything.
    /// - Returns: Each secret once, the longest first.
    static func credentials(in question: Question, and request: Exchange.Request? = nil) -> [Credential] {
        var found: Set<String> = []
        func add(_ text: some StringProtocol) { found.insert(HeaderText.trimmed(String(text))) }
        if let key = question.key { add(key) }
        // The key of the handshake is none of the server's.
        let headers = question.headers + (request?.headers ?? []).filter { !HeaderText.hasPrefix($0.name, "Sec-") }
        for header in headers where Redaction.isSensitive(header.name) {
            let name = HeaderText.lowercased(header.name)
            if name.contains("cookie") {
                for cookie in header.value.split(separator: ";") {
                    add(cookie.split(separator: "=", maxSplits: 1).last ?? cookie)
                }
            } else {
                // The word in front names a scheme and is no secret.
                let words = header.value.split { $0 == " " || $0 == "\t" }
                words.dropFirst(words.count > 1 ? 1 : 0).forEach(add)
            }
        }
        for token in (question.subprotocols ?? []) + (request?.subprotocols ?? [])
        where Subprotocol.carriesSecret(token) {
            add(Subprotocol.key(in: token) ?? token)
        }
        for url in [question.url, question.directURL, question.page, question.proxy, request?.target].compactMap(\.self)
        {
            for secret in secrets(inURL: url) { add(secret) }
        }
        // The longer first: a key that begins as another one does is to be masked as a whole.
        return found.sorted { ($0.utf8.count, $0) > ($1.utf8.count, $1) }
            .compactMap { Credential($0, source: .authorization) }
    }

    /// User information and the values of parameters that hold keys, as written and decoded.
    private static func secrets(inURL url: String) -> [String] {
        var found: [String] = []
        if let user = userInformation(in: url) {
            found += user.split(separator: ":").map(String.init)
        }
        for pair in url.drop(while: { $0 != "?" }).dropFirst().split(whereSeparator: { "&?#".contains($0) }) {
            let parts = pair.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, Redaction.isSensitive(String(parts[0])) else { continue }
            found += [String(parts[1])]
            found += RequestTarget("/?" + pair).parameters.map(\.value)
                .compactMap { $0.split { $0 == " " || $0 == "+" }.last.map(String.init) }
        }
        return found
    }

    /// What stands before `@` in a URL's authority.
    static func userInformation(in url: String) -> Substring? {
        let rest = url.firstRange(of: "://").map { url[$0.upperBound...] } ?? url[...]
        let authority = rest.prefix { !"/?#".contains($0) }
        return authority.lastIndex(of: "@").map { authority[..<$0] }
    }
}
