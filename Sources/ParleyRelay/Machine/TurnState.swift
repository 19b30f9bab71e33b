// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyEvents

/// Where a conversation is between turns: whether a session could be replaced now without anybody missing anything.
struct TurnState: Sendable {
    /// Transcriptions that are awaited are remembered up to this number.
    private static let maximumTranscriptions = 64

    private var activeResponses = 0
    private var responseIsAwaited = false
    private var isSpeaking = false
    private var commitIsAwaited = false
    /// Whether the input buffer holds something that only the client will turn into an item.
    private var isBufferFilled = false
    private var itemsAwaited = 0
    private var transcriptions: Set<String> = []
    /// Whether the server finds the turns; then audio in the buffer is silence unless it says otherwise.
    private(set) var hasTurnDetection = true
    private var respondsByItself = true
    private var transcribes = false

    /// Whether a response is under way or asked for.
    var isResponding: Bool { activeResponses > 0 || responseIsAwaited }

    /// Whether nothing is under way: no response, no speech, no audio or item on its way, no transcription.
    var isPause: Bool {
        !isResponding && !isSpeaking && !commitIsAwaited && itemsAwaited == 0 && transcriptions.isEmpty
            && (hasTurnDetection || !isBufferFilled)
    }

    /// The client sent an event of this kind.
    mutating func sent(_ kind: EventKind) {
        switch kind {
        case .append: isBufferFilled = true
        case .commit: commitIsAwaited = true
        case .clear: isBufferFilled = false
        case .responseCreate: responseIsAwaited = true
        case .itemCreate: itemsAwaited += 1
        default: break
        }
    }

    /// The server sent an event of this kind; `event` is there for those that are read.
    mutating func received(_ kind: EventKind, _ event: JSONObject?) {
        switch kind {
        case .responseCreated:
            activeResponses += 1
            responseIsAwaited = false
            // The server takes events in order: what was sent before is there.
            itemsAwaited = 0
        case .responseDone: activeResponses = max(0, activeResponses - 1)
        case .speechStarted: isSpeaking = true
        case .cleared:
            isSpeaking = false
            isBufferFilled = false
        case .committed: committed(event)
        case .itemAdded: itemsAwaited = max(0, itemsAwaited - 1)
        case .transcriptionCompleted, .transcriptionFailed:
            if let id = event?["item_id"]?.stringValue { transcriptions.remove(id) }
        case .error:
            responseIsAwaited = false
            commitIsAwaited = false
            itemsAwaited = max(0, itemsAwaited - 1)
        case .sessionCreated, .sessionUpdated:
            if let session = event?["session"]?.objectValue { sessionShown(session) }
        default: break
        }
    }

    private mutating func committed(_ event: JSONObject?) {
        isSpeaking = false
        isBufferFilled = false
        commitIsAwaited = false
        // The item of the audio is announced beside those that the client makes.
        itemsAwaited += 1
        if hasTurnDetection, respondsByItself { responseIsAwaited = true }
        guard transcribes, let id = event?["item_id"]?.stringValue else { return }
        if transcriptions.count < Self.maximumTranscriptions { transcriptions.insert(id) }
    }

    private mutating func sessionShown(_ session: JSONObject) {
        let input = session["audio"]?["input"]
        let detection = input?["turn_detection"] ?? session["turn_detection"] ?? .null
        let transcription = input?["transcription"] ?? session["input_audio_transcription"] ?? .null
        let isTranscription =
            session["type"] == "transcription" || session["object"] == "realtime.transcription_session"
        hasTurnDetection = !detection.isNull
        respondsByItself = !isTranscription && detection["create_response"]?.boolValue != false
        transcribes = !transcription.isNull
    }
}
