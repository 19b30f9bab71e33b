// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyHandshake
internal import ParleyWebSocket

extension AnswerDefect {
    /// RFC 6455 section 4.1, check 6, and what clients ask beyond it.
    ///
    /// When nothing was offered, any field in the answer is one fault, whatever its form: that is how clients see it.
    static func inSubprotocol(of response: Exchange.Response, offered: [String]) -> Set<AnswerDefect> {
        let lines = response.headers.values("Sec-WebSocket-Protocol")
        guard let first = lines.first else { return offered.isEmpty ? [] : [.subprotocolMissing] }
        guard !offered.isEmpty else { return [.subprotocolUnoffered] }
        guard lines.count == 1 else { return [.subprotocolRepeated] }
        let value = HeaderText.trimmed(first)
        if value.isEmpty { return [.subprotocolEmpty] }
        var found: Set<AnswerDefect> = first == value ? [] : [.subprotocolSpaces]
        if value.utf8.contains(UInt8(ascii: ",")) {
            found.insert(.subprotocolList)
        } else if value.hasPrefix("\"") || value.hasPrefix("'") {
            found.insert(.subprotocolQuoted)
        } else if let defect = inSelected(value, offered: offered) {
            found.insert(defect)
        }
        return found
    }

    private static func inSelected(_ value: String, offered: [String]) -> AnswerDefect? {
        // Both sides may hold a key, and one of them may have been masked before it was stored.
        let selected = Redaction.subprotocol(value)
        let choices = offered.map(Redaction.subprotocol)
        if choices.contains(selected) { return nil }
        return choices.contains { HeaderText.matches($0, selected) } ? .subprotocolCase : .subprotocolOther
    }
}
