// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import ParleyEvents

/// Judges single server events: names, required members, types, and that nothing of the other dialect is in them.
///
/// Unknown members and unknown event types are let through, as clients must ignore them (protocol reference, section 3).
package struct ShapeRules: Sendable {
    private let vocabulary: Vocabulary
    private let events: [String: Shape]
    private let sessions: SessionShapes

    /// Rules for one dialect.
    package init(dialect: Dialect) {
        vocabulary = Vocabulary(dialect: dialect)
        sessions = SessionShapes(dialect: dialect)
        events = EventShapes(dialect: dialect, session: sessions).table
    }

    /// Names that guides mention and no model has (protocol reference, section 13).
    private static let imaginary: Set = ["response.cancelled", "response.output_item.created"]

    /// What is wrong with the event, or `nil`.
    package func violation(in event: JSONObject) -> RuleViolation? {
        let type = event.type
        guard !type.isEmpty else {
            return RuleViolation(
                expected: "a string member 'type'",
                came: Abbreviation.text(of: event),
                source: "2.5 Framing"
            )
        }
        guard let name = vocabulary.gaName(of: type) else {
            return RuleViolation(
                expected: "no '\(type)', which belongs to the other dialect",
                came: "it",
                source: "2.2 Choosing the dialect"
            )
        }
        guard !Self.imaginary.contains(type) else {
            return RuleViolation(expected: "no '\(type)', which no dialect has", came: "it", source: "13 Schemas")
        }
        guard let shape = events[name], let found = shape.mismatch(of: .object(event), at: "") else { return nil }
        return RuleViolation(
            expected: "\(type) with \(found.expected)",
            came: found.came,
            source: EventShapes.source(of: name)
        )
    }

    /// Whether a session holds all members that the dialect reports, null or not.
    package func violation(inSession session: JSONObject) -> RuleViolation? {
        guard let found = sessions.complete.mismatch(of: .object(session), at: "session") else { return nil }
        return RuleViolation(expected: found.expected, came: found.came, source: sessions.source)
    }
}
