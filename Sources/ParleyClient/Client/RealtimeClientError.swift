// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

public import ParleyEvents

/// Why a call of a client did not do what it was to do.
public enum RealtimeClientError: Error, Sendable, Equatable {
    /// ``RealtimeClient/connect()`` was not called, or the connection was ended.
    case notConnected
    /// No connection could be opened.
    case notOpened(RealtimeConnectError)
    /// The connection is over and will not be opened again.
    case closed(RealtimeClose)
    /// The connection was lost and is being opened again; what was to be sent was not.
    case reconnecting
    /// The connection was lost before the response ended; another is being opened, and what was said is told to it.
    case lost(RealtimeClose)
    /// The task was cancelled meanwhile.
    case cancelled
    /// As many responses as are allowed wait already.
    case tooManyResponses(limit: Int)
    /// A tool of that name is there already.
    case toolExists(String)
    /// The server refused, or could not do it.
    case server(RealtimeError)
    /// There was no session, and what came instead is no event of the protocol.
    case notUnderstood(RealtimeError)
    /// The server did not say in the time allowed what it has to say.
    case timedOut(waitingFor: String)
    /// The client's own reader fell so far behind that events would have been lost.
    case fellBehind(limit: Int)
    /// Sound that is no whole number of samples of the session's format.
    case audioMalformed(AudioFormat, bytes: Int)
}

extension RealtimeClientError: CustomStringConvertible {
    /// What happened and what to do.
    public var description: String {
        switch self {
        case .notConnected: "There is no connection; call connect() first."
        case .notOpened(let error): error.description
        case .closed(let close): "The connection is over (\(close)); call connect() for another."
        case .reconnecting: "The connection was lost and is being opened again; send it when it is there."
        case .lost(let close):
            "The connection was lost before the response ended (\(close)); ask again when it is back."
        case .cancelled: "The task was cancelled."
        case .tooManyResponses(let limit):
            "\(limit) responses wait for the running one already; wait for a response before you ask for more."
        case .toolExists(let name): "There is a tool called '\(name)' already; remove it first."
        case .server(let error): "The server says: \(error.message)"
        case .notUnderstood(let error):
            "The server began no session; what it sent is no event. \(error.message) Check that the URL is a Realtime server's."
        case .timedOut(let event): "The server did not send \(event) in the time allowed."
        case .fellBehind(let limit): "More than \(limit) events wait for this reader; read them faster."
        case .audioMalformed(let format, let bytes):
            "\(bytes) bytes are no whole number of samples of \(format.description)."
        }
    }
}

extension RealtimeClientError {
    /// Code of the error that stands for a binary message.
    static let binaryMessage = "binary_message"
    /// What is waited for when a connection is opened.
    static let session = "session.created"

    /// The cause as `parley doctor` names it, where it is known without further probes.
    ///
    /// Its page is `docs/failures/ID.md`.
    public var causeID: String? {
        switch self {
        case .notOpened(let error): error.causeID
        case .closed(let close), .lost(let close): close.causeID
        case .timedOut(Self.session): "code-silence"
        case .notUnderstood(let error) where error.code == Self.binaryMessage: "code-binary-vs-text"
        case .server(let error): Self.causeIDs[error.code ?? ""]
        case .notConnected, .reconnecting, .cancelled, .tooManyResponses, .toolExists, .notUnderstood, .timedOut,
            .fellBehind, .audioMalformed:
            nil
        }
    }

    private static let causeIDs = [
        "invalid_api_key": "srv-auth-in-band", "beta_api_shape_disabled": "ver-realtime-beta-rejected",
        "missing_beta_header": "ver-realtime-beta-only",
    ]
}
