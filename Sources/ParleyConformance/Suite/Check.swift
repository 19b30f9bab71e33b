// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import ParleyEvents

/// One statement about a server that can be tried from outside.
package struct Check: Sendable {
    /// Stays the same between versions, such as `session.unknown-member`.
    package let id: String
    package let capability: Capability
    /// What holds if the check passes.
    package let title: String
    /// Dialects in which it applies.
    package let dialects: Set<Dialect>
    /// Section of the protocol reference that states the rule.
    package let source: String
    /// Plays the scene; returns if the server behaves.
    let run: @Sendable (Scene) async throws(CheckStop) -> Void

    init(
        _ id: String,
        _ title: String,
        in dialects: Set<Dialect> = [.ga, .beta],
        source: String,
        run: @escaping @Sendable (Scene) async throws(CheckStop) -> Void
    ) {
        self.id = id
        let group = id.split(separator: ".").first.map(String.init) ?? id
        capability = Capability(rawValue: group) ?? .errors
        self.title = title
        self.dialects = dialects
        self.source = source
        self.run = run
    }
}
