// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

extension BetaClientTranslation {
    private static let hotEvents = HotEventRenaming(from: .ga, to: .beta)

    /// Events that are the same in both dialects.
    ///
    /// What is in no list is unknown to a beta client.
    private static let sharedEvents: Set<String> = [
        "conversation.created",
        "conversation.item.deleted",
        "conversation.item.input_audio_transcription.failed",
        "conversation.item.truncated",
        "input_audio_buffer.cleared",
        "input_audio_buffer.speech_started",
        "input_audio_buffer.speech_stopped",
        "output_audio_buffer.cleared",
        "output_audio_buffer.started",
        "output_audio_buffer.stopped",
        "rate_limits.updated",
        "response.content_part.added",
        "response.content_part.done",
    ]

    /// Members that only GA events have, by event.
    ///
    /// Padding is not worth a line in the log.
    private static let gaMembers: [String: String] = [
        "conversation.item.input_audio_transcription.completed": "languages",
        "conversation.item.input_audio_transcription.delta": "obfuscation",
        "response.function_call_arguments.delta": "obfuscation",
        "response.function_call_arguments.done": "name",
    ]

    /// Translates one event of the server.
    mutating func serverEvent(_ event: consuming JSONObject) -> [JSONObject] {
        dropped.forgetAll()
        guard let type = event["type"]?.stringValue else { return [] }
        if hidden.contains(event["item_id"]) {
            if type == "conversation.item.deleted" { forget(event["item_id"]) }
            return []
        }
        if let name = Self.hotEvents.name(for: type) {
            event["type"] = .string(name)
            event["obfuscation"] = nil
            return [event]
        }
        if let member = Self.gaMembers[type] {
            event[member] = nil
            return [event]
        }
        if Self.sharedEvents.contains(type) { return [shared(event, type)] }
        do throws(RealtimeError) {
            return try reshaped(event, type)
        } catch {
            return [local.error(error, causedBy: nil)]
        }
    }

    private mutating func shared(_ event: JSONObject, _ type: String) -> JSONObject {
        if type == "conversation.item.deleted" { forget(event["item_id"]) }
        return event
    }

    private mutating func forget(_ id: JSON?) {
        guard let id = id?.stringValue else { return }
        announced[id] = nil
        hidden.remove(id)
    }

    private mutating func reshaped(_ event: JSONObject, _ type: String) throws(RealtimeError) -> [JSONObject] {
        switch type {
        case "session.created", "session.updated":
            return try sessionShown(event, type)
        case "conversation.item.added", "conversation.item.created":
            return try itemAnnounced(event, type)
        case "conversation.item.done":
            if let id = event["item"]?["id"]?.stringValue { announced[id] = nil }
            return []
        case "conversation.item.retrieved", "response.output_item.added", "response.output_item.done":
            return try itemShown(event)
        case "input_audio_buffer.committed":
            return [withVisiblePredecessor(event)]
        case "response.created", "response.done":
            return [try responseShown(event)]
        case "error":
            return errorShown(event)
        default:
            return []
        }
    }

    private mutating func sessionShown(_ event: JSONObject, _ type: String) throws(RealtimeError) -> [JSONObject] {
        guard case .object(let ga)? = event["session"] else { return [event] }
        session = ga
        if type == "session.updated", echoChange?.eventID == nil { echoChange = nil }
        var shown = event
        let isTranscription = Self.isTranscription(ga)
        shown["type"] = .string(isTranscription ? "transcription_\(type)" : type)
        shown["session"] = .object(try sessionForBeta(ga))
        var events = [shown]
        for _ in 0..<local.takeOwedAnswers() { events.append(updateAnswer(ga)) }
        return events
    }

