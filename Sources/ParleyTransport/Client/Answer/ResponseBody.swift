// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes
internal import ParleyWebSocket

/// Reads the beginning of a response's body (RFC 9112 section 6).
struct ResponseBody: Sendable {
    private enum Framing: Sendable {
        /// This many bytes are left.
        case length(Int)
        case chunked(Chunk)
        /// Everything until the peer ends TCP.
        case untilEnd
    }

    private enum Chunk: Sendable {
        /// The line with the size of the next chunk is being read.
        case size([UInt8])
        /// This many bytes of the chunk are left, the line end behind it included.
        case data(Int)
    }

    private static let longestSizeLine = 1024
    private static let lineEnd = 2

    private var framing: Framing
    private let limit: Int
    /// What was read, at most `limit` bytes.
    private(set) var bytes: [UInt8] = []
    /// Whether nothing more is to come, or to be kept.
    private(set) var isComplete: Bool

    /// - Parameters:
    ///   - head: Says how long the body is.
    ///   - limit: How many bytes are kept; reading ends with them.
    init(of head: ResponseHead, limit: Int) {
        self.limit = limit
        let lengths = HeaderLists.elements(of: head.fields[values: .contentLength]).compactMap { Int($0) }
        if HeaderLists.contains("chunked", in: head.fields[values: .transferEncoding]) {
            framing = .chunked(.size([]))
        } else if let length = lengths.first, length >= 0 {
            framing = .length(length)
        } else {
            framing = .untilEnd
        }
        isComplete = limit == 0 || head.status < 200 || head.status == 204 || head.status == 304
        if case .length(0) = framing { isComplete = true }
    }

    mutating func received(_ input: [UInt8]) {
        var rest = input[...]
        while !isComplete, !rest.isEmpty {
            switch framing {
            case .untilEnd: keep(rest.removeAll(upTo: rest.count))
            case .length(let left):
                keep(rest.removeAll(upTo: left), of: left)
            case .chunked(.size(let line)): receivedSize(line, rest.removeFirst())
            case .chunked(.data(let left)): receivedData(rest.removeAll(upTo: left), left: left)
            }
        }
    }

    private mutating func keep(_ part: ArraySlice<UInt8>, of left: Int) {
        keep(part)
        framing = .length(left - part.count)
        if left == part.count { isComplete = true }
    }

    private mutating func keep(_ part: ArraySlice<UInt8>) {
        bytes += part.prefix(limit - bytes.count)
        if bytes.count == limit { isComplete = true }
    }

    private mutating func receivedSize(_ line: [UInt8], _ byte: UInt8) {
        guard byte == UInt8(ascii: "\n") else {
            framing = .chunked(.size(line + [byte]))
            // Whatever this is, it is no chunked body; what was read of it is kept.
            if line.count == Self.longestSizeLine { isComplete = true }
            return
        }
        let digits = line.prefix { HeaderText.isAlphanumeric($0) }
        guard let size = Int(String(decoding: digits, as: UTF8.self), radix: 16), size > 0, size <= Int32.max else {
            // The last chunk, or no chunk at all. Trailers tell nothing here.
            isComplete = true
            return
        }
        framing = .chunked(.data(size + Self.lineEnd))
    }

    private mutating func receivedData(_ part: ArraySlice<UInt8>, left: Int) {
        keep(part.prefix(max(0, left - Self.lineEnd)))
        let remaining = left - part.count
        framing = .chunked(remaining == 0 ? .size([]) : .data(remaining))
    }
}

extension ArraySlice<UInt8> {
    /// Takes up to `count` bytes off the front.
    fileprivate mutating func removeAll(upTo count: Int) -> ArraySlice<UInt8> {
        let part = prefix(count)
        self = self[part.endIndex...]
        return part
    }
}
