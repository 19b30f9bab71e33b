// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

public import ParleyEvents

/// Where a Realtime server is and how it is to be reached.
public struct ClientConfiguration: Sendable {
    /// What proves who the client is.
    public enum Credential: Sendable, Equatable {
        /// A key, an `ek_…` secret or a token, sent as `Authorization: Bearer`.
        case key(String)
        /// A key of Azure, sent as `api-key`.
        case azureKey(String)
    }

    /// Where dialect and credential are put.
    public enum Carrier: Sendable, Equatable, CaseIterable {
        /// In header fields, as servers and programs do.
        case headers
        /// In subprotocols, as browsers have to (`realtime`, `openai-insecure-api-key.KEY`, …).
        case subprotocols
    }

    /// Which proxy is used.
    public enum Proxy: Sendable, Equatable {
        /// What `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY` say.
        case environment
        /// None.
        case none
        /// `http://[user:password@]host:port`.
        case url(String)
    }

    /// `ws`, `wss`, `http` or `https`; a missing path becomes `/v1/realtime`.
    public var url: String
    /// The model to ask for; goes into the query.
    public var model: String?
    /// Nil for a server that wants none.
    public var credential: Credential?
    /// What the server speaks; default GA.
    public var dialect = Dialect.ga
    /// Default header fields.
    public var carrier = Carrier.headers
    /// Further header fields, such as `OpenAI-Project`; one of the same name replaces ours.
    public var headers: [(name: String, value: String)] = []
    /// Further subprotocols, offered behind ours.
    public var subprotocols: [String] = []
    /// Default: what the environment says.
    public var proxy = Proxy.environment
    /// A PEM file of authorities to trust besides the system's.
    public var trustedCertificatesFile: String?
    /// Whether the server's certificate is checked; `false` gives every server in between all that is said.
    public var verifiesCertificate = true
    /// Whether permessage-deflate (RFC 7692) is offered; default `false`, since sound does not shrink.
    public var offersCompression = false
    /// For the whole opening, from the name look-up to the server's `session.created`; default 15 s.
    public var connectTimeout = Duration.seconds(15)
    /// Between pings, which keep proxies from ending a silent connection; default 15 s.
    public var pingInterval = Duration.seconds(15)
    /// The longest message that is taken, in bytes; default 16 MiB.
    public var maximumMessageBytes = 16 << 20
    /// Bytes that may wait to be read before the server is slowed down; default 16 MiB.
    public var bufferedBytes = 16 << 20

    /// Settings for a server at `url`.
    public init(url: String, model: String? = nil, credential: Credential? = nil, dialect: Dialect = .ga) {
        self.url = url
        self.model = model
        self.credential = credential
        self.dialect = dialect
    }
}
