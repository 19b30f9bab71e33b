// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import ParleyEvents
internal import ParleySession

/// Writes down a relayed session as lines of JSON, from which it can be replayed (see docs/recordings.md).
///
/// It keeps nothing: what the machine was told comes before what it did about it. The upstream's key and what clients
/// give their servers to keep are masked.
struct RelayRecorder: Sendable {
    private let start: NIODeadline
    private let key: String
    private let write: @Sendable (ByteBuffer) -> Void

    /// Begins a recording, and writes its first line.
    ///
    /// - Parameters:
    ///   - terms: What the session is to be.
    ///   - start: The time from which times count.
    ///   - write: Takes a line with the line feed that ends it, in the order of the calls.
    init(_ terms: RelayTerms, from start: NIODeadline, write: @escaping @Sendable (ByteBuffer) -> Void) {
        self.start = start
        self.write = write
        key = terms.settings.key ?? ""
        line(terms.object)
    }

    /// Something happened to the session.
    func received(_ input: RelayMachine.Input, at now: NIODeadline) { line(JSONObject(time(now) + input.members)) }

    /// The session wanted something done.
    func did(_ action: RelayMachine.Action) { line(JSONObject(action.members)) }

    /// The client is no longer the relay's; nothing follows.
    func closed(at now: NIODeadline) { line(JSONObject(time(now) + [("in", "closed")])) }

    private func time(_ now: NIODeadline) -> [(String, JSON)] {
        [("at_ns", JSON(Int((now - start).nanoseconds)))]
    }

    private func line(_ object: JSONObject) {
        let line = Self.line(object)
        guard !key.isEmpty else { return write(ByteBuffer(string: line + "\n")) }
        write(ByteBuffer(string: line.replacing(key, with: "***") + "\n"))
    }

    /// The text of a line, without its line feed.
    static func line(_ object: JSONObject) -> String { SecretMask.masked(object).text }
}
