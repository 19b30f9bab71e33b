// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

// Members of a session or a response that are kept and shown as the client set them, and checked all the same: a client
// must not believe that something holds which nobody could carry out (protocol reference, section 4.1).
extension Fields {
    /// Names of these members.
    static let passedOn: Set = ["include", "truncation", "tracing", "prompt", "reasoning", "parallel_tool_calls"]

    /// Checks those that are present.
    func checkPassedOn() throws(RealtimeError) {
        try checkInclude()
        try checkTruncation()
        try checkTracing()
        if let prompt = try fields("prompt") {
            _ = try prompt.requiredString("id")
            _ = try prompt.string("version")
            _ = try prompt.fields("variables")
            try prompt.rejectUnknown(["id", "version", "variables"])
        }
        if let reasoning = try fields("reasoning") {
            _ = try reasoning.word("effort", among: ["minimal", "low", "medium", "high", "xhigh"])
            try reasoning.rejectUnknown(["effort"])
        }
        _ = try bool("parallel_tool_calls")
    }

    private func checkInclude() throws(RealtimeError) {
        let supported = "item.input_audio_transcription.logprobs"
        for (index, value) in (try array("include") ?? []).enumerated() where value.stringValue != supported {
            throw .invalidValue(
                "\(at("include"))[\(index)]",
                value.stringValue ?? value.text,
                supported: [supported]
            )
        }
    }

    private func checkTruncation() throws(RealtimeError) {
        guard let value = value("truncation") else { return }
        guard value.stringValue == nil else {
            _ = try word("truncation", among: ["auto", "disabled"])
            return
        }
        let truncation = try Fields(value, at: at("truncation"))
        guard try truncation.word("type", among: ["retention_ratio"]) != nil else {
            throw .missing(truncation.at("type"))
        }
        guard try truncation.decimal("retention_ratio", in: 0...1) != nil else {
            throw .missing(truncation.at("retention_ratio"))
        }
        if let limits = try truncation.fields("token_limits") {
            _ = try limits.integer("post_instructions", in: 0...Int.max)
            try limits.rejectUnknown(["post_instructions"])
        }
        try truncation.rejectUnknown(["type", "retention_ratio", "token_limits"])
    }

    private func checkTracing() throws(RealtimeError) {
        guard let value = value("tracing") else { return }
        guard value.stringValue == nil else {
            _ = try word("tracing", among: ["auto"])
            return
        }
        let tracing = try Fields(value, at: at("tracing"))
        _ = try tracing.string("workflow_name")
        _ = try tracing.string("group_id")
        _ = try tracing.fields("metadata")
        try tracing.rejectUnknown(["workflow_name", "group_id", "metadata"])
    }
}
