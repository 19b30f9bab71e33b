// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import ParleyEvents

@testable import ParleySession

/// Recordings of sessions: what is read can be written so that it reads back the same, and whatever is in it can happen
/// to a session.
func fuzzRecordings(_ input: Input) {
    var reader = RecordingReader()
    var replay = SessionReplay()
    var kept: [ByteBuffer] = []
    for text in input.bytes.split(separator: UInt8(ascii: "\n")) {
        let text = ByteBuffer(bytes: text)
        guard let line = try? reader.line(text) else { break }
        kept.append(text)
        guard let again = written(line) else { continue }
        check(line == read(again), "the same line again: \(String(buffer: text))")
    }
    for line in kept { _ = try? replay.line(line) }
    _ = try? replay.ended()
}

/// A line as the recorder writes it; without the members that were masked or that nobody knows.
private func written(_ line: RecordedLine) -> ByteBuffer? {
    let members: [(String, JSON)]
    switch line {
    case .session, .output: return nil
    case .input(let input, let time): members = [("at_ns", JSON(Int(time.nanoseconds)))] + input.members
    case .refused(let error, let time):
        members = [
            ("at_ns", JSON(Int(time.nanoseconds))), ("in", "refused"), ("error", .object(error.object)),
        ]
    case .closed(let time): members = [("at_ns", JSON(Int(time.nanoseconds))), ("in", "closed")]
    case .cut(let reason): members = [("in", "cut"), ("reason", .string(reason))]
    }
    return ByteBuffer(string: JSONObject(members).text)
}

private let beginning = """
    {"format":"parley.session/1","dialect":"ga","conversation_id":"c","seed":"1","event_seed":"1",\
    "limits":{"duration_ns":1},"session":{"type":"realtime"}}
    """

private func read(_ line: ByteBuffer) -> RecordedLine? {
    var reader = RecordingReader()
    _ = try? reader.line(ByteBuffer(string: beginning))
    return try? reader.line(line)
}
