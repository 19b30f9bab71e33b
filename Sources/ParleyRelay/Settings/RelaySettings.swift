// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

public import ParleyEvents

/// How a relay is to work: which server stands behind it, and what may pass.
///
/// Every field has the default of `parley serve --engine relay`.
public struct RelaySettings: Sendable, Equatable {
    /// How the upstream is given its key.
    public enum KeyHeader: String, Sendable, CaseIterable {
        /// `api-key` for hosts of Azure (`*.azure.com`), else `Authorization`.
        case automatic
        /// `Authorization: Bearer KEY`.
        case bearer
        /// `api-key: KEY`.
        case apiKey = "api-key"
    }

    /// What answers when the upstream cannot be reached or refuses.
    public enum Fallback: Sendable, Equatable {
        /// The built-in parts.
        case local
        /// What the table of models has for that model.
        case model(String)

        /// `local`, or the name of a model.
        public init(_ text: String) { self = text == "local" ? .local : .model(text) }
    }

    /// The upstream: `ws://`, `wss://`, `http://` or `https://`; without a path, `/v1/realtime` is meant.
    ///
    /// A `model` or `deployment` in its query is used for all clients; everything else in the query is kept.
    public var upstream: String
    /// What the upstream speaks.
    public var dialect = Dialect.ga
    /// The upstream's key; without one it is sent none.
    ///
    /// The clients' own keys never go upstream.
    public var key: String?
    /// How the key is sent.
    public var keyHeader = KeyHeader.automatic
    /// File of PEM certificates that the upstream's certificate may be signed by, beside the system's.
    public var certificatesFile: String?
    /// Other names for models, the first that matches counts; tried before ``ModelAliases/retired``.
    public var modelAliases: [ModelAliases.Alias] = []
    /// The model of clients that name none.
    public var defaultModel = "gpt-realtime"
    /// What clients may ask of a session.
    public var policy = SessionPolicy()
    /// What answers in the upstream's place if it cannot be opened; nil tells the client and closes.
    public var fallback: Fallback?

    /// Most seconds for names, TCP, proxy and TLS together.
    public var connectSeconds = 10
    /// Most seconds for the answer to the WebSocket handshake after that.
    public var handshakeSeconds = 10
    /// Most seconds for the first event after the handshake, and for each answer while a session is configured or
    /// replayed.
    public var firstEventSeconds = 10
    /// Most seconds for each part of the close handshake with the upstream.
    public var closeSeconds = 2
    /// Most seconds that one side may take no bytes while the other is held back; then both are closed, with 1013.
    public var blockedSeconds = 30
    /// Bytes of a client's messages that wait while the upstream is opened; then no more is read from it.
    public var heldBytes = 1 << 20
    /// Longest message of the upstream in bytes.
    public var maxMessageBytes = 16 << 20

    /// Seconds after which a new upstream session is opened in the next pause; nil = never.
    ///
    /// The hosted service ends sessions after 60 minutes.
    public var renewSeconds: Int? = 3_300
    /// Seconds until another try after a new session could not be opened.
    public var renewRetrySeconds = 30
    /// Most items of a conversation that are replayed into a new session; of more the oldest are left out.
    public var replayedItems = 1_000
    /// Most bytes of these items as JSON text.
    public var replayedBytes = 1 << 20
    /// Most bytes, as base64, of speech without a transcript that is replayed as sound; 0 = none.
    ///
    /// Of more the latest is, and for the rest a placeholder. Held only while a session is renewed, and at most half of ``maxMessageBytes``.
    public var replayedAudioBytes = 4 << 20

    /// The defaults, with this upstream.
    public init(upstream: String) { self.upstream = upstream }
}

/// Settings of a relay that cannot be used, in words for whoever wrote them.
public struct RelaySettingsError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What is wrong and what to do.
    public let description: String

    /// What is wrong.
    public init(_ description: String) { self.description = description }
}
