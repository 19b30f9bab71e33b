// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyWebSocket

/// Reads what a client sends first.
package struct RequestReader: Sendable {
    /// What it is.
    package enum State: Sendable, Equatable {
        /// It cannot be told yet.
        case reading
        /// A request whose head is complete.
        case request
        /// A TLS hello.
        case tlsHello
        /// No HTTP request.
        case notHTTP
    }

    package private(set) var state = State.reading
    private var reader = HeadReader()
    private var rest: [UInt8] = []
    private var restCount = 0
    private var method = ""
    private var target = ""
    private var version = ""
    private var headers: [Header] = []

    package init() {}

    /// Takes more bytes.
    ///
    /// - Returns: What follows the head.
    package mutating func received(_ bytes: some Collection<UInt8>) -> [UInt8] {
        switch state {
        case .reading: break
        case .request: return Array(bytes)
        case .tlsHello, .notHTTP:
            keep(bytes)
            return []
        }
        let behind = reader.received(bytes)
        let start = reader.content
        // A handshake record of TLS (RFC 8446 section 5.1).
        if start.count >= 2, start.starts(with: [0x16, 0x03]) {
            give(.tlsHello, behind)
        } else if !Self.canBegin(start) {
            give(.notHTTP, behind)
        } else if reader.end != nil {
            guard takeHead() else {
                give(.notHTTP, behind)
                return []
            }
            state = .request
            return behind
        }
        return []
    }

    /// Whether a request can begin like that: a token, then a blank.
    private static func canBegin(_ bytes: ArraySlice<UInt8>) -> Bool {
        // A byte 0x16 alone may still become a TLS record.
        if bytes.count == 1, bytes.first == 0x16 { return true }
        let method = bytes.prefix(32).prefix { $0 != UInt8(ascii: " ") }
        return method.count < 32 && method.allSatisfy(HeaderText.isTokenByte)
            && (bytes.count == method.count || !method.isEmpty)
    }

    private mutating func takeHead() -> Bool {
        let (line, fields) = reader.head
        let parts = line.split(separator: " ")
        guard parts.count >= 2 else { return false }
        let last = parts.count > 2 ? parts[parts.count - 1] : ""
        guard parts.count == 2 || last.hasPrefix("HTTP/") else { return false }
        method = String(parts[0])
        target = parts.dropFirst().prefix(max(1, parts.count - 2)).joined(separator: " ")
        version = parts.count == 2 ? "0.9" : String(last.dropFirst(5))
        headers = fields
        return true
    }

    private mutating func give(_ state: State, _ behind: [UInt8]) {
        self.state = state
        keep(reader.bytes)
        keep(behind)
    }

    private mutating func keep(_ bytes: some Collection<UInt8>) {
        restCount += bytes.count
        rest += bytes.prefix(max(0, Masker.window - rest.count))
    }

    /// The request, secrets included; nil if there is none.
    package var plainRequest: Exchange.Request? {
        guard state == .request else { return nil }
        return Exchange.Request(method: method, target: target, version: version, headers: headers)
    }

    /// The request, masked; nil if there is none.
    package func request(_ masker: Masker) -> Exchange.Request? { plainRequest.map(masker.request) }

    /// Whether `Sec-WebSocket-Key` is 16 bytes in base64; nil if there is none.
    package var keyIsValid: Bool? {
        headers.first("Sec-WebSocket-Key").map { AcceptKey.isWellFormed(HeaderText.trimmed($0)) }
    }

    /// Whether every subprotocol offered is a token (RFC 6455 section 4.1) and none comes twice; nil if none is offered.
    package var subprotocolsAreValid: Bool? {
        let offered = headers.elements("Sec-WebSocket-Protocol")
        guard !offered.isEmpty else { return nil }
        return offered.allSatisfy(HeaderText.isToken) && Set(offered).count == offered.count
    }

    /// The bytes, when they are no request or none yet; nil when they are one or none came.
    package func notHTTP(_ masker: Masker) -> Bytes? {
        switch state {
        case .request: nil
        case .reading: reader.bytes.isEmpty ? nil : masker.bytes(reader.bytes)
        case .tlsHello, .notHTTP: masker.bytes(rest, count: restCount)
        }
    }
}
