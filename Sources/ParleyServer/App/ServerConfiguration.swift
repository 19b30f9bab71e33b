// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

public import ParleyEngines
public import ParleyRelay

/// How a server is to run.
///
/// Every field has the default of `parley serve`.
public struct ServerConfiguration: Sendable {
    /// What answers the sessions.
    public enum EngineChoice: String, Sendable, CaseIterable {
        /// Built-in parts: a script, a speech synthesizer, a recogniser where one is installed.
        case local
        /// Servers that speak the OpenAI HTTP API, and built-in parts where there is none.
        case pipeline
        /// Every piece of audio comes straight back.
        case loopback
        /// An upstream Realtime API, which `relay` names.
        case relay
        /// A mock that plays a script.
        case scripted
    }

    /// Where the certificate comes from.
    public enum TLS: Sendable, Equatable {
        /// No TLS.
        case none
        /// PEM files.
        case files(certificate: String, key: String)
        /// Made at start, for trying out.
        case selfSigned
    }

    /// Address or name to listen on.
    public var host = "127.0.0.1"
    /// TCP port; 0 = any free one.
    public var port = 8080
    /// What answers the clients whose model is not in `models`.
    public var engine = EngineChoice.local
    /// The upstream and how it is used, for `EngineChoice.relay`.
    public var relay: RelaySettings?
    /// The script of `EngineChoice.scripted`.
    public var scripted: ScriptedSettings?
    /// Which engine serves which model; the first route that fits counts.
    public var models: [ModelRoute] = []
    /// What fills the slots of the engine `pipeline`.
    public var pipeline = PipelineSettings()
    /// TLS on the port.
    public var tls = TLS.none
    /// Keys that open the door; empty = everybody on this machine.
    public var apiKeys: [String] = []
    /// Whether everybody who reaches the port may in, also from elsewhere.
    public var isOpenToAll = false
    /// Web pages that may connect, beside those of this machine: `https://app.example.com`, `https://*.example.com`.
    public var allowedOrigins: [String] = []
    /// Signs the short-lived keys of `client_secrets`; servers that are to take each other's need the same one.
    ///
    /// Without it they are signed with a key derived from `apiKeys`, or with one made at start.
    public var signingKey: String?
    /// Whether subprotocol offers that the Realtime API does not know are refused.
    public var isSubprotocolPolicyStrict = false
    /// Whether `/echo` is served.
    public var isEchoEnabled = false
    /// Whether messages are compressed where a client offers that (RFC 7692).
    public var isCompressionEnabled = false
    /// Most connections at a time that compress; further ones are accepted without.
    ///
    /// Each takes up to 80 KiB for it.
    public var maxCompressedConnections = 500
    /// The model of clients that name none.
    public var defaultModel = "parley-local"
    /// Most sessions at a time; further ones are told to come back.
    public var maxSessions = 1_000
    /// Seconds that a connection has for the head of its first request, TLS included.
    public var handshakeTimeoutSeconds = 10
    /// Most bytes of a request head.
    public var maxHeadBytes = 32 * 1024
    /// Most fields of a request head.
    public var maxHeadFields = 200
    /// Most connections at a time, of HTTP and WebSocket; `nil` = as many as the process may open files, less a reserve.
    public var maxConnections: Int?
    /// Most connections at a time of one IPv4 address or one IPv6 network of 64 bits; 0 = no limit.
    ///
    /// `nil` = ``defaultConnectionsPerAddress``, and no limit for this machine.
    public var maxConnectionsPerAddress: Int?
    /// ``maxConnectionsPerAddress`` of other machines, if none is given.
    public static let defaultConnectionsPerAddress = 100
    /// Most handshakes per second of one IPv4 address or one IPv6 network of 64 bits; 0 = no limit.
    ///
    /// `nil` = ``defaultHandshakesPerSecond``, and no limit for this machine.
    public var handshakesPerSecond: Int?
    /// ``handshakesPerSecond`` of other machines, if none is given.
    public static let defaultHandshakesPerSecond = 20
    /// Most messages per second of one connection before it is read from more slowly; 0 = no limit.
    ///
    /// `nil` = ``defaultMessagesPerSecond``, and no limit on a server that only this machine can reach.
    public var messagesPerSecond: Int?
    /// ``messagesPerSecond`` of a server that other machines can reach, if none is given.
    public static let defaultMessagesPerSecond = 1_000
    /// Most bytes that may wait for a client which reads too slowly, one message more not counted.
    public var maxUnsentBytes = 1 << 20
    /// Seconds after which a client is closed that reads nothing of what waits for it.
    public var sendTimeoutSeconds = 10
    /// Longest message in bytes, fragments joined.
    public var maxMessageBytes = 16 << 20
    /// Longest session in seconds.
    public var maxSessionSeconds = 3_600
    /// Most tokens of instructions, tools and conversation that a model is given, by rule of thumb.
    public var contextTokens = 28_672
    /// Most responses a session may begin per minute; `nil` = no limit.
    public var requestsPerMinute: Int?
    /// Most tokens a session's responses may take per minute; `nil` = no limit.
    public var tokensPerMinute: Int?
    /// Seconds without a message after which a connection is closed; `nil` = never.
    public var idleTimeoutSeconds: Int?
    /// Seconds of silence after which the client is pinged; 0 = never.
    public var pingIntervalSeconds = 15
    /// Where sessions are recorded; `nil` = nowhere.
    public var recording: RecordingSettings?
    /// Seconds that answers under way may still take when the server stops.
    public var drainSeconds = 5

    /// The defaults.
    public init() {}
}

/// Where and how far sessions are recorded.
public struct RecordingSettings: Sendable, Equatable {
    /// The directory, one file a session.
    public var directory: String
    /// Most bytes of a file; a session that needs more is recorded up to there.
    public var maxFileBytes = 256 << 20
    /// Most bytes of all recordings in the directory; further sessions are not recorded.
    public var maxDirectoryBytes = 4 << 30

    /// Recording into a directory.
    public init(directory: String) { self.directory = directory }
}

/// A configuration that cannot be served, in words for whoever wrote it.
public struct ServerConfigurationError: Error, Sendable, CustomStringConvertible {
    /// What is wrong and what to do.
    public let description: String

    /// What is wrong.
    public init(description: String) { self.description = description }
}
