// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyWebSocket

/// Gathers the lines of a head, whatever they look like.
///
/// A line ends in CRLF or in a bare LF, the head with an empty line. Nothing is refused; the work is linear and what is
/// kept bounded.
struct HeadReader: Sendable {
    /// Longest head that is read, in bytes; more is a body for all that is known.
    static let limit = 64 * 1024

    /// Everything that came, the start line first.
    private(set) var bytes: [UInt8] = []
    /// Where the head ends, the empty line included; nil before it came.
    private(set) var end: Int?
    /// Whether a line of the head ended in a bare LF.
    private(set) var hasBareLF = false
    /// Where the start line begins.
    private var start: Int?
    private var lineStart = 0
    private var searched = 0

    /// Takes more bytes.
    ///
    /// - Returns: Those that belong behind the head, once it is complete.
    mutating func received(_ more: some Collection<UInt8>) -> [UInt8] {
        guard end == nil else { return Array(more) }
        bytes += more
        while searched < bytes.count {
            defer { searched += 1 }
            if start == nil, bytes[searched] != 13, bytes[searched] != 10 { start = searched }
            guard bytes[searched] == 10 else { continue }
            let hasCR = searched > lineStart && bytes[searched - 1] == 13
            if !hasCR { hasBareLF = true }
            let lineEnd = hasCR ? searched - 1 : searched
            // Empty lines in front of the head are let pass (RFC 9112 section 2.2).
            if lineEnd == lineStart, start != nil { return finish(at: searched + 1) }
            lineStart = searched + 1
        }
        return bytes.count > Self.limit ? finish(at: bytes.count) : []
    }

    private mutating func finish(at position: Int) -> [UInt8] {
        end = position
        let rest = Array(bytes[position...])
        bytes.removeSubrange(position...)
        return rest
    }

    /// What came from the start line on.
    var content: ArraySlice<UInt8> { start.map { bytes[$0...] } ?? [] }

    /// The lines so far without their ends, the last one perhaps not complete.
    var lines: [ArraySlice<UInt8>] {
        var lines = content.split(separator: 10, omittingEmptySubsequences: false)
            .map { $0.last == 13 ? $0.dropLast() : $0 }
        while lines.last?.isEmpty == true { lines.removeLast() }
        return lines
    }

    /// The start line and the fields, as far as they came.
    var head: (startLine: String, headers: [Header]) {
        let lines = lines
        return (
            lines.first.map { String(decoding: $0, as: UTF8.self) } ?? "",
            lines.dropFirst().map(Self.header)
        )
    }

    /// A field line as found.
    ///
    /// One blank behind the colon is left out, other white space stays. A line without a colon, or one that goes on
    /// with the line before, becomes a name without a value; no token contains what such a line does.
    private static func header(_ line: ArraySlice<UInt8>) -> Header {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")), line.first.map(HeaderText.isWhiteSpace) == false
        else {
            return Header(String(decoding: line, as: UTF8.self), "")
        }
        var value = line[line.index(after: colon)...]
        if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
        return Header(String(decoding: line[..<colon], as: UTF8.self), String(decoding: value, as: UTF8.self))
    }
}
