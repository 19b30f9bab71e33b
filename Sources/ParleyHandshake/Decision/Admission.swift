// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import HTTPTypes
package import ParleyEvents
package import ParleyWebSocket

/// What to do with a handshake.
package enum Admission: Sendable, Equatable {
    /// Send a 101 with the fields given and serve the route.
    case accept(Accepted)
    /// Answer with an HTTP status.
    case refuse(Refusal)
    /// Send the 101, then `Refusal.event`, then close with its code and reason. For clients that can read nothing
    /// of an HTTP refusal; nothing they send is to be processed.
    case acceptThenFail(Accepted, Refusal)

    /// The terms of the 101, if there is one.
    package var accepted: Accepted? {
        switch self {
        case .accept(let accepted), .acceptThenFail(let accepted, _): accepted
        case .refuse: nil
        }
    }

    /// The refusal, in whichever way it is delivered.
    package var refusal: Refusal? {
        switch self {
        case .accept: nil
        case .refuse(let refusal), .acceptThenFail(_, let refusal): refusal
        }
    }
}

/// What a path leads to.
package enum Route: String, Sendable, Hashable, CaseIterable {
    /// A Realtime session.
    case realtime
    /// Every message comes back as it was sent.
    case echo
}

/// What a session is for.
package enum Intent: String, Sendable, Hashable, CaseIterable {
    /// Speech or text in, speech or text out.
    case conversation
    /// Speech in, its transcript out.
    case transcription
}

/// The terms on which a WebSocket is opened.
package struct Accepted: Sendable, Equatable, MaskedDescription {
    /// What the path leads to.
    package let route: Route
    /// Exactly one of those offered, or nil.
    ///
    /// It contains a key when nothing else was offered.
    package let subprotocol: String?
    /// Which event shapes both sides use.
    package let dialect: Dialect
    /// The credential that counted; nil when none was presented, needed or right.
    package let credential: CredentialFound?
    /// The short-lived key that opened the door, with the configuration it carries.
    package let secret: ClientSecret?
    /// What the client asked for, or the policy's default; nil when neither says, and for a transcription without.
    package let model: String?
    /// What the session is for.
    package let intent: Intent
    /// What was agreed on about compression; nil for none.
    package let compression: DeflateAgreement?
    /// All fields of the 101, in order.
    package let responseHeaders: HTTPFields

    /// The terms, without secrets.
    package var maskedDescription: String {
        let parts: [String?] = [
            route.rawValue, dialect.rawValue, intent.rawValue,
            subprotocol.map { "subprotocol \(Redaction.subprotocol($0))" },
            credential.map { "credential \($0)" }, compression.map { $0.answer.text },
        ]
        return parts.compactMap { $0 }.joined(separator: ", ")
    }
}
