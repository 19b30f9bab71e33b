// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// Takes apart a stream of server-sent events (WHATWG HTML, section 9.2), however it is cut into pieces.
///
/// Memory is bounded by ``longestEvent``. Bytes become text only where a line is whole, so that no character is torn.
package struct EventStreamParser: Sendable {
    /// One event.
    package struct Event: Sendable, Equatable {
        /// What `event:` said; `nil` if there was no such line.
        package var name: String?
        /// The `data:` lines, joined by newlines.
        package var data: String

        /// Makes an event.
        package init(name: String? = nil, data: String) {
            self.name = name
            self.data = data
        }
    }

    /// Most bytes of one event, in lines that are not over yet too: room for a minute of speech as base64.
    package static let longestEvent = 8 << 20

    private static let lineFeed: UInt8 = 0x0A
    private static let carriageReturn: UInt8 = 0x0D
    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    private var line: [UInt8] = []
    private var name: String?
    private var data: [UInt8] = []
    private var hasData = false
    private var endedWithReturn = false
    private var isFirstLine = true

    /// A parser at the beginning of a stream.
    package init() {}

    /// Takes the next bytes and returns the events that are complete by them.
    ///
    /// - Throws: ``AnswerError/unreadable(_:)`` for an event longer than ``longestEvent``.
    package mutating func push(_ bytes: some Sequence<UInt8>) throws(AnswerError) -> [Event] {
        let bytes = Array(bytes)
        var events: [Event] = []
        var start = 0
        while start < bytes.count {
            let end = bytes[start...].firstIndex { $0 == Self.lineFeed || $0 == Self.carriageReturn } ?? bytes.count
            if end > start {
                guard line.count + data.count + end - start <= Self.longestEvent else {
                    throw .unreadable("one event is longer than \(Self.longestEvent) bytes")
                }
                line.append(contentsOf: bytes[start..<end])
                endedWithReturn = false
            }
            guard end < bytes.count else { break }
            // The second half of a line end that has counted already.
            let isRest = bytes[end] == Self.lineFeed && endedWithReturn
            if !isRest { endLine(into: &events) }
            endedWithReturn = bytes[end] == Self.carriageReturn
            start = end + 1
        }
        return events
    }

    /// Ends the stream and returns the event that no empty line has ended: servers that close in time leave it out.
    package mutating func finish() -> [Event] {
        var events: [Event] = []
        if !line.isEmpty { endLine(into: &events) }
        dispatch(into: &events)
        self = EventStreamParser()
        return events
    }

    private mutating func endLine(into events: inout [Event]) {
        var field = line[...]
        if isFirstLine, field.starts(with: Self.byteOrderMark) { field = field.dropFirst(3) }
        isFirstLine = false
        if field.isEmpty { dispatch(into: &events) } else { read(field) }
        line.removeAll(keepingCapacity: true)
    }

    private mutating func read(_ line: ArraySlice<UInt8>) {
        let colon = UInt8(ascii: ":")
        let field = line.prefix { $0 != colon }
        var value = line.dropFirst(field.count + 1)
        if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
        if field.elementsEqual("data".utf8) {
            if hasData { data.append(Self.lineFeed) }
            data.append(contentsOf: value)
            hasData = true
        } else if field.elementsEqual("event".utf8) {
            name = String(decoding: value, as: UTF8.self)
        }
        // Comments (no field name), `id`, `retry` and unknown fields say nothing here.
    }

    private mutating func dispatch(into events: inout [Event]) {
        if hasData { events.append(Event(name: name, data: String(decoding: data, as: UTF8.self))) }
        name = nil
        data.removeAll(keepingCapacity: true)
        hasData = false
    }
}
