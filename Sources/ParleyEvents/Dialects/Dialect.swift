// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// The two generations of the Realtime protocol.
///
/// A connection speaks one of them from its handshake to its end; event shapes are never mixed
/// (protocol reference, section 2.2).
public enum Dialect: String, Sendable, Equatable, Hashable, CaseIterable, Codable {
    /// October 2024 to May 2026: flat session objects, `response.audio.delta`, `conversation.item.created`.
    case beta
    /// Since August 2025: nested `audio` objects, `response.output_audio.delta`, `conversation.item.added`.
    case ga
}
