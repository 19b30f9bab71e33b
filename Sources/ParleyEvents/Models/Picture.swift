// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

public import NIOCore

/// A picture as a data URI holds it (protocol reference, section 4.9).
public struct Picture: Sendable, Equatable {
    /// `image/png` or `image/jpeg`.
    public let mediaType: String
    /// The file's bytes.
    public let bytes: ByteBuffer

    /// Reads `data:image/png;base64,…` or the same with `image/jpeg`; `nil` for anything else.
    ///
    /// An address on the network is nothing this server would fetch.
    public init?(dataURI: String) {
        for mediaType in ["image/png", "image/jpeg"] {
            let prefix = "data:\(mediaType);base64,"
            guard dataURI.utf8.prefix(prefix.utf8.count).elementsEqual(prefix.utf8) else { continue }
            guard let bytes = Base64.decode(String(dataURI.dropFirst(prefix.count))), bytes.readableBytes > 0 else {
                return nil
            }
            self.mediaType = mediaType
            self.bytes = bytes
            return
        }
        return nil
    }
}
