// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore

/// A complete data message, its fragments joined.
package struct Message: Sendable, Equatable {
    /// The two kinds of data (RFC 6455 section 5.6).
    package enum Kind: Sendable, CaseIterable {
        /// UTF-8, and already found valid.
        case text
        case binary
    }

    package var kind: Kind
    /// The payload without mask or header.
    ///
    /// It may be a slice of everything that came in one read (up to the size of the receive buffer):
    /// use it and let go of it, or copy what is to be kept for long.
    package var payload: ByteBuffer

    package init(kind: Kind, payload: ByteBuffer) {
        self.kind = kind
        self.payload = payload
    }
}
