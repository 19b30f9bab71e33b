// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// One thing that was seen, in a form that can be stored and judged again.
///
/// Evidence holds no secrets: what records it masks them first (``Masker``).
package struct Evidence: Codable, Sendable, Equatable {
    /// Unique in a report, as in `e1`.
    package var id: String
    /// What was tried.
    package var probe: Probe
    /// What was different this time, for probes that come in variants: a profile's id, a path, a header.
    package var variant: String?
    /// What was seen.
    package var data: Data

    package init(id: String, probe: Probe, variant: String? = nil, data: Data) {
        self.id = id
        self.probe = probe
        self.variant = variant
        self.data = data
    }

    /// What a probe can see.
    package enum Data: Codable, Sendable, Equatable {
        /// What a name stands for.
        case name(NameLookup)
        /// One connection and all that happened on it.
        case exchange(Exchange)
        /// The page whose script opens the socket.
        case page(PageRecord)
        /// What the real client and the real server said, seen from between (``Probe/tap``) or as the server
        /// (``Probe/mirror``).
        case client(ClientRecord)
    }
}

/// What is tried to learn something.
package enum Probe: String, Codable, Sendable, CaseIterable {
    /// Resolving the name.
    case name
    /// TCP to one address; the variant is the address.
    case connect
    /// TCP to another port of the host, to tell a filtered port from a dead host; the variant is the port.
    case otherPort = "other_port"
    /// Connecting and keeping quiet: who speaks first?
    case greeting
    /// TLS as a careful client does it: the trust store, the name, all versions.
    case tls
    /// TLS with one thing changed; the variant says which: `no-sni`, `invented-sni`, `tls1.2`, `tls1.1`, `alpn-none`,
    /// `alpn-h2`, `alpn-http/1.1`.
    case tlsVariant = "tls_variant"
    /// The plainest handshake: no origin, no subprotocol, no extension, and of the user's fields none.
    case reference
    /// The handshake with all that the user said the client sends.
    case asAsked = "as_asked"
    /// The handshake of a known client; the variant is the profile's id.
    case profile
    /// The reference handshake with one thing changed; the variant says which (``Variation``).
    case variation
    /// The same port with the other scheme: ws for wss and the reverse.
    case otherScheme = "other_scheme"
    /// The handshake at the address that leads past the proxy in front.
    case direct
    /// The handshake without the proxy that the client is set to use.
    case withoutProxy = "without_proxy"
    /// The handshake with the other address family of the host, or loopback's other name; the variant is the address.
    case otherFamily = "other_family"
    /// The handshake at the address a redirect names.
    case redirect
    /// A plain GET of the path.
    case plainGet = "plain_get"
    /// A plain GET or a handshake of a path that nobody serves; the variant is `get` or `upgrade`.
    case inventedPath = "invented_path"
    /// The page.
    case page
    /// An open connection on which nobody says anything.
    case hold
    /// The same with a ping now and then.
    case holdWithPings = "hold_with_pings"
    /// A message of a certain size; the variant is the number of bytes.
    case size
    /// The real client and the real server, seen from between.
    case tap
    /// The real client, seen as its server.
    case mirror
}

/// What can be changed about the reference handshake; the raw value is the variant of the evidence.
package enum Variation: String, Sendable, CaseIterable {
    /// + the user's origin, or the page's.
    case origin
    /// + an origin that equals the host asked.
    case sameOrigin = "same-origin"
    /// + the user's origin, or the page's, with `localhost` in place of `127.0.0.1` or the reverse.
    case siblingOrigin = "sibling-origin"
    /// + `Origin: null`.
    case nullOrigin = "null-origin"
    /// + an origin that nobody can have allowed.
    case foreignOrigin = "foreign-origin"
    /// + the user's subprotocols, or those of the beta console when the target is a Realtime server.
    case subprotocols
    /// + one subprotocol that nobody knows.
    case unknownSubprotocol = "unknown-subprotocol"
    /// + the offer of compression.
    case compression
    /// + the user agent of a browser.
    case browserAgent = "browser-agent"
    /// + the user agent of a script.
    case scriptAgent = "script-agent"
    /// + the user's fields.
    case headers
    /// + `OpenAI-Beta: realtime=v1`.
    case betaHeader = "beta-header"
    /// All field names in lower case.
    case lowerCaseNames = "lower-case-names"
    /// `Connection: upgrade`.
    case lowerCaseConnection = "lower-case-connection"
    /// `Connection: keep-alive, Upgrade`.
    case connectionList = "connection-list"
    /// The path without its query.
    case withoutQuery = "without-query"
    /// The path with or without its final slash.
    case finalSlash = "final-slash"
    /// A path where Realtime and WebSocket servers often listen: `path:/v1/realtime`, `path:/ws`, ….
    case path
    /// `Sec-WebSocket-Version: 8`.
    case version8 = "version-8"
    /// A `Host` of another name.
    case otherHost = "other-host"
    /// `Host: localhost`.
    case localHost = "localhost-host"
    /// A second handshake with another key: an answer made for every key alike is hard-wired or cached.
    case secondKey = "second-key"
    /// The text that is to come back, sent in two fragments with a ping between them (RFC 6455 section 5.4).
    case fragments
    /// The user's authorization left out (only when there is one).
    case withoutAuthorization = "without-authorization"
}
