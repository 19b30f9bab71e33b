// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyClient
internal import ParleyEvents

/// An event as a line for people: its direction and its JSON, sound by its length.
enum EventLine {
    /// Longest text of one member.
    private static let longest = 200

    static func text(_ update: RealtimeUpdate) -> String? {
        switch update {
        case .sent(let event, let id): "-> " + shortened(event.object(eventID: id)).text
        case .event(let received): "<- " + shortened(received.object).text
        case .invalid(let error): "<- (no event: \(error.message))"
        case .state, .change, .toolStarted, .toolFinished: nil
        }
    }

    private static func shortened(_ object: JSONObject) -> JSONObject {
        JSONObject(object.members.map { ($0.name, shortened($0.value, $0.name)) })
    }

    private static func shortened(_ value: JSON, _ name: String) -> JSON {
        switch value {
        case .string(let text) where text.utf8.count > longest:
            name == "audio" || name == "delta"
                ? .string("(\(text.utf8.count) bytes)") : .string(text.prefix(longest) + "…")
        case .object(let object): .object(shortened(object))
        case .array(let values): .array(values.map { shortened($0, name) })
        default: value
        }
    }
}
