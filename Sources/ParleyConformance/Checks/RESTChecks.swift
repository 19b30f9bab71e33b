// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyEvents

/// Client secrets over HTTP (protocol reference, section 11).
enum RESTChecks {
    private static let source = "11 REST endpoints"

    static let all = [
        Check("rest.mint", "A client secret is minted with a full session", source: source, run: mint),
        Check("rest.use", "It opens a session with that configuration, several times", source: source, run: use),
        Check(
            "rest.use-browser",
            "It opens a session when offered as a subprotocol",
            source: "2.3 Authentication",
            run: useInBrowser
        ),
        Check(
            "rest.lifetime",
            "Its lifetime can be chosen",
            in: [.ga],
            source: "10 Limits and constants",
            run: lifetime
        ),
        Check(
            "rest.lifetime-range",
            "A lifetime out of range is refused",
            in: [.ga],
            source: "10 Limits and constants",
            run: lifetimeRange
        ),
        Check("rest.not-json", "A body that is not JSON is refused with a JSON error", source: source, run: notJSON),
        Check(
            "rest.unknown-member",
            "An unknown member is refused with a JSON error",
            source: source,
            run: unknownMember
        ),
        Check("rest.transcription", "Secrets for transcription sessions", source: source, run: transcription),
    ]

    static func mint(_ scene: Scene) async throws(CheckStop) {
        let body = try await minted(scene)
        let secret = secret(in: body, scene)
        try scene.require(
            secret?.string("value")?.hasPrefix("ek_") ?? false,
            "a value that begins with ek_",
            came: Abbreviation.text(of: body)
        )
        try scene.require(
            (secret?["expires_at"]?.intValue ?? 0) > 0,
            "expires_at in Unix seconds",
            came: Abbreviation.text(of: body)
        )
        let session = (scene.dialect == .ga ? body["session"]?.objectValue : body) ?? [:]
        try scene.require(
            session["instructions"] == "Answer in one sentence.",
            "the session as configured",
            came: Abbreviation.text(of: body)
        )
        var plain = session
        plain["client_secret"] = nil
        if let violation = ShapeRules(dialect: scene.dialect).violation(inSession: plain) {
            throw .failed(Finding(violation))
        }
    }

    static func use(_ scene: Scene) async throws(CheckStop) {
        let key = try await key(scene)
        for _ in 0..<2 {
            var request = scene.request
            request.key = key
            let dialogue = try await scene.open(request)
            try dialogue.requireReported(.instructions, "Answer in one sentence.")
        }
    }

    static func useInBrowser(_ scene: Scene) async throws(CheckStop) {
        var request = scene.request
        request.key = try await key(scene)
        request.carrier = .subprotocols
        let dialogue = try await scene.open(request)
        try dialogue.requireReported(.instructions, "Answer in one sentence.")
    }

    static func lifetime(_ scene: Scene) async throws(CheckStop) {
        let short = try await minted(scene, lifetime: 60)
        let long = try await minted(scene, lifetime: 3660)
        let difference = (long["expires_at"]?.intValue ?? 0) - (short["expires_at"]?.intValue ?? 0)
        try scene.require((3590...3610).contains(difference), "expires_at 3600 s apart", came: "\(difference) s")
    }

    static func lifetimeRange(_ scene: Scene) async throws(CheckStop) {
        for seconds in [5, 10_000] {
            let answer = try await post(scene, body(scene, lifetime: seconds).text)
            try requireRefusal(answer, scene)
        }
    }

    static func notJSON(_ scene: Scene) async throws(CheckStop) {
        try requireRefusal(try await post(scene, "{\"session\":"), scene)
    }

    static func unknownMember(_ scene: Scene) async throws(CheckStop) {
        var body = body(scene)
        if scene.dialect == .ga {
            body["session"] = .object((body["session"]?.objectValue ?? [:]).adding(["nonsense": 1]))
        } else {
            body["nonsense"] = 1
        }
        try requireRefusal(try await post(scene, body.text), scene)
    }

