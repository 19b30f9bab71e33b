// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// What a frame carries (RFC 6455 section 5.2); the other ten values are reserved and refused.
package enum Opcode: UInt8, Sendable, CaseIterable {
    /// More of a message whose first frame named its kind.
    case continuation = 0x0
    /// UTF-8 text.
    case text = 0x1
    /// Bytes without further meaning.
    case binary = 0x2
    /// The sender's last frame, with an optional code and reason.
    case close = 0x8
    /// To be answered with a pong of the same payload.
    case ping = 0x9
    /// Answer to a ping, or an unasked sign of life.
    case pong = 0xA

    /// Whether frames of this kind may stand between the fragments of a message (RFC 6455 section 5.5).
    package var isControl: Bool { rawValue & 0x8 != 0 }
}
