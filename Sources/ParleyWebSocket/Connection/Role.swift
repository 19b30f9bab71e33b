// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// Which side of the connection this endpoint is; it decides who masks and who ends TCP.
package enum Role: Sendable, CaseIterable {
    /// Accepted the handshake: takes masked frames only, never masks, ends TCP after the close handshake.
    case server
    /// Opened the connection: takes unmasked frames only, masks everything, waits for the server to end TCP.
    case client
}
