// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// A client that people use: how it asks, what it puts up with, and how it words a failure.
///
/// A profile decides as its client decides. All facts were measured or read in the client's source; a new client is one
/// more value, usually another one with a few things changed.
package struct ClientProfile: Sendable, Identifiable {
    /// As reports name it.
    package private(set) var id: String
    /// As people name it.
    package private(set) var name: String
    /// Other names that people use for it, in lower case.
    package var aliases: [String] = []
    /// Whose words it uses.
    package let library: ClientLibrary
    /// The request, field by field.
    package var handshake: [HandshakeField] = []
    /// Between the subprotocols it offers.
    package var subprotocolSeparator = ", "
    /// What it brings to a Realtime server by itself; nil for clients that know nothing of the Realtime API.
    package var realtime: RealtimeHabit?
    /// Subprotocols it offers to everybody unless told otherwise.
    package var standingSubprotocols: [String] = []
    /// Defects of an answer that do not keep it from connecting.
    package var tolerates: Set<AnswerDefect> = []
    /// Faults of a certificate that do not keep it from connecting.
    package var toleratesCertificate: Set<Exchange.CertificateFault> = []
    /// Seconds from the beginning until the 101 has to be there; nil for no limit.
    package var handshakeLimit: Int?
    /// Largest message it takes, in bytes; nil for no limit that anybody met.
    package var messageLimit: Int?
    /// Seconds between the pings it sends by itself on a quiet connection; nil for none.
    package var pingInterval: Int?
    /// Redirects it follows.
    package var follows: Redirects = .none
    /// Whether it goes through the HTTP proxy that the system or the environment names.
    package var usesProxy = false
    /// Schemes it takes.
    package var schemes: Set<String> = ["ws", "wss"]
    /// Whether it refuses addresses with `#…`.
    package var refusesFragment = false
    /// Whether it refuses ports on the browsers' list (``BrowserPorts``).
    package var refusesBlockedPorts = false
    /// Whether it refuses to offer what is no token, or the same twice.
    package var checksSubprotocolTokens = false
    /// Whether the doctor tries it when no client is named.
    package var isUsual = true

    /// A client with the habits of nobody.
    init(_ id: String, _ name: String, _ library: ClientLibrary, _ change: (inout Self) -> Void = { _ in }) {
        self.id = id
        self.name = name
        self.library = library
        change(&self)
    }

    /// A client that is built on this one.
    func derived(_ id: String, _ name: String, _ change: (inout Self) -> Void = { _ in }) -> Self {
        var profile = self
        profile.id = id
        profile.name = name
        profile.aliases = []
        change(&profile)
        return profile
    }

    /// Whether a page's script opens the socket: no fields of its own, an origin always, and the page's rules.
    package var isBrowser: Bool { library.isBrowser }

    /// Redirects that a client follows.
    package enum Redirects: Sendable {
        case none
        /// To `ws:` and `wss:` addresses and relative ones.
        case webSocket
        /// The same, within one origin only.
        case sameOrigin
        /// To `http:` and `https:` addresses and relative ones.
        case http
        /// To any of these.
        case any
    }
}

/// What a client brings to a Realtime server by itself.
package struct RealtimeHabit: Sendable {
    /// Stands for the key in the texts below.
    package static let key = "{key}"

    /// Subprotocols it offers.
    package var subprotocols: [String] = []
    /// Fields it sends.
    package var headers: [Header] = []
    /// Fields it sends to Azure in their place; nil where it makes no difference.
    package var azureHeaders: [Header]?
    /// Whether only `wss:` addresses are taken.
    package var needsSecureScheme = false
}

/// One place in a client's request.
package enum HandshakeField: Sendable {
    /// Always the same.
    case fixed(String, String)
    /// `Host`, in this spelling.
    case host(String)
    /// `Sec-WebSocket-Key`, in this spelling.
    case key(String)
    /// `Sec-WebSocket-Protocol`, in this spelling, when something is offered.
    case subprotocols(String)
    /// `Origin`, when there is one.
    case origin
    /// `Origin` made from the address of the server, when there is no other.
    case serverOrigin
    /// The fields of the user, or of the Realtime habit.
    case own
}

/// The software whose checks and words a client shows.
package enum ClientLibrary: String, Sendable, CaseIterable {
    case chromium, firefox, webKit
    case nodeWS, undici
    case pythonWebSockets, aiohttp, webSocketClient
    case gorilla, coder, tungstenite, java, okHTTP, dotNet, urlSession, swiftNIO, arduino
    case plain

    /// Whether it is a browser's.
    package var isBrowser: Bool { [.chromium, .firefox, .webKit].contains(self) }
}
