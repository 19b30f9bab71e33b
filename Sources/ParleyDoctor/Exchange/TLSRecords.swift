// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// What can be seen of TLS on the wire before it is encrypted (RFC 8446 section 5.1, RFC 5246 section 7.4).
///
/// It never fails and keeps a bounded amount.
struct TLSRecords: Sendable {
    /// Longest part of the handshake that is looked at, in bytes.
    private static let limit = 64 * 1024

    /// The first bytes as they came.
    private(set) var firstBytes: [UInt8] = []
    private(set) var count = 0
    /// The alert that was sent in the clear.
    private(set) var alert: Int?
    /// Whether the server chose a version and a cipher.
    private(set) var hasServerHello = false
    /// Whether TLS 1.2 or older asked for a certificate; nil when that was hidden or never decided.
    private(set) var asksForCertificate: Bool?
    private var pending: [UInt8] = []
    private var handshake: [UInt8] = []
    private var isOver = false

    /// Whether what came can be TLS.
    var looksLikeTLS: Bool { firstBytes.first.map { (0x14...0x17).contains($0) } ?? true }

    mutating func received(_ bytes: some Collection<UInt8>) {
        count += bytes.count
        firstBytes += bytes.prefix(max(0, 4096 - firstBytes.count))
        guard !isOver else { return }
        pending += bytes
        var position = 0
        while !isOver, pending.count - position >= 5 {
            let length = Int(pending[position + 3]) << 8 | Int(pending[position + 4])
            let body = position + 5
            guard pending.count >= body + length else { break }
            record(pending[position], pending[body..<(body + length)])
            position = body + length
        }
        pending.removeFirst(position)
        guard isOver || pending.count + handshake.count > Self.limit else { return }
        isOver = true
        pending = []
        handshake = []
    }

    private mutating func record(_ type: UInt8, _ body: ArraySlice<UInt8>) {
        switch type {
        case 21:
            if body.count == 2 { alert = body.last.map(Int.init) }
        case 22:
            handshake += body
            readMessages()
        // Behind change_cipher_spec and in application data all is encrypted.
        default: isOver = true
        }
    }

    private mutating func readMessages() {
        var position = 0
        while handshake.count - position >= 4 {
            let length = handshake[(position + 1)...(position + 3)].reduce(0) { $0 << 8 | Int($1) }
            guard handshake.count - position >= 4 + length else { break }
            switch handshake[position] {
            case 2: hasServerHello = true
            case 13: asksForCertificate = true
            case 14: asksForCertificate = asksForCertificate ?? false
            default: break
            }
            position += 4 + length
        }
        handshake.removeFirst(position)
    }
}
