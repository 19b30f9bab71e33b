// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyWebSocket

extension AnswerDefect {
    /// RFC 6455 section 9.1, and RFC 7692 section 7.1 for the parameters.
    static func inExtensions(of response: Exchange.Response, offered: [String]) -> Set<AnswerDefect> {
        let lines = response.headers.values("Sec-WebSocket-Extensions")
        let accepted = HeaderLists.elements(of: lines).map(Extension.init)
        if accepted.isEmpty { return lines.isEmpty ? [] : [.extensionEmpty] }
        let offers = HeaderLists.elements(of: offered).map(Extension.init)
        var found: Set<AnswerDefect> = []
        for one in accepted where !offers.contains(where: { $0.name == one.name }) {
            found.insert(.extensionUnoffered)
            if one.name == Extension.deflate, !one.isContextFree { found.insert(.deflateUnoffered) }
        }
        let deflate = accepted.filter { $0.name == Extension.deflate }
        if deflate.count > 1 { found.insert(.extensionRepeated) }
        for one in deflate where !one.isValid { found.insert(.extensionParameters) }
        let windows = deflate.flatMap(\.parameters).filter { $0.name == "client_max_window_bits" }
        if windows.contains(where: { $0.value == "8" }) { found.insert(.smallClientWindow) }
        let mayShrink = offers.contains { $0.parameters.contains { $0.name == "client_max_window_bits" } }
        if !windows.isEmpty, !mayShrink { found.insert(.extensionParameterUnoffered) }
        return found
    }

    /// One element of `Sec-WebSocket-Extensions`.
    private struct Extension {
        static let deflate = "permessage-deflate"

        let name: String
        let parameters: [(name: String, value: String?)]

        init(_ element: String) {
            var parts = element.split(separator: ";").map { HeaderText.trimmed(String($0)) }
            name = parts.isEmpty ? "" : parts.removeFirst()
            parameters = parts.map { part in
                let sides = part.split(separator: "=", maxSplits: 1).map { HeaderText.trimmed(String($0)) }
                let value = sides.count > 1 ? sides[1].filter { $0 != "\"" } : nil
                return (sides.first ?? "", value)
            }
        }

        /// Whether both sides start anew with each message.
        var isContextFree: Bool {
            ["server_no_context_takeover", "client_no_context_takeover"]
                .allSatisfy { wanted in parameters.contains { $0.name == wanted } }
        }

        /// Whether the parameters are those of an accepted permessage-deflate, each once and with a fitting value.
        var isValid: Bool {
            Set(parameters.map(\.name)).count == parameters.count
                && parameters.allSatisfy { parameter in
                    switch parameter.name {
                    case "server_no_context_takeover", "client_no_context_takeover":
                        parameter.value == nil
                    case "server_max_window_bits", "client_max_window_bits":
                        (8...15).contains { String($0) == parameter.value }
                    default:
                        false
                    }
                }
        }
    }
}
