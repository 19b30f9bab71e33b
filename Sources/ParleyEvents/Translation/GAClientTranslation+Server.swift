// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

extension GAClientTranslation {
    private static let hotEvents = HotEventRenaming(from: .beta, to: .ga)

    /// Translates one event of the server.
    mutating func serverEvent(_ event: consuming JSONObject) -> [JSONObject] {
        dropped.forgetAll()
        guard let type = event["type"]?.stringValue else { return [event] }
        if let name = Self.hotEvents.name(for: type) {
            event["type"] = .string(name)
            return [event]
        }
        observe(event, type)
        do throws(RealtimeError) {
            return try reshaped(event, type)
        } catch {
            return [local.error(error, causedBy: nil)]
        }
    }

    /// Takes in what later events need.
    private mutating func observe(_ event: JSONObject, _ type: String) {
        switch type {
        case "input_audio_buffer.speech_started": durations.speechStarted(event)
        case "input_audio_buffer.speech_stopped": durations.speechStopped(event)
        case "input_audio_buffer.committed": durations.committed(event)
        case "conversation.item.input_audio_transcription.failed": _ = durations.takeUsage(of: event["item_id"])
        case "conversation.item.deleted": _ = running.ended(event["item_id"])
        case "error" where event["error"]?["code"] == "input_audio_buffer_commit_empty": durations.commitRefused()
        default: break
        }
    }

    private mutating func reshaped(_ event: JSONObject, _ type: String) throws(RealtimeError) -> [JSONObject] {
        switch type {
        case "session.created", "session.updated":
            return try sessionShown(event, as: type, .realtimeSession)
        case "transcription_session.created":
            return try sessionShown(event, as: "session.created", .transcriptionSession)
        case "transcription_session.updated":
            return try sessionShown(event, as: "session.updated", .transcriptionSession)
        case "conversation.created":
            return []
        case "conversation.item.created":
            return try itemCreated(event)
        case "conversation.item.retrieved", "response.output_item.added":
            return [try itemShown(event)]
        case "response.output_item.done":
            return try outputItemDone(event)
        case "conversation.item.input_audio_transcription.completed":
            return [transcriptionCompleted(event)]
        case "response.function_call_arguments.done":
            return [functionCallArgumentsDone(event)]
        case "response.created", "response.done":
            return [try responseShown(event)]
        case "error":
            return [ParameterPaths.toGA.event(event)]
        default:
            return [event]
        }
    }

    private mutating func sessionShown(
        _ event: JSONObject,
        as type: String,
        _ shape: ObjectShape
    ) throws(RealtimeError) -> [JSONObject] {
        var shown = event
        shown["type"] = .string(type)
        guard case .object(let beta)? = event["session"] else { return [shown] }
        durations.sessionShown(beta)
        let isTranscription = shape.place(beta: "model") == nil
        let members = try toGA(beta, shape).members.map { ($0.name, $0.value) }
        var ga = JSONObject([("type", isTranscription ? "transcription" : "realtime")] + members)
        if !isTranscription {
            ga["truncation"] = "auto"
            ga["prompt"] = .null
        }
        session = ga
        shown["session"] = .object(ga)
        var events = [shown]
        for _ in 0..<local.takeOwedAnswers() { events.append(updateAnswer(ga)) }
        return events
    }

    /// The answer to an update that had nothing to say to the server: the session as it is.
    mutating func updateAnswer(_ session: JSONObject) -> JSONObject {
        ["type": "session.updated", "event_id": local.nextID(), "session": .object(session)]
    }

    private mutating func itemCreated(_ event: JSONObject) throws(RealtimeError) -> [JSONObject] {
        var added = try itemShown(event)
        added["type"] = "conversation.item.added"
        guard case .object(let item)? = added["item"] else { return [added] }
        if item["status"] == "in_progress" {
            running.entered(item, after: event["previous_item_id"])
            return [added]
        }
        var done = added
        done["type"] = "conversation.item.done"
        done["event_id"] = local.nextID()
        return [added, done]
    }

    /// The item's end in the conversation comes before its end in the response.
    private mutating func outputItemDone(_ event: JSONObject) throws(RealtimeError) -> [JSONObject] {
        let shown = try itemShown(event)
        guard let item = shown["item"], let previous = running.ended(item["id"]) else { return [shown] }
        var done: JSONObject = ["type": "conversation.item.done", "event_id": local.nextID()]
        done["previous_item_id"] = previous
        done["item"] = item
        return [done, shown]
    }

    private mutating func itemShown(_ event: JSONObject) throws(RealtimeError) -> JSONObject {
        guard case .object(let beta)? = event["item"] else { return event }
        running.announced(beta)
        var translation = ToGA(sender: .server, dropped: dropped)
        defer { dropped = translation.dropped }
        var shown = event
        shown["item"] = .object(try translation.item(beta, at: "item"))
        return shown
    }

    private mutating func transcriptionCompleted(_ event: JSONObject) -> JSONObject {
        let usage = durations.takeUsage(of: event["item_id"])
        guard event["usage"]?.isNull ?? true else { return event }
        var completed = event
        completed["usage"] = usage
        return completed
    }

    private func functionCallArgumentsDone(_ event: JSONObject) -> JSONObject {
        guard event["name"] == nil, let name = running.functionName(of: event["item_id"]) else { return event }
        var named = event
        named["name"] = .string(name)
        return named
    }

    private mutating func responseShown(_ event: JSONObject) throws(RealtimeError) -> JSONObject {
        guard case .object(let beta)? = event["response"] else { return event }
        let ga = try toGA(beta, .response)
        var shown = event
        shown["response"] = .object(ga)
        return shown
    }

    private mutating func toGA(_ beta: JSONObject, _ shape: ObjectShape) throws(RealtimeError) -> JSONObject {
        var translation = ToGA(sender: .server, dropped: dropped)
        defer { dropped = translation.dropped }
        return try translation.object(beta, shape)
    }
}
