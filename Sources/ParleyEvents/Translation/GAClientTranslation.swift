// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// A GA client on a beta server, the client's side.
struct GAClientTranslation: Sendable {
    var dropped = DroppedMembers()

    /// The session as the client was shown it last.
    var session: JSONObject?
    var running = RunningItems()
    var durations = InputAudioDurations()
    var local = LocalEvents()

    /// Translates one event of the client.
    mutating func clientEvent(_ event: consuming JSONObject) -> DialectTranslator.ClientOutcome {
        dropped.forgetAll()
        do throws(RealtimeError) {
            switch event["type"] {
            case "input_audio_buffer.append":
                durations.appended(event["audio"])
                return .forward(event)
            case "input_audio_buffer.commit":
                durations.commitRequested()
                return .forward(event)
            case "input_audio_buffer.clear":
                durations.cleared()
                return .forward(event)
            case "session.update":
                return try update(event)
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

    private mutating func update(_ event: JSONObject) throws(RealtimeError) -> DialectTranslator.ClientOutcome {
        guard case .object(let ga)? = event["session"] else { return .forward(event) }
        let type = ga["type"] ?? session?["type"] ?? "realtime"
        let isTranscription = type == "transcription"
        var beta = try toBeta(ga, isTranscription ? .transcriptionSession : .realtimeUpdateForBeta)
        // The server refuses it by its name, as a GA server would.
        if !isTranscription, type != "realtime", !type.isNull { beta["type"] = type }
        guard !beta.isEmpty else { return answerUpdate() }
        var translated = event
        if isTranscription { translated["type"] = "transcription_session.update" }
        translated["session"] = .object(beta)
        return .forward(translated)
    }

    /// Nothing is left to say to the server, and the client waits for an answer all the same.
    private mutating func answerUpdate() -> DialectTranslator.ClientOutcome {
        guard let session else {
            local.oweAnswer()
            return .answer([])
        }
        return .answer([updateAnswer(session)])
    }

    private mutating func responseCreation(_ event: JSONObject) throws(RealtimeError) -> JSONObject {
        guard case .object(let ga)? = event["response"] else { return event }
        var translated = event
        translated["response"] = .object(try toBeta(ga, .responseRequest))
        return translated
    }

    private mutating func itemCreation(_ event: JSONObject) throws(RealtimeError) -> JSONObject {
        guard case .object(let ga)? = event["item"] else { return event }
        var translation = ToBeta(sender: .client, dropped: dropped)
        defer { dropped = translation.dropped }
        var translated = event
        translated["item"] = .object(try translation.item(ga, at: "item"))
        return translated
    }

    private mutating func toBeta(_ ga: JSONObject, _ shape: ObjectShape) throws(RealtimeError) -> JSONObject {
        var translation = ToBeta(sender: .client, dropped: dropped)
        defer { dropped = translation.dropped }
        return try translation.object(ga, shape)
    }
}
