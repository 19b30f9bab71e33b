// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyDiagnosis
import ParleyWebSocket

/// Bytes of a connection, for recorders.
enum Wires {
    static let key = "dGhlIHNhbXBsZSBub25jZQ=="
    static let secret = "planted.Secret-0123456789"

    static func request(
        _ target: String = "/v1/realtime?model=m",
        version: String = "1.1",
        _ fields: [String] = ["Authorization: Bearer \(secret)"]
    ) -> [UInt8] {
        let lines =
            [
                "GET \(target) HTTP/\(version)", "Host: 127.0.0.1:9001", "Upgrade: websocket", "Connection: Upgrade",
                "Sec-WebSocket-Key: \(key)", "Sec-WebSocket-Version: 13",
            ] + fields
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
    }

    static func answer(_ fields: [String] = []) -> [UInt8] {
        let lines =
            [
                "HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade",
                "Sec-WebSocket-Accept: \(AcceptKey.value(for: key))",
            ] + fields
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
    }

    /// A frame shorter than 126 bytes.
    static func frame(_ first: UInt8, _ payload: [UInt8], masked: Bool = false) -> [UInt8] {
        let mask: [UInt8] = [1, 2, 3, 4]
        guard masked else { return [first, UInt8(payload.count)] + payload }
        return [first, 0x80 | UInt8(payload.count)] + mask + payload.enumerated().map { $1 ^ mask[$0 & 3] }
    }

    static func text(_ text: String, masked: Bool = false) -> [UInt8] { frame(0x81, Array(text.utf8), masked: masked) }

    static func close(_ code: UInt16, _ reason: String = "", masked: Bool = false) -> [UInt8] {
        frame(0x88, [UInt8(code >> 8), UInt8(code & 0xFF)] + Array(reason.utf8), masked: masked)
    }

    /// What both sides say, each piece with its side and time.
    struct Piece {
        let bytes: [UInt8]
        let isClients: Bool
        let atMS: Int
    }

    static func client(_ bytes: [UInt8], at atMS: Int = 0) -> Piece { Piece(bytes: bytes, isClients: true, atMS: atMS) }
    static func server(_ bytes: [UInt8], at atMS: Int = 0) -> Piece {
        Piece(bytes: bytes, isClients: false, atMS: atMS)
    }

    /// Feeds a recorder, each piece cut into parts of `size` bytes.
    static func record(
        _ pieces: [Piece],
        size: Int = .max,
        question: Question = Question(url: "ws://127.0.0.1:9001/v1/realtime")
    ) -> (recorder: ConnectionRecorder, news: [ConnectionNews]) {
        var recorder = ConnectionRecorder(question)
        var news: [ConnectionNews] = []
        for piece in pieces {
            var rest = piece.bytes[...]
            while !rest.isEmpty {
                let part = rest.prefix(size)
                rest = rest.dropFirst(part.count)
                news +=
                    piece.isClients
                    ? recorder.clientSent(part, atMS: piece.atMS)
                    : recorder.serverSent(part, atMS: piece.atMS)
            }
        }
        return (recorder, news)
    }
}
