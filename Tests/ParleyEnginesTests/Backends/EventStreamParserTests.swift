// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyEngines
import Testing

@Suite("Server-sent events")
struct EventStreamParserTests {
    private typealias Event = EventStreamParser.Event

    private func events(_ pieces: [ArraySlice<UInt8>]) throws -> [Event] {
        var parser = EventStreamParser()
        var events: [Event] = []
        for piece in pieces { events += try parser.push(piece) }
        return events + parser.finish()
    }

    private func events(_ text: String) throws -> [Event] { try events([Array(text.utf8)[...]]) }

    @Test("Lines may end in each of three ways, also mixed", arguments: ["\n", "\r", "\r\n"])
    func lineEnds(end: String) throws {
        let text = ["data: one", "", "event: two", "data: 2", "data: zwei", "", ""].joined(separator: end)
        #expect(try events(text) == [Event(data: "one"), Event(name: "two", data: "2\nzwei")])
    }

    @Test("Comments, other fields and a byte order mark say nothing")
    func otherLines() throws {
        #expect(try events("\u{FEFF}data:one\n: ping\nid: 7\nretry: 10\nnothing\n\n:\n\n") == [Event(data: "one")])
    }

    @Test("Only one space behind the colon is no data")
    func spaces() throws { #expect(try events("data:  a \n\n") == [Event(data: " a ")]) }

    @Test("An event that the end of the stream ends counts")
    func endWithoutEmptyLine() throws {
        #expect(try events("data: one\n\ndata: [DONE]") == [Event(data: "one"), Event(data: "[DONE]")])
    }

    @Test("However the stream is cut in two, the events are the same")
    func cuts() throws {
        let bytes = Array("\u{FEFF}event: a\r\ndata: é\r\n\r\n: x\rdata: 漢\ndata: 🙂\n\ndata: [DONE]\n\n".utf8)
        let whole = try events([bytes[...]])
        #expect(whole.map(\.data) == ["é", "漢\n🙂", "[DONE]"])
        for cut in 0...bytes.count { #expect(try events([bytes[..<cut], bytes[cut...]]) == whole, "cut at \(cut)") }
        #expect(try events(bytes.indices.map { bytes[$0...$0] }) == whole)
    }

    @Test("An event that never ends is refused before it fills memory")
    func endless() throws {
        var parser = EventStreamParser()
        let piece = Array(repeating: UInt8(ascii: "a"), count: 1 << 20)
        #expect(throws: AnswerError.self) {
            for _ in 0..<20 { _ = try parser.push(piece) }
        }
    }
}
