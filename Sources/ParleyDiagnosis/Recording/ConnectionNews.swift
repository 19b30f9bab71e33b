// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// Something that happened on a connection that is being recorded, without secrets.
package enum ConnectionNews: Sendable, Equatable {
    case request(Exchange.Request)
    /// What the client sent first is no request.
    case notHTTP(Bytes, isTLSHello: Bool)
    case answer(Exchange.Response)
    case frame(Conversation.Frame, fromClient: Bool)
    /// A rule of RFC 6455 that was broken, as a ``ParleyWebSocket/Violation`` code.
    case violation(String, byClient: Bool)
    /// The server could not be reached.
    case unreachable(Exchange)
    case ended(Exchange.End, byClient: Bool)

    /// Longest piece of a payload in a line, in characters.
    private static let longestPayload = 80

    /// In one line for people: `>` comes from the client, `<` from the server, `*` is a remark.
    package var line: String {
        switch self {
        case .request(let request):
            let offered = request.subprotocols
            let offer = offered.isEmpty ? "" : ", offers \(offered.joined(separator: ", "))"
            return Self.oneLine("> \(request.method) \(request.target) HTTP/\(request.version)\(offer)")
        case .notHTTP(_, isTLSHello: true):
            return "> TLS hello: the client's URL says wss://, this port speaks ws://"
        case .notHTTP(let bytes, isTLSHello: false):
            return Self.oneLine("> no HTTP, \(bytes.count) bytes: \(bytes.text.prefix(Self.longestPayload))")
        case .answer(let response):
            guard let version = response.version else {
                return Self.oneLine("< no HTTP: \(response.body.text.prefix(Self.longestPayload))")
            }
            let chosen = response.headers.first("Sec-WebSocket-Protocol").map { ", subprotocol \($0)" } ?? ""
            return Self.oneLine("< HTTP/\(version) \(response.status) \(response.reason)\(chosen)")
        case .frame(let frame, let fromClient):
            return Self.oneLine("\(fromClient ? ">" : "<") \(frame.words(Self.longestPayload))")
        case .violation(let code, let byClient):
            return "* the \(byClient ? "client" : "server") breaks the protocol: \(code)"
        case .unreachable(let exchange):
            return Self.oneLine("* the server cannot be reached: \(ExchangeSummary(exchange, of: .tap).text.en)")
        case .ended(let end, let byClient):
            let side = byClient ? "client" : "server"
            switch end.kind {
            case .closed: return "* the \(side) ends the connection after \(end.atMS) ms"
            case .reset: return "* the \(side) resets the connection after \(end.atMS) ms"
            case .timedOut, .enough: return "* still open after \(end.atMS) ms"
            }
        }
    }

    private static func oneLine(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline).joined(separator: " ")
    }
}

extension Exchange.Request {
    /// The fields one by one for people, in the order and spelling of the wire.
    package var fieldLines: [String] {
        headers.map { header in
            ">   \(header.name): \(header.value)".split(whereSeparator: \.isNewline).joined(separator: " ")
        }
    }
}
