// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// The page whose script opens the socket.
package struct PageRecord: Codable, Sendable, Equatable {
    /// Its address, masked.
    package var url: String
    /// Nil if it could not be loaded; see `detail`.
    package var status: Int?
    /// Its fields: `Content-Security-Policy`, `Strict-Transport-Security`, ….
    package var headers: [Header]
    /// The content of `<meta http-equiv="Content-Security-Policy">` elements.
    package var metaPolicies: [String]
    /// Why it could not be loaded.
    package var detail: String?

    package init(
        url: String,
        status: Int? = nil,
        headers: [Header] = [],
        metaPolicies: [String] = [],
        detail: String? = nil
    ) {
        self.url = url
        self.status = status
        self.headers = headers
        self.metaPolicies = metaPolicies
        self.detail = detail
    }
}
