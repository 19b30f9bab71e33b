// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// What happens to members of a beta client's session and response objects that nobody knows.
public enum UnknownMembers: Sendable, Equatable {
    /// They are left out: a relay whose server would refuse the whole event for one of them.
    case drop
    /// They are handed on in the same place, so that the server behind can refuse them by name; and errors that only
    /// the side which speaks beta can see are answered here.
    case keep
}

/// Translates the events of one connection between a client of one dialect and a server of the other.
///
/// It holds only what the translation needs to remember of a connection. Ids are never rewritten; one client event
/// becomes at most one event for the server; events keep their order. Between equal dialects everything passes
/// through untouched.
public struct DialectTranslator: Sendable {
    /// What becomes of an event from the client.
    public enum ClientOutcome: Sendable, Equatable {
        /// Send this to the server.
        case forward(JSONObject)
        /// Send these to the client, in its dialect, and nothing to the server. The list is empty if the answer
        /// has to wait for the server's session, with which it then comes.
        case answer([JSONObject])
    }

    private enum Direction {
        case passThrough
        case betaClient
        case gaClient
    }

    private let direction: Direction
    private var betaClient = BetaClientTranslation()
    private var gaClient = GAClientTranslation()

    /// A translator for a new connection; with the same dialect twice it passes everything through.
    public init(client: Dialect, server: Dialect) {
        direction =
            switch (client, server) {
            case (.beta, .ga): .betaClient
            case (.ga, .beta): .gaClient
            case (.beta, .beta), (.ga, .ga): .passThrough
            }
    }

    /// What happens to members of a beta client's session and response objects that nobody knows.
    ///
    /// `.drop` unless set. It has no meaning for a GA client.
    public var unknownMembers: UnknownMembers {
        get { betaClient.unknownMembers }
        set { betaClient.unknownMembers = newValue }
    }

    /// Paths of members that the last call left out because the other dialect has no place for them, such as
    /// `session.temperature`; at most 16, for the log.
    public var dropped: [String] {
        switch direction {
        case .passThrough: []
        case .betaClient: betaClient.dropped.paths
        case .gaClient: gaClient.dropped.paths
        }
    }

    /// Whether the server has refused the connection as one of a beta client.
    ///
    /// This means that the beta header reached it. The client is not told, since it has done nothing wrong: log a fault of the configuration and close with
    /// 1011.
    public var wasRefusedAsBeta: Bool { betaClient.wasRefusedAsBeta }

    /// Translates one event of the client.
    ///
    /// Whatever is not as it should be is handed on in its new place, so that the
    /// server can say what is wrong with it.
    public mutating func clientEvent(_ event: consuming JSONObject) -> ClientOutcome {
        switch direction {
        case .passThrough: .forward(event)
        case .betaClient: betaClient.clientEvent(event)
        case .gaClient: gaClient.clientEvent(event)
        }
    }

    /// Translates one event of the server into what the client is to receive, in order.
    public mutating func serverEvent(_ event: consuming JSONObject) -> [JSONObject] {
        switch direction {
        case .passThrough: [event]
        case .betaClient: betaClient.serverEvent(event)
        case .gaClient: gaClient.serverEvent(event)
        }
    }
}
