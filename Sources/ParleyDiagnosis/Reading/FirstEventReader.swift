// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyEvents

/// Tells what the first message says, if it is an event of the Realtime protocol.
enum FirstEventReader {
    static func event(in message: [UInt8], atMS: Int, _ masker: Masker) -> Conversation.FirstEvent? {
        guard let json = try? JSON(parsing: message), let type = json["type"]?.stringValue else { return nil }
        let error = json["error"]
        return Conversation.FirstEvent(
            atMS: atMS,
            type: cut(type, masker),
            dialect: dialect(of: json),
            errorCode: (error?["code"]?.stringValue ?? error?["type"]?.stringValue).map { cut($0, masker) },
            errorMessage: (error?["message"]?.stringValue ?? error?.stringValue).map { cut($0, masker) }
        )
    }

    /// Which members a session has, in either dialect's own words.
    private static func dialect(of json: JSON) -> String? {
        if json["type"]?.stringValue?.hasPrefix("transcription_session.") == true { return "beta" }
        guard let session = json["session"]?.objectValue else { return nil }
        let beta = [
            "modalities", "input_audio_format", "output_audio_format", "voice", "turn_detection",
            "input_audio_transcription", "temperature", "max_response_output_tokens",
        ]
        if session["output_modalities"] != nil || session["audio"] != nil { return "ga" }
        if ["realtime", "transcription"].contains(session["type"]?.stringValue) { return "ga" }
        return beta.contains { session[$0] != nil } ? "beta" : nil
    }

    private static func cut(_ text: String, _ masker: Masker) -> String { masker.bytes(text.utf8).text }
}
