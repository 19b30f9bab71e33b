// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyWebSocket

/// Reads whatever comes in answer to a request.
///
/// It takes any version of HTTP, bare LF, folded and malformed lines, and says when it is no HTTP at all; it never
/// fails. Interim answers (1xx but 101) are passed over.
package struct ResponseReader: Sendable {
    /// How far the answer has come.
    package enum State: Sendable, Equatable {
        /// The head is not complete.
        case head
        /// It is no HTTP; all that comes belongs to it.
        case notHTTP
        /// The head of a 101, or of a 2xx to CONNECT, is complete; what follows it is no longer this reader's.
        case switched
        /// The head is complete and the body is coming.
        case body
        /// The body is complete by its length or its last chunk, or there is none.
        case complete
    }

    package private(set) var state = State.head
    private let isConnect: Bool
    private let keptBodyBytes: Int
    private var reader = HeadReader()
    private var status = 0
    private var version = ""
    private var reason = ""
    private var headers: [Header] = []
    private var hasBareLF = false
    private var body: [UInt8] = []
    private var bodyCount = 0
    private var tail: [UInt8] = []
    private var atMS: Int?

    /// - Parameters:
    ///   - isConnect: Whether CONNECT was asked, so that a 2xx has no body and what follows is the tunnel.
    ///   - keptBodyBytes: How much of the body is kept; the response has the beginning of it.
    package init(isConnect: Bool = false, keptBodyBytes: Int = Masker.window) {
        self.isConnect = isConnect
        self.keptBodyBytes = keptBodyBytes
    }

    /// Whether a byte has come.
    package var hasBegun: Bool { atMS != nil }

    /// Takes more bytes.
    ///
    /// - Returns: What follows the head of an answer that switches protocols: frames.
    package mutating func received(_ bytes: some Collection<UInt8>, atMS now: Int) -> [UInt8] {
        guard !bytes.isEmpty else { return [] }
        if atMS == nil { atMS = now }
        switch state {
        case .head: return readHead(bytes, now)
        case .notHTTP, .body, .complete: readBody(bytes)
        case .switched: return Array(bytes)
        }
        return []
    }

    private mutating func readHead(_ bytes: some Collection<UInt8>, _ now: Int) -> [UInt8] {
        var rest = reader.received(bytes)
        while true {
            let start = reader.content
            guard start.starts(with: "HTTP/".utf8.prefix(start.count)) else {
                giveUp(rest)
                return []
            }
            guard reader.end != nil else { return [] }
            atMS = now
            guard takeHead() else {
                giveUp(rest)
                return []
            }
            hasBareLF = hasBareLF || reader.hasBareLF
            guard (100..<200).contains(status), status != 101 else { break }
            reader = HeadReader()
            let more = rest
            rest = reader.received(more)
            if reader.bytes.isEmpty { return [] }
        }
        if status == 101 || isConnect && (200..<300).contains(status) {
            state = .switched
            return rest
        }
        state = hasNoBody ? .complete : .body
        readBody(rest)
        return []
    }

    private mutating func takeHead() -> Bool {
        let (line, fields) = reader.head
        let parts = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count >= 2, let number = Int(parts[1]), (100...999).contains(number) else { return false }
        version = String(parts[0].dropFirst(5))
        status = number
        reason = parts.count > 2 ? String(parts[2]) : ""
        headers = fields
        return true
    }

    private mutating func giveUp(_ rest: [UInt8]) {
        state = .notHTTP
        readBody(reader.bytes + rest)
    }

    private mutating func readBody(_ bytes: some Collection<UInt8>) {
        bodyCount += bytes.count
        body += bytes.prefix(max(0, keptBodyBytes - body.count))
        guard state == .body else { return }
        if let length = headers.first("Content-Length").flatMap({ Int(HeaderText.trimmed($0)) }) {
            if bodyCount >= length { state = .complete }
        } else if HeaderLists.contains("chunked", in: headers.values("Transfer-Encoding")) {
            tail = Array((tail + bytes.suffix(7)).suffix(7))
            if tail.ends(with: "\r\n0\r\n\r\n") || (bodyCount == 5 && tail.ends(with: "0\r\n\r\n")) {
                state = .complete
            }
        }
    }

    private var hasNoBody: Bool {
        status == 204 || status == 304
            || headers.first("Content-Length").map(HeaderText.trimmed) == "0"
    }

    /// What came, masked; nil when nothing came.
    package func response(_ masker: Masker) -> Exchange.Response? {
        guard let atMS else { return nil }
        switch state {
        case .head, .notHTTP:
            // A head without an end is shown as it is.
            let bytes = state == .head ? reader.bytes : body
            return Exchange.Response(
                version: nil,
                status: 0,
                body: masker.bytes(bytes, count: state == .head ? bytes.count : bodyCount),
                atMS: atMS
            )
        case .switched, .body, .complete:
            return Exchange.Response(
                version: masker.text(version),
                status: status,
                reason: masker.text(reason),
                headers: headers.map(masker.header),
                hasBareLF: hasBareLF,
                body: masker.bytes(body, count: bodyCount),
                atMS: atMS
            )
        }
    }

    /// The beginning of the body, secrets included.
    package var bodyBytes: [UInt8] { body }

    /// The fields of the answer, secrets included.
    package var fields: [Header] { headers }

    /// The status; nil before a head is complete.
    package var statusCode: Int? {
        switch state {
        case .head, .notHTTP: nil
        case .switched, .body, .complete: status
        }
    }
}

extension [UInt8] {
    fileprivate func ends(with text: String) -> Bool {
        count >= text.utf8.count && suffix(text.utf8.count).elementsEqual(text.utf8)
    }
}
