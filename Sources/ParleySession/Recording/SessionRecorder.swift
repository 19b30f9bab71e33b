// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore
package import ParleyEvents

/// Writes down a session as lines of JSON, from which it can be replayed exactly (see docs/recordings.md).
///
/// It keeps nothing: each line is handed out when what it tells has happened. What the session was told comes before
/// what it did about it. Secrets in tools and metadata are masked.
package struct SessionRecorder: Sendable {
    private let start: NIODeadline
    private let write: @Sendable (ByteBuffer) -> Void

    /// Begins a recording, and writes its first line.
    ///
    /// - Parameters:
    ///   - session: What the session begins with.
    ///   - start: The time from which times count.
    ///   - write: Takes a line with the line feed that ends it, in the order of the calls.
    package init(_ session: RecordedSession, from start: NIODeadline, write: @escaping @Sendable (ByteBuffer) -> Void) {
        self.start = start
        self.write = write
        line(session.object)
    }

    /// Something happened to the session.
    package func received(_ input: SessionInput, at now: NIODeadline) {
        line(time(now) + input.members)
    }

    /// A client event could not be read; what is done about it is to tell the client.
    package func refused(_ error: RealtimeError, at now: NIODeadline) {
        line(time(now) + [("in", "refused"), ("error", .object(error.object))])
    }

    /// The session wanted something done; `eventID` is the id of the event if one is sent.
    package func did(_ action: SessionAction, eventID: EventID?) {
        line(action.members(eventID: eventID?.text))
    }

    /// The connection is over; nothing follows.
    package func closed(at now: NIODeadline) {
        line(time(now) + [("in", "closed")])
    }

    private func time(_ now: NIODeadline) -> [(String, JSON)] {
        [("at_ns", JSON(Int((now - start).nanoseconds)))]
    }

    private func line(_ members: [(String, JSON)]) { line(SecretMask.masked(JSONObject(members))) }

    private func line(_ object: JSONObject) {
        var line = ByteBuffer()
        object.write(into: &line)
        line.writeInteger(UInt8(ascii: "\n"))
        write(line)
    }
}
