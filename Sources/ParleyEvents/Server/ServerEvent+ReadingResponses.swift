// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore

extension ServerEvent {
    static func response(_ type: String, _ fields: Fields) throws(RealtimeError) -> ServerEvent? {
        switch type {
        case "response.created": .responseCreated(try fields.requiredReceived("response"))
        case "response.done": .responseDone(try fields.requiredReceived("response"))
        case "response.output_item.added":
            .outputItemAdded(
                responseID: try fields.requiredString("response_id"),
                outputIndex: try fields.requiredInteger("output_index"),
                try fields.requiredReceived("item")
            )
        case "response.output_item.done":
            .outputItemDone(
                responseID: try fields.requiredString("response_id"),
                outputIndex: try fields.requiredInteger("output_index"),
                try fields.requiredReceived("item")
            )
        case "response.function_call_arguments.delta":
            .argumentsDelta(
                responseID: try fields.requiredString("response_id"),
                itemID: try fields.requiredString("item_id"),
                outputIndex: try fields.requiredInteger("output_index"),
                callID: try fields.requiredString("call_id"),
                try fields.requiredString("delta")
            )
        case "response.function_call_arguments.done":
            .argumentsDone(
                responseID: try fields.requiredString("response_id"),
                itemID: try fields.requiredString("item_id"),
                outputIndex: try fields.requiredInteger("output_index"),
                callID: try fields.requiredString("call_id"),
                name: try fields.string("name") ?? "",
                arguments: try fields.requiredString("arguments")
            )
        default: nil
        }
    }

    static func part(_ type: String, _ fields: Fields) throws(RealtimeError) -> ServerEvent? {
        switch type {
        case "response.content_part.added": .contentPartAdded(try PartAddress(fields), try Part(fields))
        case "response.content_part.done": .contentPartDone(try PartAddress(fields), try Part(fields))
        case "response.output_text.delta": .textDelta(try PartAddress(fields), try fields.requiredString("delta"))
        case "response.output_text.done": .textDone(try PartAddress(fields), try fields.requiredString("text"))
        case "response.output_audio.delta":
            .audioDelta(try PartAddress(fields), try fields.requiredAudio("delta"))
        case "response.output_audio.done": .audioDone(try PartAddress(fields))
        case "response.output_audio_transcript.delta":
            .transcriptDelta(try PartAddress(fields), try fields.requiredString("delta"))
        case "response.output_audio_transcript.done":
            .transcriptDone(try PartAddress(fields), try fields.requiredString("transcript"))
        default: nil
        }
    }

    /// Events about the tools of MCP servers.
    static func remote(_ type: String, _ fields: Fields) throws(RealtimeError) -> ServerEvent? {
        switch type {
        case "mcp_list_tools.in_progress": .mcpListToolsInProgress(itemID: try fields.requiredString("item_id"))
        case "mcp_list_tools.completed": .mcpListToolsCompleted(itemID: try fields.requiredString("item_id"))
        case "mcp_list_tools.failed": .mcpListToolsFailed(itemID: try fields.requiredString("item_id"))
        case "response.mcp_call_arguments.delta":
            .mcpArgumentsDelta(
                responseID: try fields.requiredString("response_id"),
                itemID: try fields.requiredString("item_id"),
                outputIndex: try fields.requiredInteger("output_index"),
                try fields.requiredString("delta")
            )
        case "response.mcp_call_arguments.done":
            .mcpArgumentsDone(
                responseID: try fields.requiredString("response_id"),
                itemID: try fields.requiredString("item_id"),
                outputIndex: try fields.requiredInteger("output_index"),
                arguments: try fields.requiredString("arguments")
            )
        case "response.mcp_call.in_progress":
            .mcpCallInProgress(
                itemID: try fields.requiredString("item_id"),
                outputIndex: try fields.requiredInteger("output_index")
            )
        case "response.mcp_call.completed":
            .mcpCallCompleted(
                itemID: try fields.requiredString("item_id"),
                outputIndex: try fields.requiredInteger("output_index")
            )
        case "response.mcp_call.failed":
            .mcpCallFailed(
                itemID: try fields.requiredString("item_id"),
                outputIndex: try fields.requiredInteger("output_index")
            )
        default: nil
        }
    }
}

extension ServerEvent.PartAddress {
    fileprivate init(_ fields: Fields) throws(RealtimeError) {
        self.init(
            responseID: try fields.requiredString("response_id"),
            itemID: try fields.requiredString("item_id"),
            outputIndex: try fields.requiredInteger("output_index"),
            contentIndex: try fields.requiredInteger("content_index")
        )
    }
}

extension ServerEvent.Part {
    fileprivate init(_ event: Fields) throws(RealtimeError) {
        let fields = try Fields(event.required("part"), at: "part")
        let type = try fields.requiredString("type")
        switch type {
        case "text", "output_text": self = .text(try fields.string("text") ?? "")
        case "audio", "output_audio": self = .audio(transcript: try fields.string("transcript") ?? "")
        default: throw .invalidValue(fields.at("type"), type, supported: ["text", "audio"])
        }
    }
}

extension Fields {
    fileprivate func requiredAudio(_ name: String) throws(RealtimeError) -> ByteBuffer {
        guard let audio = try audio(name) else { throw .missing(at(name)) }
        return audio
    }
}
