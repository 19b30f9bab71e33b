// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// How this endpoint compresses, and what it asks of the other one.
package struct DeflateSettings: Sendable, Equatable {
    /// The window of what is sent: 9–15 bits; default 12.
    ///
    /// With ``memoryLevel`` it decides what compressing takes of memory, 38 KiB by default and 262 KiB at 15 and 8.
    package var windowBits: Int
    /// The window that the other side is asked to keep, 9–15 bits; default 15, which asks for nothing.
    ///
    /// Inflating takes 7 KiB and the window: 39 KiB at 15 bits, 11 KiB at 12.
    package var peerWindowBits: Int
    /// How much zlib notes down to find repetitions, 1–9; default 5.
    package var memoryLevel: Int
    /// How hard zlib tries, 1–9; default 1: what more costs in time it does not save in bytes of JSON.
    package var level: Int
    /// Whether each message is compressed for itself, which costs bytes; default `false`.
    package var forgetsContext: Bool
    /// Whether the other side is asked to compress each message for itself; default `false`.
    package var asksPeerToForget: Bool
    /// Which messages are compressed.
    package var policy: CompressionPolicy

    package init(
        windowBits: Int = 12,
        peerWindowBits: Int = 15,
        memoryLevel: Int = 5,
        level: Int = 1,
        forgetsContext: Bool = false,
        asksPeerToForget: Bool = false,
        policy: CompressionPolicy = CompressionPolicy()
    ) {
        self.windowBits = windowBits
        self.peerWindowBits = peerWindowBits
        self.memoryLevel = memoryLevel
        self.level = level
        self.forgetsContext = forgetsContext
        self.asksPeerToForget = asksPeerToForget
        self.policy = policy
    }
}
