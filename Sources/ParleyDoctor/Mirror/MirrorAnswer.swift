// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// One way of answering a handshake: what a server sends, in order, so that it can be seen what a client takes.
package struct MirrorAnswer: Sendable, Equatable {
    /// As it is asked for: by an option, or as the path `/answer/NAME`.
    package let name: String
    /// What is special about it.
    package let about: String
    package let steps: [Step]

    /// What is done next.
    package enum Step: Sendable, Equatable {
        /// Sends a head: lines with places to fill (``MirrorRequest``). A line with a place that has no value is left out.
        case head([String], lineEnd: String = "\r\n")
        /// Sends the same byte by byte.
        case slowHead([String])
        case send([UInt8])
        /// Sends so many bytes of text in one frame.
        case sendText(bytes: Int)
        /// Sends what a server of the kind the client asks for would send first.
        case greet
        /// Goes on as a right server: echoes, answers pings and the close, sends pings.
        case converse
        /// Says nothing more, whatever comes.
        case keepQuiet
        /// Ends the connection.
        case end
        case reset
    }

    init(_ name: String, _ about: String, _ steps: [Step]) {
        self.name = name
        self.about = about
        self.steps = steps
    }

    /// The right answer.
    package static let right = MirrorAnswer("right", "a right 101", opened())

    /// The answer of that name.
    package static func named(_ name: String) -> MirrorAnswer? { all.first { $0.name == name } }

    /// Every answer, the right one first.
    package static let all = [right] + subprotocols + heads + statuses + extensions + frames + closes + times

    /// The head of a right 101.
    static let head = [
        "HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade",
        "Sec-WebSocket-Accept: {accept}", "Sec-WebSocket-Protocol: {chosen}",
    ]

    /// The head with the line of a field replaced by some others, or with lines added.
    static func head(_ field: String? = nil, _ lines: [String]) -> [String] {
        guard let field else { return head + lines }
        return head.flatMap { $0.hasPrefix(field) ? lines : [$0] }
    }

    /// A head, then as a right server.
    static func opened(_ lines: [String] = head) -> [Step] { [.head(lines), .greet, .converse] }

    /// A right head, then something, then as a right server.
    static func then(_ steps: Step...) -> [Step] { [.head(head)] + steps + [.converse] }
}
