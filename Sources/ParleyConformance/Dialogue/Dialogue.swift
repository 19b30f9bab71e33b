// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyEvents

/// A connection in a check: sends, expects, and holds every event against the rules for shape and order.
///
/// Used by one task only.
final class Dialogue {
    let scene: Scene
    /// The session as the server reported it last.
    private(set) var session: JSONObject = [:]
    /// Input transcription events, which may come at any time.
    private(set) var transcriptions: [JSONObject] = []
    /// The subprotocol that the server selected.
    var subprotocol: String? { connection.subprotocol }

    private let connection: any WireConnection
    private let shapes: ShapeRules
    private var rules: SequenceRules
    private var lastEventID = 0

    init(_ connection: any WireConnection, scene: Scene) {
        self.connection = connection
        self.scene = scene
        shapes = ShapeRules(dialect: scene.dialect)
        rules = SequenceRules(dialect: scene.dialect)
    }

    var dialect: Dialect { scene.dialect }
    var vocabulary: Vocabulary { scene.vocabulary }

    // MARK: Sending

    /// Sends an event as it is.
    func send(_ event: JSONObject) async throws(CheckStop) {
        rules.sent(event)
        try await send(.text(event.text))
    }

    /// Sends a message that need not be an event.
    func send(_ message: WireMessage) async throws(CheckStop) {
        switch message {
        case .text(let text): scene.record(.sent, Abbreviation.text(of: text))
        case .binary(let bytes): scene.record(.sent, "<binary message of \(bytes.count) bytes>")
        }
        do throws(WireFailure) {
            try await connection.send(message)
        } catch {
            throw scene.failed("the connection to stay open", error.description, source: "7.11 Errors")
        }
    }

    /// An event id that no other event of this connection has.
    func newEventID() -> String {
        lastEventID += 1
        return "conform_\(lastEventID)"
    }

    // MARK: Receiving

    /// The next event that is no asynchronous one.
    ///
    /// `rate_limits.updated` and `conversation.created` are optional and left out; input transcription is kept aside.
    func next(_ expected: String, source: String? = nil) async throws(CheckStop) -> JSONObject {
        while true {
            let event = try await receive(expected, source: source)
            if event.type.hasPrefix("conversation.item.input_audio_transcription.") {
                transcriptions.append(event)
            } else if event.type != "rate_limits.updated", event.type != "conversation.created" {
                return event
            }
        }
    }

    /// The next event, which must be that one under its name in GA.
    func expect(_ gaName: String, source: String? = nil) async throws(CheckStop) -> JSONObject {
        let name = vocabulary.name(gaName)
        let event = try await next(name, source: source)
        try scene.require(event.type == name, name, came: Abbreviation.text(of: event), source: source)
        return event
    }

    /// The end of the transcription of an item, which may have come already.
    func transcriptionEnd(of item: String) async throws(CheckStop) -> JSONObject {
        let expected = "the end of the input transcription of \(item)"
        while true {
            let end = transcriptions.first {
                $0.string("item_id") == item && ($0.type.hasSuffix(".completed") || $0.type.hasSuffix(".failed"))
            }
            if let end { return end }
            let event = try await receive(expected)
            if event.type.contains("input_audio_transcription") { transcriptions.append(event) }
        }
    }

    /// How the server closes the connection; events before that are read over.
    func closed(_ expected: String) async throws(CheckStop) -> WireClose {
        while true {
            switch await connection.next() {
            case .closed(let close):
                scene.record(.received, close.description)
                return close
            case .silence:
                throw scene.failed(expected, "nothing in the time allowed", source: "9 WebSocket close codes")
            case .text(let text): scene.record(.received, Abbreviation.text(of: text))
            case .binary(let count): scene.record(.received, "<binary message of \(count) bytes>")
            }
        }
    }

    /// Closes from our side.
    func close(code: Int) async -> WireClose {
        scene.record(.sent, "close \(code)")
        let close = await connection.close(code: code)
        scene.record(.received, close.description)
        return close
    }

    /// Fails if something is half done.
    func requireNothingOpen() throws(CheckStop) {
        do throws(RuleViolation) { try rules.finished() } catch { throw .failed(Finding(error)) }
    }

    private func receive(_ expected: String, source: String? = nil) async throws(CheckStop) -> JSONObject {
        switch await connection.next() {
        case .text(let text):
            scene.record(.received, Abbreviation.text(of: text))
            guard let event = (try? JSON(parsing: text))?.objectValue else {
                throw scene.failed("a JSON object", Abbreviation.shortened(text), source: "2.5 Framing")
            }
            try judge(event)
            return event
        case .binary(let count):
            throw scene.failed("text messages only", "a binary message of \(count) bytes", source: "2.5 Framing")
        case .closed(let close):
            scene.record(.received, close.description)
            throw scene.failed(expected, close.description, source: source)
        case .silence: throw scene.failed(expected, "nothing in the time allowed", source: source)
        }
    }

    private func judge(_ event: JSONObject) throws(CheckStop) {
        if let violation = shapes.violation(in: event) { throw broken(violation, by: event) }
        do throws(RuleViolation) { try rules.received(event) } catch { throw broken(error, by: event) }
        if event.type.contains("session."), let session = event["session"]?.objectValue { self.session = session }
    }

    private func broken(_ violation: RuleViolation, by event: JSONObject) -> CheckStop {
        scene.failed(
            violation.expected,
            "\(violation.came), in \(Abbreviation.text(of: event))",
            source: violation.source
        )
    }
}
