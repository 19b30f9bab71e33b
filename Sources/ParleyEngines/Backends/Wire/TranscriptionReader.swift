// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyEvents

/// Reads what a transcription answers: `json`, `verbose_json`, plain text, or a stream of `transcript.text.*` events.
package struct TranscriptionReader: Sendable {
    /// From this on a segment is silence to the model that wrote it down.
    private static let certainSilence = 0.8

    private var text = ""
    private var whole: String?

    /// A reader at the beginning of a stream.
    package init() {}

    /// Takes the data of one event of a stream and returns the text that it adds.
    package mutating func push(_ data: String) throws(AnswerError) -> String {
        guard whole == nil, data != "[DONE]", !data.isEmpty else { return "" }
        let object = try Self.parse(data)
        if let message = BackendMessage.reported(in: object) { throw .reported(message) }
        switch object["type"]?.stringValue {
        case "transcript.text.delta":
            let delta = object["delta"]?.stringValue ?? ""
            text += delta
            return delta
        case "transcript.text.done":
            whole = object["text"]?.stringValue ?? text
            return ""
        // Some stream objects of the plain kind, a segment each.
        case nil:
            let segment = object["text"]?.stringValue ?? ""
            text += segment
            return segment
        default: return ""
        }
    }

    /// The transcript, when the stream is over.
    ///
    /// - Throws: ``AnswerError/cutShort`` if there was neither text nor its end.
    package func finish() throws(AnswerError) -> String {
        if let whole { return Self.trimmed(whole) }
        guard !text.isEmpty else { throw .cutShort }
        return Self.trimmed(text)
    }

    /// Reads a whole answer; `isText` if it is plain text by its content type.
    package static func transcript(_ body: some Sequence<UInt8>, isText: Bool) throws(AnswerError) -> String {
        let content = String(decoding: Array(body), as: UTF8.self)
        if isText, !content.hasPrefix("{") { return trimmed(content) }
        let object = try parse(content)
        if let message = BackendMessage.reported(in: object) { throw .reported(message) }
        guard let text = object["text"]?.stringValue else {
            throw .unreadable("it has no 'text'")
        }
        let silences = object["segments"]?.arrayValue?.map { ($0["no_speech_prob"]?.doubleValue ?? 0) > certainSilence }
        if let silences, !silences.isEmpty, silences.allSatisfy({ $0 }) { return "" }
        return trimmed(text)
    }

    private static func parse(_ text: String) throws(AnswerError) -> JSON {
        do {
            return try JSON(parsing: text)
        } catch {
            throw .unreadable("\(error)")
        }
    }

    private static func trimmed(_ text: String) -> String {
        String(text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}
