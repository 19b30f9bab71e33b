// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore
internal import ParleyEvents
package import ParleySession

/// Lets a recorded relayed session happen again, and compares what it does with what it did.
package struct RelayReplay: Sendable {
    /// Why the recording was ended before its session; `nil` if it was not.
    package private(set) var cutReason: String?
    /// Lines read so far.
    package private(set) var lines = 0
    private var machine: RelayMachine?
    private var isOver = false
    /// What the session did about the last input and the recording has not told yet, newest first.
    private var expected: [String] = []
    private var loose: LooseComparison?

    /// A replay before the first line.
    package init(_ comparison: SessionReplay.Comparison = .strict) {
        loose = comparison == .loose ? LooseComparison() : nil
    }

    /// Whether a recording that begins with this line is one of a relayed session.
    package static func reads(_ firstLine: ByteBuffer) -> Bool {
        JSONObject(payload: firstLine)?["format"]?.stringValue?.hasPrefix("parley.relay/") == true
    }

    /// Takes the next line of the recording, without its line feed.
    ///
    /// - Returns: The difference if there is one; after that the replay tells nothing more that is of use.
    /// - Throws: If the line cannot be read.
    package mutating func line(_ text: ByteBuffer) throws(RecordingError) -> SessionReplay.Difference? {
        lines += 1
        guard !isOver else { throw RecordingError(line: lines, problem: .linesAfterTheEnd) }
        let text = loose?.replayed(input: text) ?? text
        let object = try JSONObject(line: text, number: lines)
        do throws(RealtimeError) {
            return try line(object, text)
        } catch {
            throw RecordingError(line: lines, problem: .malformed(error.message))
        }
    }

    /// There are no more lines.
    ///
    /// - Returns: What the recording does not tell, if there is something.
    /// - Throws: If the recording has no end.
    package mutating func ended() throws(RecordingError) -> SessionReplay.Difference? {
        if let missing = expected.popLast() { return difference(nil, missing) }
        guard isOver else { throw RecordingError(line: lines, problem: .truncated) }
        return cutReason == nil ? loose?.lastDifference() : nil
    }

    private mutating func line(_ object: JSONObject, _ text: ByteBuffer) throws(RealtimeError)
        -> SessionReplay.Difference?
    {
        if lines == 1 {
            let format = try object.requiredString("format")
            guard format == RelayTerms.format else {
                throw .invalidValue("format", format, supported: [RelayTerms.format])
            }
            machine = RelayMachine(try RelayTerms(object))
            return nil
        }
        if let kind = object["out"] {
            guard let name = kind.stringValue, RelayMachine.Action.kinds.contains(name) else {
                throw .invalidValue(
                    "out",
                    kind.stringValue ?? kind.text,
                    supported: RelayMachine.Action.kinds.sorted()
                )
            }
            return did(text)
        }
        if object["in"] == "cut" {
            // What the session did last may not be told.
            (isOver, expected, cutReason) = (true, [], try object.requiredString("reason"))
            return nil
        }
        if let missing = expected.popLast() { return difference(nil, missing) }
        _ = try object.requiredInt("at_ns", from: 0)
        if object["in"] == "closed" {
            isOver = true
        } else {
            perform(try RelayMachine.Input(object))
        }
        return loose?.difference()
    }

    private mutating func did(_ recorded: ByteBuffer) -> SessionReplay.Difference? {
        guard loose == nil else {
            loose?.recorded(recorded, line: lines)
            return loose?.difference()
        }
        let replayed = expected.popLast()
        let recorded = String(buffer: recorded)
        return replayed == recorded ? nil : difference(recorded, replayed)
    }

    private mutating func perform(_ input: RelayMachine.Input) {
        var actions: [RelayMachine.Action] = []
        machine?.received(input, into: &actions)
        let lines = actions.map { RelayRecorder.line(JSONObject($0.members)) }
        guard loose == nil else {
            for line in lines { loose?.replayed(ByteBuffer(string: line)) }
            return
        }
        expected = lines.reversed()
    }

    private func difference(_ recorded: String?, _ replayed: String?) -> SessionReplay.Difference {
        SessionReplay.Difference(line: lines, recorded: recorded, replayed: replayed)
    }
}
