// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// What a connection needs to know to compress.
package struct Compression: Sendable {
    package var agreement: DeflateAgreement
    package var settings: DeflateSettings
    /// Kept as long as the connection may compress, for whoever counts such connections.
    package var place: (any AnyObject & Sendable)?

    package init(
        _ agreement: DeflateAgreement,
        settings: DeflateSettings,
        place: (any AnyObject & Sendable)? = nil
    ) {
        self.agreement = agreement
        self.settings = settings
        self.place = place
    }
}
