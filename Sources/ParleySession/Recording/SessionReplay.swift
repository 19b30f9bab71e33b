// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore
package import ParleyEvents

/// Lets a recorded session happen again, and compares what it does byte by byte with what it did.
package struct SessionReplay: Sendable {
    /// A place where the replay does something else than the recording says.
    package struct Difference: Sendable, Equatable {
        /// The line's number, from 1.
        package let line: Int
        /// The line in the recording, `nil` if it has one too few there.
        package let recorded: String?
        /// The line of the replay, `nil` if it does less.
        package let replayed: String?

        package init(line: Int, recorded: String?, replayed: String?) {
            (self.line, self.recorded, self.replayed) = (line, recorded, replayed)
        }
    }

    /// Why the recording was ended before its session; `nil` if it was not.
    package private(set) var cutReason: String?
    /// How the lines are compared.
    package enum Comparison: Sendable, Equatable {
        /// Byte by byte.
        case strict
        /// As ``LooseComparison`` does.
        case loose
    }

    /// Lines read so far.
    package var lines: Int { reader.lines }
    private var reader = RecordingReader()
    private var machine: (any SessionLogic)?
    private var eventIDs = IDSource(seed: 0)
    /// What the session did about the last input and the recording has not told yet, newest first.
    private var expected: [ByteBuffer] = []

    private var loose: LooseComparison?

    /// A replay before the first line.
    package init(_ comparison: Comparison = .strict) { loose = comparison == .loose ? LooseComparison() : nil }

    /// Takes the next line of the recording, without its line feed.
    ///
    /// - Returns: The difference if there is one; after that the replay tells nothing more that is of use.
    /// - Throws: If the line cannot be read.
    package mutating func line(_ text: ByteBuffer) throws(RecordingError) -> Difference? {
        let text = loose?.replayed(input: text) ?? text
        let line = try reader.line(text)
        if loose != nil { return looseLine(line) }
        if case .output(let recorded) = line {
            let replayed = expected.popLast()
            return replayed == recorded ? nil : difference(recorded, replayed)
        }
        if case .cut(let reason) = line {
            // What the session did last may not be told.
            (expected, cutReason) = ([], reason)
            return nil
        }
        if let missing = expected.popLast() { return difference(nil, missing) }
        perform(line)
        return nil
    }

    /// Lets happen what a line tells.
    private mutating func perform(_ line: RecordedLine) {
        switch line {
        case .session(let session):
            machine = session.logic
            eventIDs = session.eventIDs
        case .input(let input, let time):
            var actions: [SessionAction] = []
            machine?.received(input, at: Self.start + time, into: &actions)
            expect(actions)
        case .refused(let error, _): expect([.send(.error(error))])
        case .output, .closed, .cut: break
        }
    }

    private mutating func looseLine(_ line: RecordedLine) -> Difference? {
        switch line {
        case .output(let recorded): loose?.recorded(recorded, line: reader.lines)
        case .cut(let reason):
            cutReason = reason
            return nil
        default:
            perform(line)
            for text in expected.reversed() { loose?.replayed(text) }
            expected = []
        }
        return loose?.difference()
    }

    /// There are no more lines.
    ///
    /// - Returns: What the recording does not tell, if there is something.
    /// - Throws: If the recording has no end.
    package mutating func ended() throws(RecordingError) -> Difference? {
        if let missing = expected.popLast() { return difference(nil, missing) }
        try reader.ended()
        return cutReason == nil ? loose?.lastDifference() : nil
    }

    /// Any time will do: a session looks at differences only.
    private static let start = NIODeadline.uptimeNanoseconds(0)

    private mutating func expect(_ actions: [SessionAction]) {
        expected = actions.map { action in
            var line = ByteBuffer()
            SecretMask.masked(JSONObject(action.members(eventID: eventIDs.id(for: action)?.text))).write(into: &line)
            return line
        }
        expected.reverse()
    }

    private func difference(_ recorded: ByteBuffer?, _ replayed: ByteBuffer?) -> Difference {
        Difference(
            line: reader.lines,
            recorded: recorded.map { String(buffer: $0) },
            replayed: replayed.map { String(buffer: $0) }
        )
    }
}

extension IDSource {
    /// An id for the event that an action sends, `nil` for other actions.
    package mutating func id(for action: SessionAction) -> EventID? {
        guard case .send = action else { return nil }
        return event()
    }
}
