// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyWebSocket

/// Finds content security policies in a page's own elements (CSP section 3.3).
package enum MetaPolicies {
    /// The content of `<meta http-equiv="Content-Security-Policy">` elements, in order, at most sixteen.
    package static func all(in html: some Collection<UInt8>) -> [String] {
        var found: [String] = []
        for element in html.split(separator: UInt8(ascii: "<"), omittingEmptySubsequences: true) {
            guard found.count < 16, element.prefix(5).map(HeaderText.folded).starts(with: "meta".utf8) else { continue }
            let text = String(decoding: element.prefix { $0 != UInt8(ascii: ">") }.prefix(16_384), as: UTF8.self)
            let attributes = attributes(of: text)
            guard HeaderText.matches(attributes["http-equiv"] ?? "", "Content-Security-Policy"),
                let content = attributes["content"]
            else { continue }
            found.append(content)
        }
        return found
    }

    /// Attributes with their values, names in lower case.
    private static func attributes(of element: String) -> [String: String] {
        var found: [String: String] = [:]
        var rest = element[...]
        while let equals = rest.firstIndex(of: "=") {
            let name = rest[..<equals].split(whereSeparator: \.isWhitespace).last.map(String.init) ?? ""
            rest = rest[rest.index(after: equals)...].drop(while: \.isWhitespace)
            let value: Substring
            if let quote = rest.first, quote == "\"" || quote == "'" {
                value = rest.dropFirst().prefix { $0 != quote }
                rest = rest.dropFirst().drop { $0 != quote }.dropFirst()
            } else {
                value = rest.prefix { !$0.isWhitespace }
                rest = rest[value.endIndex...]
            }
            found[HeaderText.lowercased(name)] = String(value)
        }
        return found
    }
}
