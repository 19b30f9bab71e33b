// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// Which of our messages are compressed, where compression was agreed on.
package struct CompressionPolicy: Sendable, Equatable {
    /// Shorter messages go out as they are, in bytes; default 64.
    package var minBytes: Int
    /// Whether messages with audio are compressed too; default `false`.
    ///
    /// Base64 of speech shrinks to about three quarters, and compressing it costs some twenty times as much as everything
    /// else that is done to the message.
    package var compressesAudio: Bool

    package init(minBytes: Int = 64, compressesAudio: Bool = false) {
        self.minBytes = minBytes
        self.compressesAudio = compressesAudio
    }
}
