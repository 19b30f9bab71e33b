// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import ParleyEvents

/// What a short-lived `ek_…` key carries: a session configuration and an end (protocol reference, section 11).
package struct ClientSecret: Sendable, Equatable {
    /// Last second, in Unix time, at which it opens a session; a session that it opened may last longer.
    package let expiresAt: Int
    /// The `session` object it was made for, GA form: the first configuration of each session it opens.
    package let session: JSONObject

    /// What a secret is to carry.
    package init(expiresAt: Int, session: JSONObject) {
        self.expiresAt = expiresAt
        self.session = session
    }

    /// What it was made for: `session.type`, a conversation unless it says otherwise.
    package var intent: Intent {
        session["type"]?.stringValue == "transcription" ? .transcription : .conversation
    }

    /// The model it was made for, if it names one.
    package var model: String? { session["model"]?.stringValue }
}
