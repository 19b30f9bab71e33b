// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import ParleyEvents

/// What the suite is told about a server.
package struct ConformanceTarget: Sendable {
    /// Model to ask for.
    package var model: String
    /// Key, or `nil` for a server that takes everybody.
    package var key: String?

    package init(model: String, key: String? = nil) {
        self.model = model
        self.key = key
    }
}

/// One check's run against one server in one dialect: opens connections and keeps the transcript.
///
/// Used by one task only.
package final class Scene {
    let wire: any RealtimeWire
    let dialect: Dialect
    let target: ConformanceTarget
    let vocabulary: Vocabulary
    /// What went over all connections, in order.
    package private(set) var transcript: [TranscriptLine] = []

    private let masking: Masking
    private var connections: [any WireConnection] = []

    package init(wire: any RealtimeWire, dialect: Dialect, target: ConformanceTarget) {
        self.wire = wire
        self.dialect = dialect
        self.target = target
        vocabulary = Vocabulary(dialect: dialect)
        masking = Masking(secrets: target.key.map { [$0] } ?? [])
    }

    /// The usual handshake of the dialect, with key and model.
    var request: WireRequest {
        WireRequest(dialect: dialect, query: [QueryItem("model", target.model)], key: target.key)
    }

    /// The handshake of a transcription session.
    var transcriptionRequest: WireRequest {
        WireRequest(dialect: dialect, query: [QueryItem("intent", "transcription")], key: target.key)
    }

    /// Opens a connection and reads nothing yet.
    func connect(_ request: WireRequest? = nil) async throws(CheckStop) -> Dialogue {
        let request = request ?? self.request
        record(.sent, Self.line(of: request))
        do throws(WireFailure) {
            let connection = try await wire.connect(request)
            connections.append(connection)
            record(.received, "101, subprotocol \(connection.subprotocol ?? "none")")
            return Dialogue(connection, scene: self)
        } catch {
            throw failed("the handshake to succeed", masking.masked(error.description), source: "2 Connection")
        }
    }

    /// Opens a connection and reads the event that the server opens with.
    func open(_ request: WireRequest? = nil) async throws(CheckStop) -> Dialogue {
        let dialogue = try await connect(request)
        try await dialogue.readOpening()
        return dialogue
    }

    /// Opens a connection and changes its session.
    func open(_ values: SessionValues) async throws(CheckStop) -> Dialogue {
        let dialogue = try await open()
        try await dialogue.update(values)
        return dialogue
    }

    /// Opens a session in which the client commits and asks for responses itself, and responses are text.
    func openForText() async throws(CheckStop) -> Dialogue {
        try await open([(.turnDetection, nil), (.modalities, vocabulary.textOnly)])
    }

    /// Sends a plain HTTP request.
    func exchange(_ request: WireHTTPRequest) async throws(CheckStop) -> WireHTTPAnswer {
        record(.sent, "\(request.method) …\(request.resource) \(request.body ?? "")")
        do throws(WireFailure) {
            let answer = try await wire.exchange(request)
            record(.received, "HTTP \(answer.status) \(Abbreviation.text(of: answer.body))")
            return answer
        } catch {
            throw failed("an HTTP answer", error.description, source: "11 REST endpoints")
        }
    }

    /// Closes what the check left open.
    package func finish() async {
        for connection in connections { _ = await connection.close(code: 1000) }
        connections = []
    }

    func record(_ direction: TranscriptLine.Direction, _ text: String) {
        transcript.append(TranscriptLine(direction, masking.masked(text)))
    }

    /// A failure of the server, with secrets masked.
    func failed(_ expected: String, _ came: String, source: String? = nil) -> CheckStop {
        .failed(Finding(expected: masking.masked(expected), came: masking.masked(came), source: source))
    }

    /// Fails unless the condition holds.
    func require(_ condition: Bool, _ expected: String, came: @autoclosure () -> String, source: String? = nil)
        throws(CheckStop)
    {
        guard condition else { throw failed(expected, came(), source: source) }
    }

    private static func line(of request: WireRequest) -> String {
        let query = request.query.map { "\($0.name)=\($0.value)" }.joined(separator: "&")
        let subprotocols = request.subprotocols.joined(separator: ", ")
        let headers = request.headers.map { "\($0.name): \($0.value)" }.joined(separator: ", ")
        return "handshake ?\(query) [\(headers)] subprotocols [\(subprotocols)]"
    }
}
