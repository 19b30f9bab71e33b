// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import ParleyEvents

/// One of the sample sequences: what client and server say to each other, in order.
package struct SampleSequence: Sendable {
    /// One event, or the end of the connection.
    package struct Step: Sendable {
        /// Whether the client sends it.
        package let isFromClient: Bool
        /// The event; empty at the end of the connection.
        package let event: JSONObject
        /// The whole line, with `close` and `audio_ms` where it has them.
        package let line: JSONObject

        /// The event's type.
        package var type: String { event["type"]?.stringValue ?? "" }
    }

    /// All that happens.
    package let steps: [Step]

    /// Reads a sequence by the name of its file.
    package init(_ dialect: Dialect, _ name: String) throws {
        steps = try Fixtures.lines("sequences/\(dialect.rawValue)/\(name)").dropFirst()
            .map { Step(isFromClient: $0["dir"] == "client", event: $0["event"]?.objectValue ?? [:], line: $0) }
    }

    /// What the server says from that step on, before the client's next event.
    package func serverSteps(from index: Int) -> ArraySlice<Step> { steps[index...].prefix { !$0.isFromClient } }

    /// Whether a text is one of the samples' ids that a session makes itself.
    package static func isServerID(_ text: String) -> Bool {
        ["item_", "resp_", "conv_", "sess_"].contains { text.hasPrefix($0) } && text.utf8.count == 26
    }

    /// An event without what differs from session to session.
    package static func comparable(_ event: JSONObject) -> JSONObject {
        var event = event
        event["event_id"] = .string(EventMatcher.anything)
        for place in ["audio_start_ms", "audio_end_ms", "usage"] where event["type"] != "conversation.item.truncated" {
            if event[place] != nil { event[place] = .string(EventMatcher.anything) }
        }
        switch event["type"] {
        case "response.output_audio.delta", "response.audio.delta": event["delta"] = .string(EventMatcher.anything)
        case "response.done":
            guard case .object(var response)? = event["response"] else { break }
            response["usage"] = comparableUsage(response["usage"])
            event["response"] = .object(response)
        case "conversation.item.retrieved":
            // The sample has a transcript although transcription is off.
            guard case .object(var item)? = event["item"] else { break }
            item["content"] = [["type": "input_audio", "transcript": nil, "audio": .string(EventMatcher.anything)]]
            event["item"] = .object(item)
        default: break
        }
        return event
    }

    /// The members of a usage object, whatever they count.
    private static func comparableUsage(_ value: JSON?) -> JSON? {
        switch value {
        case .object(let object)?:
            .object(JSONObject(object.members.map { ($0.name, comparableUsage($0.value) ?? .null) }))
        case .number(let number)? where number.int != 0: .string(EventMatcher.anything)
        default: value.map { _ in .string(EventMatcher.anything) }
        }
    }
}
