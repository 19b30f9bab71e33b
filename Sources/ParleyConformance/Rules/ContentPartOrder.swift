// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyEvents

/// One content part: its fragments, its whole, its end (protocol reference, sections 7.3 and 7.4).
struct ContentPartOrder {
    private(set) var isDone = false
    private let isAudio: Bool
    private var text = ""
    private var isTextDone = false
    private var isAudioDone = false

    init(added part: JSONObject) throws(RuleViolation) {
        isAudio = part.string("type") == "audio"
        let member = isAudio ? "transcript" : "text"
        guard part.string(member) == "" else {
            throw RuleViolation(
                expected: "a new part with \(member) \"\"",
                came: part[member]?.text ?? "no such member",
                source: "12 What existing clients depend on"
            )
        }
    }

    mutating func received(_ name: String, _ event: JSONObject) throws(RuleViolation) {
        guard !isDone else { throw wrong("nothing of the part after response.content_part.done", name) }
        switch name {
        case "response.output_text.delta": try append(event, name, isAllowed: !isAudio)
        case "response.output_audio_transcript.delta": try append(event, name, isAllowed: isAudio)
        case "response.output_audio.delta":
            guard isAudio, !isAudioDone else { throw wrong("audio in open audio parts only", name) }
        case "response.output_audio.done":
            guard isAudio, !isAudioDone else { throw wrong("one end of the audio in an audio part", name) }
            guard !isTextDone else { throw wrong("the end of the audio before the end of its transcript", "after it") }
            isAudioDone = true
        case "response.output_text.done": try finishText(event.string("text"), name, isAllowed: !isAudio)
        case "response.output_audio_transcript.done":
            guard isAudioDone else { throw wrong("the end of the audio before the end of its transcript", name) }
            try finishText(event.string("transcript"), name, isAllowed: isAudio)
        case "response.content_part.done": try finish(event["part"]?.objectValue ?? [:])
        default: break
        }
    }

    private mutating func append(_ event: JSONObject, _ name: String, isAllowed: Bool) throws(RuleViolation) {
        guard isAllowed, !isTextDone else { throw wrong("fragments in an open part of their kind", name) }
        text += event.string("delta") ?? ""
    }

    private mutating func finishText(_ whole: String?, _ name: String, isAllowed: Bool) throws(RuleViolation) {
        guard isAllowed, !isTextDone else { throw wrong("one end of the text in a part of its kind", name) }
        guard whole == text else { throw wrong("the text that the deltas make up: '\(text)'", "'\(whole ?? "")'") }
        isTextDone = true
    }

    private mutating func finish(_ part: JSONObject) throws(RuleViolation) {
        guard isTextDone, isAudioDone || !isAudio else {
            throw wrong("the ends of text and audio before response.content_part.done", "none")
        }
        let member = isAudio ? "transcript" : "text"
        guard part.string(member) == text else {
            throw wrong("response.content_part.done with the whole \(member)", part[member]?.text ?? "none")
        }
        isDone = true
    }

    private func wrong(_ expected: String, _ came: String) -> RuleViolation {
        RuleViolation(
            expected: expected,
            came: came,
            source: isAudio ? "7.4 Audio turn, manual commit" : "7.3 Text turn"
        )
    }
}
