// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyEvents

/// Events as people read them: audio and long texts cut, secrets masked.
enum Abbreviation {
    private static let longestText = 160

    /// The event as JSON text.
    static func text(of event: JSONObject) -> String { JSON.object(event).abbreviated(named: nil).text }

    /// A message as it went over the wire, parsed if it is JSON.
    static func text(of message: String) -> String {
        guard let object = (try? JSON(parsing: message))?.objectValue else { return shortened(message) }
        return text(of: object)
    }

    /// The beginning of a long text.
    static func shortened(_ text: String) -> String {
        guard text.count > longestText else { return text }
        return "\(text.prefix(longestText))… (\(text.utf8.count) bytes)"
    }
}

extension JSON {
    fileprivate func abbreviated(named name: String?) -> JSON {
        switch self {
        case .object(let object):
            .object(JSONObject(object.members.map { ($0.name, $0.value.abbreviated(named: $0.name)) }))
        case .array(let elements): .array(elements.map { $0.abbreviated(named: name) })
        case .string(let text): .string(abbreviated(text, named: name))
        default: self
        }
    }

    private func abbreviated(_ text: String, named name: String?) -> String {
        if text.hasPrefix("ek_") { return "ek_***" }
        let mayBeAudio = name == "audio" || name == "delta"
        guard mayBeAudio, text.utf8.count > 32, let bytes = AudioEncoding.byteCount(ofBase64: text) else {
            return Abbreviation.shortened(text)
        }
        return "<\(bytes) bytes of audio>"
    }
}
