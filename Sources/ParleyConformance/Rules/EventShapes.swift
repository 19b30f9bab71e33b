// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyEvents

/// Server events as compact data, under GA's names (protocol reference, sections 4.8 to 4.11 and 6).
struct EventShapes {
    let dialect: Dialect
    let session: SessionShapes

    /// Section that states an event's members.
    static func source(of name: String) -> String {
        let families = [
            ("session.", "6 Server events, Session"), ("transcription_session.", "6 Server events, Session"),
            ("conversation.", "6 Server events, Conversation"),
            ("input_audio_buffer.", "6 Server events, Input audio buffer"),
            ("response.", "6 Server events, Response"), ("error", "8 Errors"),
        ]
        return families.first { name.hasPrefix($0.0) }?.1 ?? "6 Server events"
    }

    /// The shape of each event.
    var table: [String: Shape] {
        var table: [String: Shape] = [:]
        for group in [sessionEvents, conversationEvents, bufferEvents, responseEvents] {
            for (name, members) in group {
                let required = members.required.merging(["event_id": .string]) { first, _ in first }
                table[name] = .record(required, optional: members.optional, forbidden: members.forbidden)
            }
        }
        return table
    }

    private struct Members {
        var required: [String: Shape] = [:]
        var optional: [String: Shape] = [:]
        var forbidden: Set<String> = []
    }

    private typealias Group = [String: Members]

    private var sessionEvents: Group {
        let error = Shape.record(
            ["type": .string, "message": .string],
            optional: ["code": .nullable(.string), "param": .nullable(.string), "event_id": .nullable(.string)]
        )
        let limit = Shape.record([
            "name": .string, "limit": .number, "remaining": .number, "reset_seconds": .number,
        ])
        return [
            "session.created": Members(required: ["session": session.lenient]),
            "session.updated": Members(required: ["session": session.lenient]),
            "transcription_session.created": Members(required: ["session": session.lenient]),
            "transcription_session.updated": Members(required: ["session": session.lenient]),
            "error": Members(required: ["error": error]),
            "rate_limits.updated": Members(required: ["rate_limits": .array(limit)]),
        ]
    }

    private var conversationEvents: Group {
        let itemEvent = Members(required: ["item": item], optional: ["previous_item_id": .nullable(.string)])
        let part: [String: Shape] = ["item_id": .string, "content_index": .integer]
        let transcription = "conversation.item.input_audio_transcription"
        return [
            "conversation.item.added": itemEvent,
            "conversation.item.done": itemEvent,
            "conversation.item.retrieved": Members(required: ["item": item]),
            "conversation.item.truncated": Members(
                required: part.merging(["audio_end_ms": .integer]) { first, _ in first }
            ),
            "conversation.item.deleted": Members(required: ["item_id": .string]),
            "\(transcription).delta": Members(
                required: ["item_id": .string],
                optional: ["content_index": .integer, "delta": .nullable(.string)]
            ),
            "\(transcription).completed": Members(
                required: part.merging(
                    dialect == .ga ? ["transcript": .string, "usage": .object] : ["transcript": .string]
                ) {
                    first,
                    _ in first
                }
            ),
            "\(transcription).failed": Members(required: part.merging(["error": .object]) { first, _ in first }),
        ]
    }

    private var bufferEvents: Group {
        [
            "input_audio_buffer.committed": Members(
                required: ["item_id": .string],
                optional: ["previous_item_id": .nullable(.string)]
            ),
            "input_audio_buffer.cleared": Members(),
            "input_audio_buffer.speech_started": Members(required: ["audio_start_ms": .integer, "item_id": .string]),
            "input_audio_buffer.speech_stopped": Members(required: ["audio_end_ms": .integer, "item_id": .string]),
            "input_audio_buffer.timeout_triggered": Members(
                required: ["audio_start_ms": .integer, "audio_end_ms": .integer, "item_id": .string]
            ),
        ]
    }

