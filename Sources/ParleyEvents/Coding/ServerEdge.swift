// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

public import NIOCore

/// Where a server's one model meets the dialect of a connection: GA passes, beta is translated.
///
/// Lives as long as the connection and sees every event of both directions, in order.
public struct ServerEdge: Sendable {
    /// What a client's message turned out to be.
    public enum Incoming: Sendable, Equatable {
        /// An event, with the client's `event_id` if it has one.
        case event(ClientEvent, eventID: String?)
        /// Something that is wrong, to be answered with an `error` event.
        case invalid(RealtimeError)
        /// Something that was settled at the edge: these objects, in the client's dialect, are the answer.
        case answered([JSONObject])
    }

    /// The connection's dialect.
    public let dialect: Dialect
    private var translator: DialectTranslator?
    private var deltas: DeltaEncoder

    /// An edge for a connection that speaks `dialect`.
    public init(dialect: Dialect) {
        self.dialect = dialect
        deltas = DeltaEncoder(type: dialect.hotEventNames.audioDelta)
        guard dialect == .beta else { return }
        var translator = DialectTranslator(client: .beta, server: .ga)
        translator.unknownMembers = .keep
        self.translator = translator
    }

    /// Reads a text message.
    ///
    /// - Parameters:
    ///   - text: The message's bytes.
    ///   - inputFormat: The session's input audio format.
    /// - Returns: What the message asks for, or what is to be answered.
    public mutating func received(_ text: ByteBuffer, inputFormat: AudioFormat) -> Incoming {
        var scratch = ByteBuffer()
        return received(text, inputFormat: inputFormat, scratch: &scratch)
    }

    /// Reads a text message.
    ///
    /// - Parameters:
    ///   - text: The message's bytes.
    ///   - inputFormat: The session's input audio format.
    ///   - scratch: Memory for the audio of an event, best one buffer for all connections of an event loop. It is
    ///     overwritten when no event refers to it any more, and replaced otherwise.
    /// - Returns: What the message asks for, or what is to be answered.
    public mutating func received(
        _ text: ByteBuffer,
        inputFormat: AudioFormat,
        scratch: inout ByteBuffer
    ) -> Incoming {
        receivedAppend(text, inputFormat: inputFormat, scratch: &scratch)
            ?? receivedGenerally(text, inputFormat: inputFormat)
    }

    /// The general way: every message has its answer here.
    mutating func receivedGenerally(_ text: ByteBuffer, inputFormat: AudioFormat) -> Incoming {
        let json: JSON
        do {
            json = try JSON(parsing: text)
        } catch {
            return .invalid(.invalidEvent("The message is \(error.description)."))
        }
        guard let object = json.objectValue else {
            return .invalid(.invalidEvent("Expected a JSON object with a 'type', but got \(json.kindDescription)."))
        }
        guard object["type"]?.stringValue != nil, translator != nil else { return decode(object, inputFormat) }
        switch translator?.clientEvent(object) {
        case .answer(let objects): return .answered(objects)
        case .forward(let forwarded): return decode(forwarded, inputFormat, temperature: Self.temperature(object))
        case nil: return decode(object, inputFormat)
        }
    }

    /// The temperature in a beta client's session or response, which the translation has checked.
    private static func temperature(_ beta: JSONObject) -> Double? {
        (beta["session"] ?? beta["response"])?["temperature"]?.doubleValue
    }

    /// The short way for the one event that comes many times a second; it is the same in both dialects.
    ///
    /// - Returns: Nil for what has to go the general way, which says what is wrong with it.
    func receivedAppend(
        _ text: ByteBuffer,
        inputFormat: AudioFormat,
        scratch: inout ByteBuffer
    ) -> Incoming? {
        text.withUnsafeReadableBytes { bytes in
            guard let found = AppendScanner(bytes), found.audio.count <= ClientEvent.maximumAppendLength else {
                return nil
            }
            if scratch.modifyIfUniquelyOwned({ $0.moveWriterIndex(to: $0.readerIndex) }) == nil {
                scratch = ByteBuffer()
            }
            guard Base64.decode(UnsafeRawBufferPointer(rebasing: bytes[found.audio]), into: &scratch),
                scratch.readableBytes % inputFormat.bytesPerSample == 0
            else { return nil }
            return .event(
                .inputAudioBufferAppend(scratch),
                eventID: found.eventID.map { String(decoding: bytes[$0], as: UTF8.self) }
            )
        }
    }

    private func decode(_ object: JSONObject, _ inputFormat: AudioFormat, temperature: Double? = nil) -> Incoming {
        do {
            var event = try ClientEvent(object, inputFormat: inputFormat)
            switch event {
            case .sessionUpdate(let update, _): event = .sessionUpdate(update, temperature: temperature)
            case .responseCreate(var overrides):
                overrides.temperature = temperature
                event = .responseCreate(overrides)
            default: break
            }
            return .event(event, eventID: object["event_id"]?.stringValue)
        } catch {
            return .invalid(error)
        }
    }

    /// Writes an event as the messages it becomes in the connection's dialect: one, or none.
    ///
    /// - Parameters:
    ///   - event: The event.
    ///   - eventID: Its id.
    ///   - write: Called with each message; appends it to a buffer.
    public mutating func send(
        _ event: ServerEvent,
        eventID: EventID,
        _ write: ((inout ByteBuffer) -> Void) -> Void
    ) {
        switch event {
        case .audioDelta(let address, let audio):
            write { deltas.write(eventID: eventID, address, audio, into: &$0) }
        default:
            let object = event.object(eventID: eventID.text)
            for translated in translator?.serverEvent(object) ?? [object] {
                let shown = dialect == .beta ? Self.withTemperature(of: event, translated) : translated
                write { shown.write(into: &$0) }
            }
        }
    }

    /// A beta client is shown the temperature of the response itself, which may not be its session's.
    private static func withTemperature(of event: ServerEvent, _ shown: JSONObject) -> JSONObject {
        let temperature: Double?
        switch event {
        case .responseCreated(let response), .responseDone(let response): temperature = response.temperature
        default: return shown
        }
        guard let temperature, case .object(var object)? = shown["response"] else { return shown }
        var shown = shown
        object["temperature"] = JSON(temperature)
        shown["response"] = .object(object)
        return shown
    }
}
