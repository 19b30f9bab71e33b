// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import ParleyEvents
import ParleySession

/// Something that happens to a session.
enum FuzzInput: Sendable {
    case client(JSONObject)
    case engine(EngineEvent)
    case wait(TimeAmount)
}

/// Makes up what clients and engines do: much that makes sense, some that does not.
struct SessionFuzzer {
    private var random: SeededRandom
    /// Ids that were seen, so that inputs refer to things that exist or have existed.
    private var itemIDs = ["nope"]
    private var responseIDs = ["resp_nope"]
    private var running: [String] = []
    private var recordings: [String] = []
    private var speeches: [String] = []
    var inputFormat = AudioFormat.pcm

    init(seed: UInt64) { random = SeededRandom(seed: seed) }

    private mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }
    private mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
    private mutating func one<Element>(of elements: [Element], or other: Element) -> Element {
        elements.randomElement(using: &random) ?? other
    }

    /// Recent ids more often than old ones.
    private mutating func recent(_ ids: [String]) -> String {
        ids[max(0, ids.count - 1 - min(number(0...9), number(0...ids.count - 1)))]
    }

    /// Takes note of an event in any dialect.
    mutating func saw(_ event: JSONObject) {
        switch event["type"]?.stringValue {
        case "conversation.item.added", "conversation.item.created":
            if let id = event["item"]?["id"]?.stringValue { itemIDs.append(id) }
        case "input_audio_buffer.committed": if let id = event["item_id"]?.stringValue { recordings.append(id) }
        case "response.content_part.added": if let id = event["item_id"]?.stringValue { speeches.append(id) }
        case "response.created":
            guard let id = event["response"]?["id"]?.stringValue else { break }
            responseIDs.append(id)
            running.append(id)
        case "response.done": running.removeAll { .string($0) == event["response"]?["id"] }
        default: break
        }
    }

    mutating func next() -> FuzzInput {
        switch number(0...99) {
        case 0..<45: .engine(engineEvent())
        case 45..<60: .client(appended())
        case 60..<96: .client(clientEvent())
        default: .wait(.milliseconds(Int64(number(0...8_000))))
        }
    }

    // MARK: The engine

    private mutating func engineEvent() -> EngineEvent {
        guard chance(90) else {
            let texts: [TranscriptionProgress] = [
                .delta("some"), .completed("some words"), .failed(EngineFailure(message: "no")),
            ]
            let itemID = recordings.last ?? recent(itemIDs)
            return .transcription(itemID: itemID, one(of: texts, or: .delta("")))
        }
        let id = chance(90) ? one(of: running, or: "resp_nope") : recent(responseIDs)
        return .response(id: id, progress())
    }

    private mutating func progress() -> ResponseProgress {
        switch number(0...15) {
        case 0...2: .text(one(of: ["", "word ", "ü", "two words"], or: ""))
        case 3...5: .transcript(one(of: ["", "Hello ", "there. ", "You"], or: ""))
        case 6...9: .audio([Int16](repeating: 100, count: one(of: [0, 1, 240, 2_400, 9_999], or: 0)))
        case 10...13: .toolCall(index: number(0...2), toolProgress())
        case 14:
            .finished(
                one(of: [.completed, .maxOutputTokens, .contentFilter], or: .completed),
                usage: chance(50) ? TokenUsage(input: number(0...99), cachedInput: 0, output: number(0...99)) : nil
            )
        default: .failed(EngineFailure(message: "broken"))
        }
    }

    private mutating func toolProgress() -> ToolCallProgress {
        switch number(0...3) {
        case 0: .started(callID: one(of: [nil, "call_1", "bad id", ""], or: nil), name: "f")
        case 1...2: .arguments(one(of: ["", "{", "\"a\":1}"], or: ""))
        default: .finished
        }
    }

    // MARK: The client

    private mutating func appended() -> JSONObject {
        let ms = number(0...400)
        let audio = chance(60) ? TestAudio.speech(ms: ms, inputFormat) : TestAudio.silence(ms: ms, inputFormat)
        return ["type": "input_audio_buffer.append", "audio": .string(audio.base64)]
    }

    private mutating func clientEvent() -> JSONObject {
        switch number(0...19) {
        case 0...1: ["type": "input_audio_buffer.commit"]
        case 2: ["type": "input_audio_buffer.clear"]
        case 3...6: itemCreation()
        case 7: ["type": "conversation.item.retrieve", "item_id": .string(recent(itemIDs))]
        case 8: ["type": "conversation.item.delete", "item_id": .string(recent(itemIDs))]
        case 9...10:
            [
                "type": "conversation.item.truncate", "item_id": .string(speeches.last ?? recent(itemIDs)),
                "content_index": JSON(chance(90) ? 0 : 1), "audio_end_ms": JSON(number(-1...200)),
            ]
        case 11...14: responseCreation()
        case 15...16:
            chance(50)
                ? ["type": "response.cancel"]
                : ["type": "response.cancel", "response_id": .string(recent(responseIDs))]
        case 17...18: ["type": "session.update", "session": .object(sessionUpdate())]
        default: one(of: Self.nonsense, or: [:])
        }
    }

    private static let nonsense: [JSONObject] = [
        [:], ["type": 1], ["type": "nothing"], ["type": "output_audio_buffer.clear"],
        ["type": "session.update"], ["type": "session.update", "session": ["type": "realtime", "voice": 1]],
        ["type": "input_audio_buffer.append", "audio": "A"], ["type": "response.create", "response": [1]],
        ["type": "conversation.item.create", "item": nil],
        ["type": "conversation.item.truncate", "item_id": "x", "content_index": 0, "audio_end_ms": 1e300],
    ]

    private mutating func itemCreation() -> JSONObject {
        var event: JSONObject = ["type": "conversation.item.create", "item": .object(item())]
        if chance(50) { event["previous_item_id"] = .string(chance(30) ? "root" : recent(itemIDs)) }
        return event
    }

    private mutating func item() -> JSONObject {
        let kinds: [JSONObject] = [
            ["type": "message", "role": "user", "content": [["type": "input_text", "text": "Hi."]]],
            ["type": "message", "role": "system", "content": []],
            ["type": "message", "role": "assistant", "content": [["type": "output_text", "text": "Hello."]]],
            ["type": "message", "role": "user", "content": [["type": "input_audio", "audio": "AAAAAAAA"]]],
            ["type": "message", "role": "assistant", "content": [["type": "text", "text": "no"]]],
            ["type": "function_call", "name": "f", "arguments": "{}"],
            ["type": "function_call_output", "call_id": "call_1", "output": "1"],
            ["type": "mcp_approval_response", "approval_request_id": "x", "approve": true],
        ]
        var item = one(of: kinds, or: [:])
        if chance(40) { item["id"] = .string(chance(50) ? "own_\(number(0...9))" : recent(itemIDs)) }
        return item
    }

    private mutating func responseCreation() -> JSONObject {
        guard chance(70) else { return ["type": "response.create"] }
        var response: JSONObject = [:]
        if chance(40) { response["conversation"] = "none" }
        if chance(30) { response["output_modalities"] = [one(of: ["text", "audio"], or: "text")] }
        if chance(20) { response["audio"] = ["output": ["format": one(of: Self.formats, or: nil)]] }
        if chance(20) { response["input"] = [["type": "item_reference", "id": .string(recent(itemIDs))]] }
        if chance(10) { response["metadata"] = ["a": "b"] }
        return ["type": "response.create", "response": .object(response)]
    }

    private static let formats = AudioFormat.allCases.map(\.json)

    private mutating func sessionUpdate() -> JSONObject {
        var input: JSONObject = [:]
        if chance(30) { input["format"] = one(of: Self.formats, or: nil) }
        if chance(50) {
            let detections: [JSON] = [
                nil, ["type": "server_vad"], ["type": "server_vad", "interrupt_response": false],
                ["type": "server_vad", "create_response": false, "silence_duration_ms": 50],
                ["type": "server_vad", "prefix_padding_ms": 0], ["type": "semantic_vad"],
                ["type": "server_vad", "idle_timeout_ms": 5_000],
            ]
            input["turn_detection"] = one(of: detections, or: nil)
        }
        if chance(30) { input["transcription"] = one(of: [nil, ["model": "m"]], or: nil) }
        var output: JSONObject = [:]
        if chance(30) { output["voice"] = one(of: ["alloy", "verse"], or: "alloy") }
        if chance(30) { output["format"] = one(of: Self.formats, or: nil) }
        return ["type": "realtime", "audio": ["input": .object(input), "output": .object(output)]]
    }
}
