// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// What somebody wants to know: why this client does not connect to that address.
///
/// Holds the user's words as given, secrets included; only ``masked`` may be shown or stored.
package struct Question: Codable, Sendable, Equatable {
    /// The address the client was given.
    package var url: String
    /// Profiles the user asked about; empty for all.
    package var clients: [String] = []
    /// Subprotocols that the user's client offers, in its order; nil when the user told nothing.
    package var subprotocols: [String]?
    /// Fields that the user's client adds.
    package var headers: [Header] = []
    /// A key that each client of the Realtime API is to present in its own way; never encoded.
    package var key: String?
    /// `Origin` that the user's client sends.
    package var origin: String?
    /// The page whose script opens the socket.
    package var page: String?
    /// Addresses to use instead of those of DNS, by name.
    package var resolve: [String: String] = [:]
    /// The HTTP proxy the client is set to use.
    package var proxy: String?
    /// An address that leads past the proxy in front, for comparison.
    package var directURL: String?
    /// What "it works" means.
    package var expectation: Expectation?
    /// How many seconds the connection must stay open when nobody sends anything.
    package var holdSeconds: Double?
    /// Text that the client sends after opening.
    package var sendText: String?
    /// The size in bytes of a message that the client sends after opening.
    package var sendBytes: Int?
    /// The message the user saw.
    package var errorText: String?
    /// The server software, when the user knows it.
    package var server: ServerSoftware?
    /// Longest time for one probe, in seconds.
    package var timeoutSeconds: Double = 10

    package init(url: String) { self.url = url }

    // Without the key.
    private enum CodingKeys: CodingKey {
        case url, clients, subprotocols, headers, origin, page, resolve, proxy, directURL, expectation, holdSeconds
        case sendText, sendBytes, errorText, server, timeoutSeconds
    }

    /// What must happen for the connection to be called working.
    package enum Expectation: String, Codable, Sendable, CaseIterable {
        /// The handshake succeeds and the connection stays.
        case open
        /// A text that is sent comes back.
        case echo
        /// The first event is `session.created`.
        case sessionCreated = "session.created"
    }
}

/// One line of a head, spelled as sent.
package struct Header: Codable, Sendable, Hashable {
    package var name: String
    package var value: String

    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

extension [Header] {
    /// The values of a field in their order; names are compared without case.
    package func values(_ name: String) -> [String] {
        let wanted = name.lowercased()
        return filter { $0.name.lowercased() == wanted }.map(\.value)
    }

    /// The first value of a field.
    package func first(_ name: String) -> String? { values(name).first }
}
