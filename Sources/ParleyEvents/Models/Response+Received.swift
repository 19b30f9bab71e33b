// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

extension Response: JSONRepresentable {
    /// Reads a response that a server reported; members that it left out have their defaults.
    public init(received value: JSON, at path: String) throws(RealtimeError) {
        let fields = try Fields(value, at: path)
        let output = try fields.fields("audio")?.fields("output")
        self.init(
            id: try fields.string("id") ?? "",
            conversationID: try fields.string("conversation_id"),
            outputModality: try fields.receivedModality("output_modalities") ?? .audio,
            voice: try output?.voice("voice") ?? "",
            format: try output?.received("format") ?? .pcm,
            maxOutputTokens: try fields.received("max_output_tokens") ?? .infinite,
            metadata: try fields.fields("metadata")?.object
        )
        status = try Status(received: fields)
        self.output = try fields.receivedArray("output") ?? []
        usage = try fields.received("usage")
        unknown = fields.object.remainder(without: object)
    }

    /// The GA object.
    public var jsonForm: JSON { .object(object) }
}

extension Response.Status {
    fileprivate init(received fields: Fields) throws(RealtimeError) {
        let name = try fields.string("status") ?? "in_progress"
        let details = try fields.fields("status_details")
        let reason = try details?.string("reason")
        let error = try details?.fields("error")
        switch name {
        case "in_progress" where details == nil: self = .inProgress
        case "completed" where details == nil: self = .completed
        case "cancelled": self = .cancelled(reason: reason ?? "")
        case "incomplete": self = .incomplete(reason: reason ?? "")
        case "failed":
            self = .failed(
                type: try error?.string("type") ?? "",
                code: try error?.string("code"),
                message: try error?.string("message") ?? ""
            )
        default: self = .other(name: name, details: details.map { .object($0.object) } ?? .null)
        }
    }
}

extension Usage: JSONRepresentable {
    /// Reads the object; tokens whose kind the server does not tell count as text.
    public init(received value: JSON, at path: String) throws(RealtimeError) {
        self.init()
        let fields = try Fields(value, at: path)
        let input = try fields.fields("input_token_details")
        inputAudio = try input?.count("audio_tokens") ?? 0
        inputImage = try input?.count("image_tokens") ?? 0
        let allInput = try fields.count("input_tokens") ?? 0
        inputText = try input?.count("text_tokens") ?? max(0, allInput - inputAudio - inputImage)
        cached = try input?.count("cached_tokens") ?? 0
        let details = try input?.fields("cached_tokens_details")
        cachedAudio = try details?.count("audio_tokens") ?? 0
        cachedImage = try details?.count("image_tokens") ?? 0
        let output = try fields.fields("output_token_details")
        outputAudio = try output?.count("audio_tokens") ?? 0
        let allOutput = try fields.count("output_tokens") ?? 0
        outputText = try output?.count("text_tokens") ?? max(0, allOutput - outputAudio)
    }

    /// The GA object.
    public var jsonForm: JSON { json }
}

extension Fields {
    /// Reads a number of tokens, small enough for sums of a few of them.
    fileprivate func count(_ name: String) throws(RealtimeError) -> Int? { try integer(name, in: 0...(1 << 48)) }
}

extension RealtimeError: JSONRepresentable {
    /// Reads the object inside an `error` event.
    public init(received value: JSON, at path: String) throws(RealtimeError) {
        let fields = try Fields(value, at: path)
        self.init(
            type: try fields.string("type") ?? "",
            code: try fields.string("code"),
            message: try fields.string("message") ?? "",
            param: try fields.string("param"),
            eventID: try fields.string("event_id")
        )
    }

    /// The object.
    public var jsonForm: JSON { .object(object) }
}
