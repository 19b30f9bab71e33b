// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore

/// What a server or a proxy answered to one request.
package struct Answer: Sendable, Equatable {
    /// Heads with a status of 1xx that came before, the 101 apart.
    package var interim: [ResponseHead] = []
    package var head: ResponseHead
    /// The beginning of the body of a refusal.
    package var body: [UInt8] = []
    /// Bytes behind the head that belong to the protocol that was switched to.
    package var rest = ByteBuffer()
}

/// Reads the answer to a request whose success makes the connection something else than HTTP.
///
/// It finds out as early as possible that the peer does not speak HTTP at all, so that nobody waits for the end of
/// a line that an SSH banner or a TLS alert does not have.
struct ResponseReader: Sendable {
    private enum State: Sendable {
        case head
        case body(ResponseHead, ResponseBody)
        case answered
    }

    private let maxHeadBytes: Int
    private let maxBodyBytes: Int
    private let switches: @Sendable (Int) -> Bool
    private var state = State.head
    private var interim: [ResponseHead] = []
    private var interimBytes = 0
    /// Bytes that are not yet part of a complete head.
    private(set) var pending: [UInt8] = []
    /// How much of `pending` holds no end of a head.
    private var searched = 0

    /// - Parameters:
    ///   - maxHeadBytes: For all heads together.
    ///   - maxBodyBytes: How much of a refusal's body is kept.
    ///   - switches: Whether the connection is no longer HTTP behind a head with this status.
    init(maxHeadBytes: Int, maxBodyBytes: Int, switches: @escaping @Sendable (Int) -> Bool) {
        self.maxHeadBytes = maxHeadBytes
        self.maxBodyBytes = maxBodyBytes
        self.switches = switches
    }

    /// Bytes came from the peer.
    ///
    /// - Returns: The answer, once, when it is complete; nothing is to be given to the reader after that.
    mutating func received(_ bytes: ByteBuffer) throws(ConnectFailure.Cause) -> Answer? {
        switch state {
        case .head:
            pending += bytes.readableBytesView
            return try readHeads()
        case .body(let head, var body):
            body.received(Array(bytes.readableBytesView))
            return finish(head, body, isEnd: false)
        case .answered: return nil
        }
    }

    /// The peer ended its side, or waiting for it ended.
    ///
    /// - Returns: The answer if only the rest of its body is missing.
    mutating func inputEnded() -> Answer? {
        guard case .body(let head, let body) = state else { return nil }
        return finish(head, body, isEnd: true)
    }

    private mutating func readHeads() throws(ConnectFailure.Cause) -> Answer? {
        while true {
            guard Self.mayBeHTTP(pending) else { throw .notHTTP(Array(pending.prefix(ConnectFailure.keptBytes))) }
            guard let end = headEnd() else {
                guard interimBytes + pending.count <= maxHeadBytes else { throw .headTooLarge(limit: maxHeadBytes) }
                return nil
            }
            guard interimBytes + end <= maxHeadBytes else { throw .headTooLarge(limit: maxHeadBytes) }
            let head = try ResponseHead(parsing: Array(pending[..<end]))
            let rest = Array(pending[end...])
            if switches(head.status) {
                state = .answered
                pending = []
                return Answer(interim: interim, head: head, rest: ByteBuffer(bytes: rest))
            }
            if (100..<200).contains(head.status), head.status != 101 {
                interim.append(head)
                interimBytes += end
                pending = rest
                searched = 0
                continue
            }
            pending = []
            var body = ResponseBody(of: head, limit: maxBodyBytes)
            body.received(rest)
            return finish(head, body, isEnd: false)
        }
    }

    private mutating func finish(_ head: ResponseHead, _ body: ResponseBody, isEnd: Bool) -> Answer? {
        guard isEnd || body.isComplete else {
            state = .body(head, body)
            return nil
        }
        state = .answered
        return Answer(interim: interim, head: head, body: body.bytes)
    }

    /// The position behind the empty line that ends the head.
    private mutating func headEnd() -> Int? {
        let lineFeed = UInt8(ascii: "\n")
        // The two line ends may have come apart.
        var position = max(1, searched - 2)
        searched = pending.count
        while position < pending.count {
            defer { position += 1 }
            guard pending[position] == lineFeed else { continue }
            if pending[position - 1] == lineFeed { return position + 1 }
            if position >= 2, pending[position - 1] == UInt8(ascii: "\r"), pending[position - 2] == lineFeed {
                return position + 1
            }
        }
        return nil
    }

    /// Whether the bytes are, or may become, `HTTP/1.` and a digit.
    private static func mayBeHTTP(_ bytes: [UInt8]) -> Bool {
        let start = Array("HTTP/1.".utf8)
        guard bytes.prefix(start.count).elementsEqual(start.prefix(bytes.count)) else { return false }
        return bytes.count <= start.count || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[start.count])
    }
}
