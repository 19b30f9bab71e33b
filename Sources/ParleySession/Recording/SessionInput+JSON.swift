// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import ParleyAudio
internal import ParleyEvents

extension SessionInput {
    /// The members of its line, but for the time.
    var members: [(String, JSON)] {
        switch self {
        case .opened: [("in", "opened")]
        case .client(let event, let eventID):
            [("in", "client"), ("event", .object(event.object(eventID: eventID)))]
                // It has no place in the GA form of the event.
                + (event.temperature.map { [("temperature", JSON($0))] } ?? [])
        case .engine(let event): [("in", "engine")] + event.members
        case .fired(let timer): [("in", "timer"), ("timer", .string(timer.name))]
        }
    }

    /// Reads a line's object; `nil` for a kind that is none of a session's inputs.
    init?(_ object: JSONObject) throws(RealtimeError) {
        switch object["in"]?.stringValue {
        case "opened": self = .opened
        case "client":
            let event = try object.requiredObject("event")
            // Any number of bytes is whole samples of G.711; the format was checked when the event came.
            var read = try ClientEvent(event, inputFormat: .pcmu)
            read.temperature = object["temperature"]?.doubleValue
            self = .client(read, eventID: event["event_id"]?.stringValue)
        case "engine": self = .engine(try EngineEvent(object))
        case "timer":
            let known = SessionTimer.allCases
            self = .fired(
                try object.required("timer", "one of \(known.map(\.name))") { value in
                    known.first { .string($0.name) == value }
                }
            )
        default: return nil
        }
    }
}

extension ClientEvent {
    /// What only beta clients can say.
    fileprivate var temperature: Double? {
        get {
            switch self {
            case .sessionUpdate(_, let temperature): temperature
            case .responseCreate(let overrides): overrides.temperature
            default: nil
            }
        }
        set {
            switch self {
            case .sessionUpdate(let update, _): self = .sessionUpdate(update, temperature: newValue)
            case .responseCreate(var overrides):
                overrides.temperature = newValue
                self = .responseCreate(overrides)
            default: break
            }
        }
    }
}

extension SessionTimer {
    /// As recordings name it.
    var name: String {
        switch self {
        case .expiry: "expiry"
        case .idle: "idle"
        }
    }
}

extension EngineEvent {
    fileprivate var members: [(String, JSON)] {
        switch self {
        case .response(let id, let progress): [("response_id", .string(id)), progress.member]
        case .transcription(let itemID, let progress): [("item_id", .string(itemID))] + progress.members
        case .fault(.error(let failure)): [("fault", "error"), ("error", .object(failure.object))]
        case .fault(.close(let code, let reason)):
            [("fault", "close"), ("code", JSON(Int(code))), ("reason", .string(reason))]
        case .fault(.reset): [("fault", "reset")]
        }
    }

    fileprivate init(_ object: JSONObject) throws(RealtimeError) {
        if let kind = object["fault"] {
            self = .fault(try SessionFault(kind, object))
        } else if object["response_id"] != nil {
            self = .response(id: try object.requiredString("response_id"), try ResponseProgress(object))
        } else {
            self = .transcription(itemID: try object.requiredString("item_id"), try TranscriptionProgress(object))
        }
    }
}

extension SessionFault {
    fileprivate init(_ kind: JSON, _ object: JSONObject) throws(RealtimeError) {
        switch kind {
        case "error": self = .error(try EngineFailure(try object.requiredObject("error")))
        case "close":
            let code = try object.required("code", "a close code") { $0.intValue.flatMap { UInt16(exactly: $0) } }
            self = .close(code: code, reason: try object.requiredString("reason"))
        case "reset": self = .reset
        default: throw .invalidValue("fault", kind.text, supported: ["close", "error", "reset"])
        }
    }
}

extension ResponseProgress {
    fileprivate var member: (String, JSON) {
        switch self {
        case .text(let text): ("text", .string(text))
        case .transcript(let text): ("transcript", .string(text))
        case .audio(let samples):
            ("audio", .string(Base64.encode(ByteBuffer(bytes: PCM16.bytes(littleEndian: samples.span)))))
        case .toolCall(let index, let progress):
            ("tool_call", .object(JSONObject([("index", JSON(index)), progress.member])))
        case .latency(let latency): ("latency", .object(latency.object))
        case .finished(let reason, let usage):
            ("finished", ["reason": .string(reason.name), "usage": usage.map { .object($0.object) } ?? .null])
        case .failed(let failure): ("failed", .object(failure.object))
        }
    }

