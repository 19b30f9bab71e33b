// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyEvents

/// From the request to the first event (protocol reference, section 2).
enum HandshakeChecks {
    static let all = [
        Check(
            "handshake.headers",
            "Key and dialect in headers open a session",
            source: "2.3 Authentication",
            run: headers
        ),
        Check("handshake.model", "The model of the query is the session's", source: "2.1 URL", run: model),
        Check(
            "handshake.default-model",
            "No model in the query: the default model (recommended)",
            source: "2.1 URL",
            run: defaultModel
        ),
        Check(
            "handshake.unknown-query",
            "Unknown query parameters are ignored (recommended)",
            source: "2.1 URL",
            run: unknownQuery
        ),
        Check(
            "handshake.no-subprotocol",
            "No subprotocol offered, none selected",
            source: "2.4 Subprotocol selection",
            run: noSubprotocol
        ),
        Check(
            "handshake.subprotocols",
            "Of a browser's offer, realtime is selected, never the key",
            source: "2.4 Subprotocol selection",
            run: subprotocols
        ),
        Check(
            "handshake.unknown-subprotocol",
            "Unknown subprotocols beside realtime are accepted",
            source: "2.4 Subprotocol selection",
            run: unknownSubprotocol
        ),
        Check(
            "handshake.null-key",
            "A browser's key 'null' counts as no key",
            source: "2.3 Authentication",
            run: nullKey
        ),
        Check(
            "handshake.wrong-key",
            "A wrong key in a header is refused, in-band or by 401",
            source: "2.3 Authentication",
            run: wrongKey
        ),
        Check(
            "handshake.wrong-key-browser",
            "A browser's wrong key is refused in-band, close 3000",
            source: "2.3 Authentication",
            run: wrongKeyOfBrowser
        ),
        Check(
            "handshake.plain-get",
            "A plain GET is refused with a status and a JSON error",
            in: [.ga],
            source: "11 REST endpoints",
            run: plainGet
        ),
    ]

    static func headers(_ scene: Scene) async throws(CheckStop) {
        _ = try await scene.open()
    }

    static func model(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.open()
        try dialogue.requireReported(.model, .string(scene.target.model), source: "4.1 Session, model")
    }

    static func defaultModel(_ scene: Scene) async throws(CheckStop) {
        var request = scene.request
        request.query = []
        let dialogue = try await scene.open(request)
        let model = dialogue.reported(.model)?.stringValue ?? ""
        try scene.require(!model.isEmpty, "session.model to name the default model", came: "none")
    }

    static func unknownQuery(_ scene: Scene) async throws(CheckStop) {
        var request = scene.request
        request.query.append(QueryItem("conform", "1"))
        _ = try await scene.open(request)
    }

    static func noSubprotocol(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.open()
        try scene.require(dialogue.subprotocol == nil, "no subprotocol", came: "'\(dialogue.subprotocol ?? "")'")
    }

    static func subprotocols(_ scene: Scene) async throws(CheckStop) {
        var request = scene.request
        request.carrier = .subprotocols
        let dialogue = try await scene.open(request)
        try requireRealtime(dialogue)
    }

    static func unknownSubprotocol(_ scene: Scene) async throws(CheckStop) {
        var request = scene.request
        request.carrier = .subprotocols
        request.furtherSubprotocols = ["openai-agents-sdk.1.2.3", "x-conform.1"]
        let dialogue = try await scene.open(request)
        try requireRealtime(dialogue)
    }

    static func nullKey(_ scene: Scene) async throws(CheckStop) {
        guard scene.target.key == nil else { throw .skipped("this server needs a key") }
        var request = scene.request
        request.carrier = .subprotocols
        request.key = "null"
        let dialogue = try await scene.open(request)
        try requireRealtime(dialogue)
    }

    static func wrongKey(_ scene: Scene) async throws(CheckStop) {
        let request = try wrongRequest(scene)
        do throws(WireFailure) {
            _ = try await scene.wire.connect(request).close(code: 1000)
        } catch {
            // In-band is a recommendation; whoever sets headers can read a status as well.
            if case .refused(401, _) = error { return }
        }
        try await requireRefusedInBand(scene, request)
    }

    /// Scripts in browsers see no status: only an event can tell them.
    static func wrongKeyOfBrowser(_ scene: Scene) async throws(CheckStop) {
        var request = try wrongRequest(scene)
        request.carrier = .subprotocols
        try await requireRefusedInBand(scene, request)
    }

    private static func wrongRequest(_ scene: Scene) throws(CheckStop) -> WireRequest {
        guard scene.target.key != nil else { throw .skipped("no key given: this server may take everybody") }
        var request = scene.request
        request.key = "sk-conform-wrong-key"
        return request
    }

    private static func requireRefusedInBand(_ scene: Scene, _ request: WireRequest) async throws(CheckStop) {
        let dialogue = try await scene.connect(request)
        try await dialogue.expectError(codes: ["invalid_api_key"], message: "Incorrect API key provided")
        let close = try await dialogue.closed("close 3000 after the error")
        try scene.require(
            close.code == 3000 && close.reason == "invalid_request_error.invalid_api_key",
            "close 3000 'invalid_request_error.invalid_api_key'",
            came: close.description,
            source: "9 WebSocket close codes"
        )
    }

    static func plainGet(_ scene: Scene) async throws(CheckStop) {
        let answer = try await scene.exchange(WireHTTPRequest(method: "GET", resource: "", key: scene.target.key))
        try scene.require(
            (400..<500).contains(answer.status),
            "a status from 400 to 499",
            came: "HTTP \(answer.status)"
        )
        try RESTChecks.requireError(answer, scene)
    }

    private static func requireRealtime(_ dialogue: Dialogue) throws(CheckStop) {
        try dialogue.scene.require(
            dialogue.subprotocol == "realtime",
            "subprotocol 'realtime'",
            came: dialogue.subprotocol ?? "none"
        )
    }
}
