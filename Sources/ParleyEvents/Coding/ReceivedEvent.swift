// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

public import NIOCore

/// An event of a server: what came, and what it means.
public struct ReceivedEvent: Sendable, Equatable {
    /// The object as it came, in the dialect of the connection: members in order, numbers digit for digit.
    public let object: JSONObject
    /// The dialect of `object`.
    public let dialect: Dialect
    /// The event in GA form; the same as `object` if that is GA.
    public let gaObject: JSONObject
    /// What it means; `unknown` if this version does not know the type, or if there is a `problem`.
    public let event: ServerEvent
    /// What is wrong with an event of a known type.
    public let problem: RealtimeError?
    /// Whether the event was added by the translation beside the one that `object` stands for.
    ///
    /// Whoever records objects leaves these out.
    public let isAdded: Bool

    /// The event's id, if it has one.
    public var eventID: String? { gaObject["event_id"]?.stringValue }

    /// What `event` could not take of `gaObject`, by its place, such as `obfuscation` of a delta.
    public var unknownMembers: JSONObject { gaObject.remainder(without: event.object(eventID: eventID)) }

    /// Reads one event by itself.
    ///
    /// A beta event is translated without what earlier ones told, such as the name of the function that is called; a
    /// `ClientEdge` remembers that.
    public init(_ object: JSONObject, dialect: Dialect) {
        var edge = ClientEdge(dialect: dialect)
        let events = edge.received(object)
        self = events.first { !$0.isAdded } ?? ReceivedEvent(object, as: object, dialect: dialect)
    }

    /// Reads one text message by itself.
    ///
    /// - Throws: If it is not a JSON object.
    public init(parsing message: ByteBuffer, dialect: Dialect) throws(RealtimeError) {
        self.init(try JSONObject(message: message), dialect: dialect)
    }

    init(_ object: JSONObject, as gaObject: JSONObject, dialect: Dialect, isAdded: Bool = false) {
        self.object = object
        self.dialect = dialect
        self.gaObject = gaObject
        self.isAdded = isAdded
        do throws(RealtimeError) {
            event = try ServerEvent(decoding: gaObject)
            problem = nil
        } catch {
            event = .unknown(type: gaObject["type"]?.stringValue ?? "", gaObject)
            problem = error
        }
    }

    /// Appends `object` as compact JSON text; if it came as such, these are the same bytes.
    public func write(into buffer: inout ByteBuffer) { object.write(into: &buffer) }
}

extension ReceivedEvent: JSONRepresentable {
    /// Reads what `jsonForm` is.
    public init(received value: JSON, at path: String) throws(RealtimeError) {
        let (object, dialect) = try Fields(value, at: path).eventAndDialect()
        self.init(object, dialect: dialect)
    }

    /// `{"dialect":…,"event":…}` with the event as it came.
    public var jsonForm: JSON { ["dialect": .string(dialect.rawValue), "event": .object(object)] }
}

/// An event of a client: what was sent, and what it means.
public struct SentEvent: Sendable, Equatable {
    /// The object as it was sent: members in order, numbers digit for digit.
    public let object: JSONObject
    /// The dialect of `object`.
    public let dialect: Dialect
    /// What it means; `nil` if a server would refuse it.
    public let event: ClientEvent?
    /// Why a server would refuse it.
    public let problem: RealtimeError?

    /// The event's id, if it has one.
    public var eventID: String? { object["event_id"]?.stringValue }

    /// Reads one event by itself; `inputFormat` is the session's input audio format.
    ///
    /// A beta event is read as a server reads it whose session is of the kind that the event is for.
    public init(_ object: JSONObject, dialect: Dialect, inputFormat: AudioFormat = .pcm) {
        self.object = object
        self.dialect = dialect
        var edge = ServerEdge(dialect: dialect)
        let isTranscription = object["type"] == "transcription_session.update"
        if isTranscription {
            let session = Session(kind: .transcription, id: "", model: "", expiresAt: 0)
            edge.send(.sessionCreated(session), eventID: "") { _ in }
        }
        switch edge.received(ByteBuffer(string: object.text), inputFormat: inputFormat) {
        case .event(let event, _): (self.event, problem) = (event, nil)
        case .invalid(let error): (event, problem) = (nil, error)
        case .answered(let objects):
            // What the edge answers itself is an error.
            event = nil
            problem =
                objects.first?["error"].flatMap { try? RealtimeError(received: $0, at: "error") }
                ?? .invalidEvent("The event cannot be read.")
        }
    }

    /// Reads one text message by itself; `inputFormat` is the session's input audio format.
    ///
    /// - Throws: If it is not a JSON object.
    public init(
        parsing message: ByteBuffer,
        dialect: Dialect,
        inputFormat: AudioFormat = .pcm
    ) throws(RealtimeError) {
        self.init(try JSONObject(message: message), dialect: dialect, inputFormat: inputFormat)
    }

    /// Appends `object` as compact JSON text; if it was sent as such, these are the same bytes.
    public func write(into buffer: inout ByteBuffer) { object.write(into: &buffer) }
}

extension SentEvent: JSONRepresentable {
    /// Reads what `jsonForm` is.
    public init(received value: JSON, at path: String) throws(RealtimeError) {
        let (object, dialect) = try Fields(value, at: path).eventAndDialect()
        self.init(object, dialect: dialect, inputFormat: .pcmu)
    }

    /// `{"dialect":…,"event":…}` with the event as it was sent.
    public var jsonForm: JSON { ["dialect": .string(dialect.rawValue), "event": .object(object)] }
}

extension Fields {
    fileprivate func eventAndDialect() throws(RealtimeError) -> (JSONObject, Dialect) {
        guard let dialect: Dialect = try choice("dialect") else { throw .missing(at("dialect")) }
        return (try Fields(required("event"), at: at("event")).object, dialect)
    }
}

extension JSONObject {
    /// Reads a text message.
    init(message: ByteBuffer) throws(RealtimeError) {
        let json: JSON
        do {
            json = try JSON(parsing: message)
        } catch {
            throw .invalidEvent("The message is \(error.description).")
        }
        guard let object = json.objectValue else {
            throw .invalidEvent("Expected a JSON object with a 'type', but got \(json.kindDescription).")
        }
        self = object
    }
}
