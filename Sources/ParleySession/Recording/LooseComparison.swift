// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore
internal import ParleyEvents

/// Compares what a session did with what it does now, without what may differ between versions and runs: ids, as long
/// as they are the same in the same places, times, timers, and how audio, text and arguments are cut into pieces.
package struct LooseComparison: Sendable {
    /// Something one of both did.
    private struct Unit: Sendable {
        var line: Int
        var object: JSONObject
        /// Of pieces that were put together: what they are pieces of.
        var pieces: Pieces?

        /// The line to be shown.
        var text: String { object.text }
    }

    /// Whose pieces they are.
    private struct Pieces: Sendable, Equatable {
        var type: String
        var item: String
        var content: Int
    }

    private var recorded: [Unit] = []
    private var replayed: [Unit] = []
    /// Ids of the replay by those of the recording.
    private var ids: [String: String] = [:]
    private var isEnded = false

    /// Nothing to be compared yet.
    package init() {}

    /// A line of the recording that the session did.
    package mutating func recorded(_ text: ByteBuffer, line: Int) { Self.add(text, line, to: &recorded) }

    /// A line of the replay.
    package mutating func replayed(_ text: ByteBuffer) { Self.add(text, 0, to: &replayed) }

    /// An input of the recording, with the ids that the replay has instead.
    package func replayed(input text: ByteBuffer) -> ByteBuffer {
        guard ids.contains(where: { $0.key != $0.value }), let json = try? JSON(parsing: text), json["out"] == nil
        else { return text }
        var line = ByteBuffer()
        renamed(json).objectValue?.write(into: &line)
        return line
    }

    private func renamed(_ json: JSON) -> JSON {
        switch json {
        case .string(let text): .string(ids[text] ?? text)
        case .array(let values): .array(values.map(renamed))
        case .object(let object): .object(JSONObject(object.members.map { ($0.name, renamed($0.value)) }))
        default: json
        }
    }

    // MARK: Pieces

    /// Members that tell a time, or an id that nothing refers to.
    private static let ignored: Set = ["event_id", "expires_at", "reset_seconds", "after_ns"]

    private static func add(_ text: ByteBuffer, _ line: Int, to units: inout [Unit]) {
        guard let object = (try? JSON(parsing: text))?.objectValue else { return }
        let kind = object["out"]?.stringValue ?? ""
        // Timers are about times only.
        guard kind != "start_timer", kind != "cancel_timer" else { return }
        guard kind == "send", let event = object["event"]?.objectValue, let type = event["type"]?.stringValue,
            type.hasSuffix(".delta"), let delta = event["delta"]?.stringValue
        else { return units.append(Unit(line: line, object: object, pieces: nil)) }
        let pieces = Pieces(
            type: type,
            item: event["item_id"]?.stringValue ?? "",
            content: event["content_index"]?.intValue ?? 0
        )
        // Other pieces may come between those of one kind, anything else may not.
        let run = units.reversed().prefix { $0.pieces != nil }.count
        if let index = units.indices.suffix(run).first(where: { units[$0].pieces == pieces }) {
            var event = units[index].object["event"]?.objectValue ?? [:]
            let earlier = event["delta"]?.stringValue ?? ""
            event["delta"] = .string(type.contains("audio.") ? joined(earlier, delta) : earlier + delta)
            units[index].object["event"] = .object(event)
        } else {
            units.append(Unit(line: line, object: object, pieces: pieces))
        }
    }

    private static func joined(_ first: String, _ second: String) -> String {
        guard var bytes = Base64.decode(first), let more = Base64.decode(second) else { return first + second }
        bytes.writeImmutableBuffer(more)
        return Base64.encode(bytes)
    }

    // MARK: Comparing

    /// The first difference among what is complete on both sides.
    package mutating func difference() -> SessionReplay.Difference? {
        while let old = Self.complete(recorded, isEnded), let new = Self.complete(replayed, isEnded) {
            guard isSame(.object(old.object), .object(new.object), at: "") else {
                return .init(line: old.line, recorded: old.text, replayed: new.text)
            }
            recorded.removeFirst()
            replayed.removeFirst()
        }
        return nil
    }

    /// The first difference at the end.
    package mutating func lastDifference() -> SessionReplay.Difference? {
        isEnded = true
        if let difference = difference() { return difference }
        guard let unit = recorded.first ?? replayed.first else { return nil }
        return recorded.isEmpty
            ? .init(line: unit.line, recorded: nil, replayed: unit.text)
            : .init(line: unit.line, recorded: unit.text, replayed: nil)
    }

    /// The first unit, if no more pieces of it can come.
    private static func complete(_ units: [Unit], _ isEnded: Bool) -> Unit? {
        guard let first = units.first else { return nil }
        return isEnded || units.contains { $0.pieces == nil } ? first : nil
    }

    private mutating func isSame(_ old: JSON, _ new: JSON, at name: String) -> Bool {
        if Self.ignored.contains(name) { return true }
        switch (old, new) {
        case (.string(let old), .string(let new)): return old == new || isSameText(old, new)
        case (.array(let old), .array(let new)):
            guard old.count == new.count else { return false }
            for (old, new) in zip(old, new) where !isSame(old, new, at: "") { return false }
            return true
        case (.object(let old), .object(let new)):
            for (name, value) in old.members where !Self.ignored.contains(name) {
                guard let other = new[name], isSame(value, other, at: name) else { return false }
            }
            return new.names.allSatisfy { old[$0] != nil || Self.ignored.contains($0) }
        default: return old == new
        }
    }

    /// Whether texts differ in ids only, as error messages do that name one.
    private mutating func isSameText(_ old: String, _ new: String) -> Bool {
        let (old, new) = (Self.words(old), Self.words(new))
        guard old.count == new.count else { return false }
        for (old, new) in zip(old, new) where old != new && !isSameID(String(old), String(new)) { return false }
        return true
    }

    /// What stands between characters that no id has, and these characters.
    private static func words(_ text: String) -> [Substring] {
        var words: [Substring] = []
        var rest = text[...]
        while let first = rest.first {
            let isInID = isPartOfID(first)
            let word = rest.prefix { isPartOfID($0) == isInID }
            words.append(word)
            rest = rest[word.endIndex...]
        }
        return words
    }

    private static func isPartOfID(_ character: Character) -> Bool {
        character.isASCII && (character.isLetter || character.isNumber || character == "_")
    }

    private mutating func isSameID(_ old: String, _ new: String) -> Bool {
        guard let kind = Self.kind(old), kind == Self.kind(new) else { return false }
        if let known = ids[old] { return known == new }
        ids[old] = new
        return true
    }

    /// What an id that a server makes is of: `item`, `resp` and so on; `nil` for other texts.
    private static func kind(_ text: String) -> Substring? {
        let parts = text.split(separator: "_", maxSplits: 1)
        guard parts.count == 2, ["item", "resp", "sess", "conv", "call", "event"].contains(parts[0]),
            parts[1].utf8.count >= 16
        else { return nil }
        return parts[0]
    }
}
