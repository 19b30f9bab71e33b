// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// A frame, or as much of it as has arrived since the last piece.
///
/// It describes bytes that still lie in the ``FrameReader``, which hands them out on demand: moving a
/// buffer through every layer would cost more than everything else done to a short frame.
struct FramePiece: Equatable, Sendable {
    /// The header; its masking key is what the bytes are still masked with, turned to the first of them, and 0
    /// when they are plain.
    var header: FrameHeader
    /// Number of payload bytes in this piece.
    var count: UInt32
    /// Whether the bytes are known to be ASCII.
    var isASCII: Bool
    /// Whether the header is new, that is, nothing of this frame came before.
    var isFirst: Bool
    /// Whether the frame is complete with this piece.
    var isLast: Bool

    /// Whether the piece is a complete frame whose payload can be handed on as it stands.
    var isReady: Bool { isFirst && isLast && header.maskingKey == 0 }
}
