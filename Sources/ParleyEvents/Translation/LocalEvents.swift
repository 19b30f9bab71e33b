// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// Events that the translator makes itself, and their ids.
struct LocalEvents: Sendable {
    /// Answers owed before the server has shown its session are kept back to this number, so that a client which never
    /// lets the server speak cannot pile them up.
    static let maximumOwedAnswers = 8

    private var count = 0
    private var owedAnswers = 0

    /// An id that cannot be mistaken for one of the server's.
    mutating func nextID() -> JSON {
        count += 1
        return .string("event_gw_\(count)")
    }

    /// An `error` event, which has the same shape in both dialects.
    mutating func error(_ error: RealtimeError, causedBy event: JSONObject?) -> JSONObject {
        var error = error
        error.eventID = event?["event_id"]?.stringValue
        return ["type": "error", "event_id": nextID(), "error": .object(error.object)]
    }

    /// An update that changes nothing on the server's side came before the server has shown its session.
    mutating func oweAnswer() {
        owedAnswers = min(owedAnswers + 1, Self.maximumOwedAnswers)
    }

    /// How many updates are to be answered now that the session is known.
    mutating func takeOwedAnswers() -> Int {
        defer { owedAnswers = 0 }
        return owedAnswers
    }
}

extension RealtimeError {
    /// One of the two dialects has no way to say what the other side said (translation table, section 8).
    static func unsupported(_ param: String, by dialect: Dialect, _ what: String) -> RealtimeError {
        let name = dialect == .beta ? "beta" : "GA"
        return RealtimeError(
            code: "unsupported_in_dialect",
            message: "The \(name) dialect has no \(what)",
            param: param
        )
    }
}