    static func transcription(_ scene: Scene) async throws(CheckStop) {
        let isGA = scene.dialect == .ga
        let body: JSONObject =
            isGA
            ? ["session": ["type": "transcription", "audio": ["input": ["transcription": ["model": "whisper-1"]]]]]
            : ["input_audio_transcription": ["model": "whisper-1"]]
        let answer = try await post(scene, body.text, resource: isGA ? "/client_secrets" : "/transcription_sessions")
        let object = try requireObject(answer, scene)
        guard let key = secret(in: object, scene)?.string("value") else {
            throw scene.failed("a client secret", Abbreviation.text(of: object))
        }
        var request = scene.transcriptionRequest
        request.key = key
        let dialogue = try await scene.connect(request)
        _ = try await dialogue.expect(isGA ? "session.created" : "transcription_session.created")
        let model = dialogue.reported(.transcription)?["model"]
        try scene.require(model == "whisper-1", "the session as configured", came: model?.text ?? "none")
    }

    /// Fails unless the body is the usual JSON error.
    static func requireError(_ answer: WireHTTPAnswer, _ scene: Scene) throws(CheckStop) {
        let error = (try? JSON(parsing: answer.body))?["error"]
        try scene.require(
            error?["message"]?.stringValue != nil && error?["type"]?.stringValue != nil,
            "a body {\"error\":{\"message\",\"type\",…}}",
            came: "HTTP \(answer.status) \(Abbreviation.text(of: answer.body))"
        )
    }

    private static func requireRefusal(_ answer: WireHTTPAnswer, _ scene: Scene) throws(CheckStop) {
        try scene.require(
            (400..<500).contains(answer.status),
            "a status from 400 to 499",
            came: "HTTP \(answer.status)"
        )
        try requireError(answer, scene)
    }

    private static func requireObject(_ answer: WireHTTPAnswer, _ scene: Scene) throws(CheckStop) -> JSONObject {
        // Servers without this interface are no worse at sessions.
        if answer.status == 404 || answer.status == 405 { throw .skipped("the server has no such endpoint") }
        guard answer.status == 200, let object = (try? JSON(parsing: answer.body))?.objectValue else {
            throw scene.failed(
                "HTTP 200 with a JSON object",
                "HTTP \(answer.status) \(Abbreviation.text(of: answer.body))"
            )
        }
        return object
    }

    private static func body(_ scene: Scene, lifetime: Int? = nil) -> JSONObject {
        let values: SessionValues = [(.model, .string(scene.target.model)), (.instructions, "Answer in one sentence.")]
        let session = JSONObject.session(values, in: scene.dialect)
        guard scene.dialect == .ga else { return session }
        var body: JSONObject = ["session": .object(session)]
        if let lifetime { body["expires_after"] = ["anchor": "created_at", "seconds": JSON(lifetime)] }
        return body
    }

    private static func post(_ scene: Scene, _ body: String, resource: String? = nil) async throws(CheckStop)
        -> WireHTTPAnswer
    {
        let resource = resource ?? (scene.dialect == .ga ? "/client_secrets" : "/sessions")
        return try await scene.exchange(
            WireHTTPRequest(method: "POST", resource: resource, key: scene.target.key, body: body)
        )
    }

    private static func minted(_ scene: Scene, lifetime: Int? = nil) async throws(CheckStop) -> JSONObject {
        try requireObject(try await post(scene, body(scene, lifetime: lifetime).text), scene)
    }

    private static func key(_ scene: Scene) async throws(CheckStop) -> String {
        let body = try await minted(scene)
        guard let value = secret(in: body, scene)?.string("value") else {
            throw scene.failed("a client secret", Abbreviation.text(of: body))
        }
        return value
    }

    private static func secret(in body: JSONObject, _ scene: Scene) -> JSONObject? {
        scene.dialect == .ga ? body : body["client_secret"]?.objectValue
    }
}
