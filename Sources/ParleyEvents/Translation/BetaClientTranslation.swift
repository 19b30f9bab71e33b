// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// A beta client on a GA server, the client's side.
struct BetaClientTranslation: Sendable {
    var unknownMembers = UnknownMembers.drop
    var dropped = DroppedMembers()
    var wasRefusedAsBeta = false

    /// What a beta client is shown of its own settings, since GA does not keep them.
    struct Echo: Sendable, Equatable {
        /// GA knows no temperature.
        var temperature: JSON = 0.8
        /// Both orders mean the same.
        var audioModalities = ToBeta.audioModalities
    }

    var echo = Echo()
    /// Id of the update under way that changed the echo and what it was before, in case the server refuses the update.
    var echoChange: (eventID: String?, before: Echo)?
    /// The session as the server showed it last.
    var session: JSONObject?
    /// Under which of its two names the client last set the token limit of a response.
    var tokenLimitName = "max_output_tokens"
    var hidden = HiddenItems()
    /// Items that were announced and are not complete yet, by the event that did; the other event adds nothing.
    var announced: [String: String] = [:]
    var local = LocalEvents()

    /// Translates one event of the client.
    mutating func clientEvent(_ event: consuming JSONObject) -> DialectTranslator.ClientOutcome {
        dropped.forgetAll()
        do throws(RealtimeError) {
            switch event["type"] {
            case "session.update":
                return try update(event, .realtimeSession, kind: "realtime")
            case "transcription_session.update":
                return try update(event, .transcriptionSession, kind: "transcription")
            case "conversation.item.create":
                return .forward(try itemCreation(event))
            case "response.create":
                return .forward(try responseCreation(event))
            default:
                return .forward(event)
            }
        } catch {
            return .answer([local.error(error, causedBy: event)])
        }
    }

    private mutating func update(
        _ event: JSONObject,
        _ shape: ObjectShape,
        kind: JSON
    ) throws(RealtimeError) -> DialectTranslator.ClientOutcome {
        var translated = event
        translated["type"] = "session.update"
        guard case .object(var beta)? = event["session"] else { return .forward(translated) }
        if unknownMembers == .keep {
            try shape.check(beta)
        } else {
            try settleModel(in: &beta, shape)
        }
        let ga = try toGA(beta, shape)
        remember(beta, shape, updateID: event["event_id"]?.stringValue)
        // An update for the other kind of session is the server's to refuse, whatever is in it.
        let isForThisSession = session.map { ($0["type"] ?? "realtime") == kind } ?? true
        let saysNothing = ga.isEmpty && isForThisSession && unknownMembers == .drop
        guard !saysNothing else { return answerUpdate() }
        translated["session"] = .object(JSONObject([("type", kind)] + ga.members.map { ($0.name, $0.value) }))
        return .forward(translated)
    }

    /// A client may repeat the model it has, and cannot change it.
    private mutating func settleModel(in beta: inout JSONObject, _ shape: ObjectShape) throws(RealtimeError) {
        guard shape.place(beta: "model") != nil, let model = beta["model"], let current = session?["model"] else {
            return
        }
        guard model == current || model.isNull else {
            throw .unsupported(
                "session.model",
                by: .ga,
                "change of model during a session. Open another session for it."
            )
        }
        beta["model"] = nil
    }

    private mutating func remember(_ beta: JSONObject, _ shape: ObjectShape, updateID: String?) {
        let before = echo
        if shape.betaOnly.contains("temperature"), case .number(let number)? = beta["temperature"] {
            echo.temperature = .number(number)
        }
        let modalities = beta["modalities"]
        if case .array(let names)? = modalities, modalities == ["text", "audio"] || modalities == ["audio", "text"] {
            echo.audioModalities = names
        }
        if echo != before { echoChange = (updateID, before) }
    }

    /// Nothing is left to say to the server behind a relay, and the client waits for an answer all the same.
    private mutating func answerUpdate() -> DialectTranslator.ClientOutcome {
        guard let session else {
            local.oweAnswer()
            return .answer([])
        }
        return .answer([updateAnswer(session)])
    }

    private mutating func responseCreation(_ event: JSONObject) throws(RealtimeError) -> JSONObject {
        guard case .object(let beta)? = event["response"] else { return event }
        if unknownMembers == .keep {
            try ObjectShape.responseRequest.check(beta)
            try Fields(beta, at: "response").checkBetaInput()
        }
        if let name = ["max_response_output_tokens", "max_output_tokens"].first(where: { beta[$0] != nil }) {
            tokenLimitName = name
        }
        var translated = event
        translated["response"] = .object(try toGA(beta, .responseRequest))
        return translated
    }

    private mutating func itemCreation(_ event: JSONObject) throws(RealtimeError) -> JSONObject {
        guard case .object(let beta)? = event["item"] else { return event }
        if unknownMembers == .keep { try Fields(beta, at: "item").checkBetaItem() }
        var translation = ToGA(sender: .client, dropped: dropped)
        defer { dropped = translation.dropped }
        var translated = event
        translated["item"] = .object(try translation.item(beta, at: "item"))
        return translated
    }

    private mutating func toGA(_ beta: JSONObject, _ shape: ObjectShape) throws(RealtimeError) -> JSONObject {
        var translation = ToGA(sender: .client, unknownMembers: unknownMembers, dropped: dropped)
        defer { dropped = translation.dropped }
        return try translation.object(beta, shape)
    }
}