    private var responseEvents: Group {
        let place: [String: Shape] = ["response_id": .string, "item_id": .string, "output_index": .integer]
        func inPart(_ members: [String: Shape]) -> Members {
            Members(required: place.merging(["content_index": .integer]) { $1 }.merging(members) { $1 })
        }
        func inCall(_ members: [String: Shape]) -> Members {
            Members(required: place.merging(["call_id": .string]) { $1 }.merging(members) { $1 })
        }
        let itemEvent = Members(required: ["response_id": .string, "output_index": .integer, "item": item])
        let named: [String: Shape] = dialect == .ga ? ["name": .string] : [:]
        return [
            "response.created": Members(required: ["response": response]),
            "response.done": Members(required: ["response": response]),
            "response.output_item.added": itemEvent,
            "response.output_item.done": itemEvent,
            "response.content_part.added": inPart(["part": part]),
            "response.content_part.done": inPart(["part": part]),
            "response.output_text.delta": inPart(["delta": .string]),
            "response.output_text.done": inPart(["text": .string]),
            "response.output_audio.delta": inPart(["delta": .base64]),
            "response.output_audio.done": inPart([:]),
            "response.output_audio_transcript.delta": inPart(["delta": .string]),
            "response.output_audio_transcript.done": inPart(["transcript": .string]),
            "response.function_call_arguments.delta": inCall(["delta": .string]),
            "response.function_call_arguments.done": inCall(["arguments": .string].merging(named) { $1 }),
        ]
    }

    /// `text` or `audio` in both dialects, unlike the parts of items (section 4.9).
    private var part: Shape {
        .record(
            ["type": .word(["text", "audio"])],
            optional: ["text": .nullable(.string), "transcript": .nullable(.string)]
        )
    }

    private var item: Shape {
        let status = Shape.word(["in_progress", "completed", "incomplete"])
        let common: [String: Shape] = ["status": .nullable(status), "object": .nullable(.word(["realtime.item"]))]
        return .tagged([
            "message": .record(
                [
                    "id": .string, "role": .word(["user", "assistant", "system"]), "content": .array(content),
                ],
                optional: common
            ),
            "function_call": .record(
                ["id": .string, "name": .string, "arguments": .string, "call_id": .string],
                optional: common
            ),
            "function_call_output": .record(["id": .string, "call_id": .string, "output": .string], optional: common),
        ])
    }

    private var content: Shape {
        let texts: [String] = dialect == .ga ? ["output_text"] : ["text"]
        let audios: [String] = dialect == .ga ? ["output_audio"] : ["audio"]
        return .record(
            ["type": .word(Set(["input_text", "input_audio", "input_image"] + texts + audios))],
            optional: ["text": .nullable(.string), "transcript": .nullable(.string), "audio": .nullable(.base64)]
        )
    }

    private var response: Shape {
        let isGA = dialect == .ga
        let format = SessionShapes.format(in: dialect)
        let voice: [String: Shape] = ["format": format, "voice": .string]
        let own: [String: Shape] =
            isGA
            ? [
                "output_modalities": .array(.word(["audio", "text"])),
                "audio": .record([:], optional: ["output": .record([:], optional: voice)]),
            ]
            : [
                "modalities": .array(.word(["audio", "text"])), "voice": .string, "output_audio_format": format,
                "temperature": .number,
            ]
        let shared: [String: Shape] = [
            "status_details": .nullable(.record(["type": .string])), "usage": .nullable(usage),
            "metadata": .nullable(.object), "conversation_id": .nullable(.string),
            "max_output_tokens": .nullable(SessionShapes.tokenLimit),
        ]
        return .record(
            [
                "id": .string, "object": .word(["realtime.response"]), "output": .array(item),
                "status": .word(["in_progress", "completed", "cancelled", "failed", "incomplete"]),
            ],
            optional: shared.merging(own) { $1 },
            forbidden: isGA
                ? ["modalities", "voice", "output_audio_format", "temperature"] : ["output_modalities", "audio"]
        )
    }

    private var usage: Shape {
        .record(
            ["total_tokens": .integer, "input_tokens": .integer, "output_tokens": .integer],
            optional: ["input_token_details": .object, "output_token_details": .object]
        )
    }
}
