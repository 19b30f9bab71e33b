// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import HTTPTypes

/// Reads the lines of a request head, one after the other, without their ends.
struct RequestHeadParser: Sendable {
    private var method: HTTPRequest.Method?
    private var target = ""
    private var isHTTP10 = false
    private var authority: String?
    private var fields = HTTPFields()
    /// Field lines that were read.
    private(set) var fieldCount = 0

    /// Whether the request line was read.
    var hasRequestLine: Bool { method != nil }

    /// The head, once its lines were read.
    func head() throws(RequestHeadFault) -> RequestHead {
        guard let method else { throw .requestLineMalformed }
        return RequestHead(method: method, target: target, isHTTP10: isHTTP10, authority: authority, fields: fields)
    }

    /// A line came, without its end.
    ///
    /// - Returns: Whether it was the last of the head.
    mutating func received(_ line: Span<UInt8>) throws(RequestHeadFault) -> Bool {
        guard hasRequestLine else {
            // Empty lines before a request are left over from the one before (RFC 9112 section 2.2).
            if !line.isEmpty { try readRequestLine(line) }
            return false
        }
        if line.isEmpty { return true }
        try readField(line)
        return false
    }

    /// Longer than any method's name.
    private static let longestMethod = 32

    /// Finds out from the first bytes of a request line whether they may be any.
    static func checkBeginning(of line: Span<UInt8>) throws(RequestHeadFault) {
        for position in line.indices {
            let byte = line[position]
            if position < longestMethod, HeaderText.isTokenByte(byte) { continue }
            // A carriage return may be half of an empty line's end.
            let isEnd = position > 0 ? byte == UInt8(ascii: " ") : byte == UInt8(ascii: "\r") && line.count == 1
            guard isEnd else { throw .requestLineMalformed }
            return
        }
    }

    /// `METHOD SP TARGET SP HTTP/1.x` (RFC 9112 section 3).
    private mutating func readRequestLine(_ line: Span<UInt8>) throws(RequestHeadFault) {
        let methodEnd = Self.position(of: UInt8(ascii: " "), in: line, from: 0)
        guard (1...Self.longestMethod).contains(methodEnd), methodEnd < line.count else { throw .requestLineMalformed }
        let targetEnd = Self.position(of: UInt8(ascii: " "), in: line, from: methodEnd + 1)
        guard targetEnd > methodEnd + 1, targetEnd < line.count else { throw .requestLineMalformed }
        // Bytes above ASCII are no part of a URI, but what people type into one, and mean the same to everybody.
        for position in (methodEnd + 1)..<targetEnd where line[position] <= 0x20 || line[position] == 0x7F {
            throw .requestLineMalformed
        }
        isHTTP10 = try Self.version(in: line.extracting((targetEnd + 1)...)) == 0
        target = String(decoding: line.extracting((methodEnd + 1)..<targetEnd))
        method = HTTPRequest.Method(String(decoding: line.extracting(..<methodEnd)))
        guard method != nil else { throw .requestLineMalformed }
    }

    /// The minor version of HTTP/1; those above 1 are to be taken for 1.1 (RFC 9110 section 2.5).
    private static func version(in text: Span<UInt8>) throws(RequestHeadFault) -> UInt8 {
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        guard text.count == 8, digits.contains(text[5]), text[6] == UInt8(ascii: "."), digits.contains(text[7])
        else { throw .requestLineMalformed }
        for (position, byte) in "HTTP/".utf8.enumerated() where text[position] != byte { throw .requestLineMalformed }
        guard text[5] == UInt8(ascii: "1") else { throw .versionUnsupported }
        return text[7] - UInt8(ascii: "0")
    }

    /// `NAME ":" OWS VALUE OWS` (RFC 9112 section 5).
    private mutating func readField(_ line: Span<UInt8>) throws(RequestHeadFault) {
        guard !HeaderText.isWhiteSpace(line[0]) else { throw .fieldFolded }
        var colon = 0
        while colon < line.count, HeaderText.isTokenByte(line[colon]) { colon += 1 }
        guard colon > 0, colon < line.count, line[colon] == UInt8(ascii: ":") else { throw .fieldNameMalformed }
        var start = colon + 1
        var end = line.count
        while start < end, HeaderText.isWhiteSpace(line[start]) { start += 1 }
        while end > start, HeaderText.isWhiteSpace(line[end - 1]) { end -= 1 }
        for position in start..<end {
            let byte = line[position]
            if byte == UInt8(ascii: "\r") { throw .lineEndingMalformed }
            guard byte >= 0x20 && byte != 0x7F || byte == UInt8(ascii: "\t") else { throw .fieldValueMalformed }
        }
        fieldCount += 1
        let value = String(decoding: line.extracting(start..<end))
        let name = String(decoding: line.extracting(..<colon))
        if authority == nil, HeaderText.matches(name, "host") {
            authority = value
        } else if let name = HTTPField.Name(name) {
            fields.append(HTTPField(name: name, value: value))
        }
    }

    private static func position(of byte: UInt8, in line: Span<UInt8>, from start: Int) -> Int {
        var position = start
        while position < line.count, line[position] != byte { position += 1 }
        return position
    }
}
