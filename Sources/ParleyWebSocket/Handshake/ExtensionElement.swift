// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// One element of `Sec-WebSocket-Extensions`: a name and its parameters in their order (RFC 6455 section 9.1).
package struct ExtensionElement: Sendable, Equatable {
    /// A name, and a value where there is one, taken out of its quotation marks.
    package struct Parameter: Sendable, Equatable {
        package let name: String
        package let value: String?
    }

    package let name: String
    package let parameters: [Parameter]

    /// Nil for what the grammar does not allow: anything but tokens, also inside of quotation marks.
    package init?(_ element: String) {
        var parts = element.split(separator: ";", omittingEmptySubsequences: false)
            .map { HeaderText.trimmed(String($0)) }
        name = parts.removeFirst()
        var parameters: [Parameter] = []
        for part in parts {
            guard let parameter = Parameter(part) else { return nil }
            parameters.append(parameter)
        }
        guard HeaderText.isToken(name) else { return nil }
        self.parameters = parameters
    }
}

extension ExtensionElement.Parameter {
    fileprivate init?(_ text: String) {
        let sides = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        name = sides.first ?? ""
        value = sides.count > 1 ? Self.unquoted(sides[1]) : nil
        guard HeaderText.isToken(name), value.map(HeaderText.isToken) ?? true else { return nil }
    }

    /// The text without the quotation marks around it, if there are any, and what backslashes stand before as it is.
    private static func unquoted(_ text: String) -> String {
        guard text.utf8.count >= 2, text.hasPrefix("\""), text.hasSuffix("\"") else { return text }
        var inside = text.dropFirst().dropLast()
        var value = ""
        while var next = inside.popFirst() {
            if next == "\\" {
                guard let escaped = inside.popFirst() else { return text }
                next = escaped
            }
            value.append(next)
        }
        return value
    }
}
