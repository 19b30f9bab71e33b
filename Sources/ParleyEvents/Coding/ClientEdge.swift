// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

public import NIOCore

/// Where a client's one model meets the dialect of its server: GA passes, beta is translated.
///
/// Lives as long as the connection and sees every event of both directions, in order.
public struct ClientEdge: Sendable {
    /// What a server's message turned out to be.
    public enum Incoming: Sendable, Equatable {
        /// Events in order: nearly always one. What the client cannot read is among them as `unknown`.
        case events([ReceivedEvent])
        /// No JSON object: why, and the message as it came.
        case invalid(RealtimeError, ByteBuffer)
    }

    /// What became of an event that was to be sent.
    public enum Outgoing: Sendable, Equatable {
        /// It is in the buffer.
        case written
        /// It has no place in the dialect of the server, and these events are the answer.
        case answered([ReceivedEvent])
    }

    /// The connection's dialect.
    public let dialect: Dialect
    private var translator: DialectTranslator?

    /// An edge for a connection that speaks `dialect`.
    public init(dialect: Dialect) {
        self.dialect = dialect
        if dialect == .beta { translator = DialectTranslator(client: .ga, server: .beta) }
    }

    /// Paths of members that the last call left out because the other dialect has no place for them, such as
    /// `session.truncation`; at most 16, for the log.
    public var dropped: [String] { translator?.dropped ?? [] }

    /// Reads a text message.
    public mutating func received(_ message: ByteBuffer) -> Incoming {
        do throws(RealtimeError) {
            return .events(received(try JSONObject(message: message)))
        } catch {
            return .invalid(error, message)
        }
    }

    /// Reads an event; there is always at least one that stands for it.
    public mutating func received(_ object: JSONObject) -> [ReceivedEvent] {
        let translated = translator?.serverEvent(object) ?? [object]
        // What GA has no event for is the same in both dialects.
        guard !translated.isEmpty else { return [ReceivedEvent(object, as: object, dialect: dialect)] }
        let place = translated.firstIndex { $0["event_id"] == object["event_id"] } ?? 0
        return translated.enumerated()
            .map { ReceivedEvent(object, as: $1, dialect: dialect, isAdded: $0 != place) }
    }

    /// Appends an event as a text message, or answers it.
    public mutating func send(_ event: ClientEvent, eventID: String?, into buffer: inout ByteBuffer) -> Outgoing {
        guard translator != nil else {
            event.write(eventID: eventID, into: &buffer)
            return .written
        }
        return send(event.object(eventID: eventID), into: &buffer)
    }

    /// Appends an event in GA form, which may be one that this version does not know, or answers it.
    public mutating func send(_ object: JSONObject, into buffer: inout ByteBuffer) -> Outgoing {
        switch translator?.clientEvent(object) ?? .forward(object) {
        case .forward(let object):
            object.write(into: &buffer)
            return .written
        case .answer(let objects):
            // The answers are of the translator's own making, in GA form.
            return .answered(objects.map { ReceivedEvent($0, as: $0, dialect: .ga, isAdded: true) })
        }
    }
}