    /// The answer to an update that had nothing to say to the server: the session as it is.
    mutating func updateAnswer(_ ga: JSONObject) -> JSONObject {
        let type = Self.isTranscription(ga) ? "transcription_session.updated" : "session.updated"
        do throws(RealtimeError) {
            let session = try sessionForBeta(ga)
            return ["type": .string(type), "event_id": local.nextID(), "session": .object(session)]
        } catch {
            return local.error(error, causedBy: nil)
        }
    }

    private static func isTranscription(_ ga: JSONObject) -> Bool {
        ga["type"] == "transcription" || ga["object"] == "realtime.transcription_session"
    }

    private mutating func sessionForBeta(_ ga: JSONObject) throws(RealtimeError) -> JSONObject {
        let isTranscription = Self.isTranscription(ga)
        var beta = try toBeta(ga, isTranscription ? .transcriptionSession : .realtimeSession)
        if !isTranscription { beta["temperature"] = echo.temperature }
        beta["client_secret"] = .null
        return beta
    }

    private mutating func errorShown(_ event: JSONObject) -> [JSONObject] {
        if event["error"]?["code"] == "beta_api_shape_disabled" {
            wasRefusedAsBeta = true
            return []
        }
        if let change = echoChange, isRefusal(event["error"], ofUpdate: change.eventID) {
            echo = change.before
            echoChange = nil
        }
        let paths = ParameterPaths.toBeta
            .adding("response.\(tokenLimitName)", for: "response.max_output_tokens")
        return [paths.event(event)]
    }

    /// Whether an error refuses the update with that id; one without an id is told by what the error is about.
    private func isRefusal(_ error: JSON?, ofUpdate id: String?) -> Bool {
        guard error?["event_id"]?.stringValue == id else { return false }
        guard id == nil else { return true }
        if let path = error?["param"]?.stringValue { return path == "session" || path.hasPrefix("session.") }
        return error?["code"] == "cannot_update_voice" || error?["code"] == "invalid_parameter"
    }

    private mutating func responseShown(_ event: JSONObject) throws(RealtimeError) -> JSONObject {
        guard case .object(let ga)? = event["response"] else { return event }
        var beta = try toBeta(ga, .response)
        beta["temperature"] = echo.temperature
        var shown = event
        shown["response"] = .object(beta)
        return shown
    }

    private mutating func itemAnnounced(_ event: JSONObject, _ type: String) throws(RealtimeError) -> [JSONObject] {
        let previous = event["previous_item_id"]?.stringValue
        var created = withVisiblePredecessor(event)
        created["type"] = "conversation.item.created"
        if let id = event["item"]?["id"]?.stringValue {
            if HiddenItems.mustHide(event["item"]) {
                hidden.hide(id)
                hidden.insert(id, after: previous)
                return []
            }
            if let earlier = announced.updateValue(type, forKey: id), earlier != type { return [] }
            hidden.insert(id, after: previous)
        }
        return try itemShown(created)
    }

    /// Tells of an item, unless it is to be hidden.
    private mutating func itemShown(_ event: JSONObject) throws(RealtimeError) -> [JSONObject] {
        guard case .object(let ga)? = event["item"] else { return [event] }
        if HiddenItems.mustHide(event["item"]) {
            if let id = ga["id"]?.stringValue { hidden.hide(id) }
            return []
        }
        var translation = ToBeta(sender: .server, dropped: dropped)
        defer { dropped = translation.dropped }
        var shown = event
        shown["item"] = .object(try translation.item(ga, at: "item"))
        return [shown]
    }

    private func withVisiblePredecessor(_ event: JSONObject) -> JSONObject {
        guard let previous = event["previous_item_id"] else { return event }
        var repaired = event
        repaired["previous_item_id"] = hidden.visible(previous)
        return repaired
    }

    private mutating func toBeta(_ ga: JSONObject, _ shape: ObjectShape) throws(RealtimeError) -> JSONObject {
        var translation = ToBeta(sender: .server, audioModalities: echo.audioModalities, dropped: dropped)
        defer { dropped = translation.dropped }
        return try translation.object(ga, shape)
    }
}