    fileprivate init(_ object: JSONObject) throws(RealtimeError) {
        if object["text"] != nil {
            self = .text(try object.requiredString("text"))
        } else if object["transcript"] != nil {
            self = .transcript(try object.requiredString("transcript"))
        } else if object["audio"] != nil {
            let bytes = try object.required("audio", "base64") { $0.stringValue.flatMap { Base64.decode($0) } }
            self = .audio(PCM16.samples(fromLittleEndian: bytes.readableBytesView))
        } else if object["tool_call"] != nil {
            let call = try object.requiredObject("tool_call")
            self = .toolCall(index: try call.requiredInt("index"), try ToolCallProgress(call))
        } else if object["latency"] != nil {
            self = .latency(ResponseLatency(try object.requiredObject("latency")))
        } else if object["finished"] != nil {
            let end = try object.requiredObject("finished")
            let known = FinishReason.allCases
            self = .finished(
                try end.required("reason", "one of \(known.map(\.name))") { value in
                    known.first { .string($0.name) == value }
                },
                usage: try end["usage"]?.objectValue.map { usage throws(RealtimeError) in try TokenUsage(usage) }
            )
        } else {
            self = .failed(try EngineFailure(try object.requiredObject("failed")))
        }
    }
}

extension ToolCallProgress {
    fileprivate var member: (String, JSON) {
        switch self {
        case .started(let callID, let name): ("started", ["call_id": JSON(callID), "name": .string(name)])
        case .arguments(let text): ("arguments", .string(text))
        case .finished: ("finished", true)
        }
    }

    fileprivate init(_ object: JSONObject) throws(RealtimeError) {
        if object["started"] != nil {
            let start = try object.requiredObject("started")
            self = .started(callID: start["call_id"]?.stringValue, name: try start.requiredString("name"))
        } else if object["arguments"] != nil {
            self = .arguments(try object.requiredString("arguments"))
        } else {
            _ = try object.required("finished", "true") { $0 == true ? () : nil }
            self = .finished
        }
    }
}

extension TranscriptionProgress {
    fileprivate var members: [(String, JSON)] {
        switch self {
        case .delta(let text, let logProbabilities):
            [("delta", .string(text))] + Self.members(logProbabilities)
        case .completed(let text, let logProbabilities, let usage):
            [("completed", .string(text))] + Self.members(logProbabilities)
                + (usage.map { [("usage", $0.jsonForm)] } ?? [])
        case .failed(let failure): [("failed", .object(failure.object))]
        }
    }

    private static func members(_ logProbabilities: [TokenLogProbability]?) -> [(String, JSON)] {
        logProbabilities.map { [("logprobs", .array($0.map(\.jsonForm)))] } ?? []
    }

    private static func logProbabilities(_ object: JSONObject) throws(RealtimeError) -> [TokenLogProbability]? {
        guard let list = object["logprobs"]?.arrayValue else { return nil }
        var read: [TokenLogProbability] = []
        for entry in list { read.append(try TokenLogProbability(received: entry, at: "logprobs")) }
        return read
    }

    fileprivate init(_ object: JSONObject) throws(RealtimeError) {
        if object["delta"] != nil {
            self = .delta(
                try object.requiredString("delta"),
                logProbabilities: try Self.logProbabilities(object)
            )
        } else if object["completed"] != nil {
            self = .completed(
                try object.requiredString("completed"),
                logProbabilities: try Self.logProbabilities(object),
                usage: try object["usage"]
                    .map { usage throws(RealtimeError) in
                        try TranscriptionUsage(received: usage, at: "usage")
                    }
            )
        } else {
            self = .failed(try EngineFailure(try object.requiredObject("failed")))
        }
    }
}

extension FinishReason {
    fileprivate var name: String {
        switch self {
        case .completed: "completed"
        case .maxOutputTokens: "max_output_tokens"
        case .contentFilter: "content_filter"
        }
    }
}

extension TokenUsage {
    fileprivate var object: JSONObject {
        ["input": JSON(input), "cached_input": JSON(cachedInput), "output": JSON(output)]
    }

    fileprivate init(_ object: JSONObject) throws(RealtimeError) {
        self.init(
            input: try object.requiredInt("input"),
            cachedInput: try object.requiredInt("cached_input"),
            output: try object.requiredInt("output")
        )
    }
}

extension EngineFailure {
    fileprivate var object: JSONObject {
        ["type": .string(type), "code": JSON(code), "message": .string(message)]
    }

    fileprivate init(_ object: JSONObject) throws(RealtimeError) {
        self.init(
            type: try object.requiredString("type"),
            code: object["code"]?.stringValue,
            message: try object.requiredString("message")
        )
    }
}
