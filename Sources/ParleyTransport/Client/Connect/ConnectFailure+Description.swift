// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyHandshake

extension ConnectFailure: CustomStringConvertible {
    package var description: String {
        let target = "\(url.scheme.rawValue)://\(url.hostHeader)\(Redaction.target(url.target))"
        return "Cannot open \(target): \(sentence) \(advice)"
    }

    /// Who is spoken to where the failure may be on either side of a proxy.
    private var peer: String {
        guard let proxy, phase == .resolve || phase == .connect || phase == .proxy else { return url.authority }
        return "the proxy \(proxy)"
    }

    /// What happened.
    package var sentence: String {
        switch cause {
        case .subprotocolInvalid(let text):
            "The subprotocol '\(Redaction.subprotocol(text))' is no token or is offered twice (RFC 6455 section 4.1)."
        case .eventLoopUnsuitable: "The event loop cannot make TCP connections."
        case .dns(let text): "The name of \(peer) was not resolved: \(text)."
        case .addressInvalid(let text): "'\(text)', given as the address of \(peer), is no IP address."
        case .refused: "\(peer) refused the TCP connection."
        case .unreachable(let text): "\(peer) could not be reached: \(text)."
        case .timedOut: "The time was over while \(waiting)."
        case .cancelled: "The attempt was cancelled."
        case .proxyRefused(let status, _, let body):
            "\(peer) answered \(status) instead of making a tunnel\(Self.quoted(body))."
        case .tlsUnusable(let text): "TLS cannot be set up: \(text)."
        case .notTLS(let bytes): "\(peer) answered the TLS hello with something else\(Self.quoted(bytes))."
        case .certificateUntrusted(let why):
            "The certificate of \(peer) is not trusted\(why.map { ": \($0.sentence)" } ?? "")."
        case .certificateNameMismatch(let text): "The certificate of \(peer) is for \(text)."
        case .tls(let text): "TLS with \(peer) failed: \(text)."
        case .closedBeforeAnswer(let bytes): "\(peer) ended the connection before its answer\(Self.quoted(bytes))."
        case .reset(let bytes): "\(peer) reset the connection before its answer\(Self.quoted(bytes))."
        case .transport(let text): "The connection to \(peer) broke: \(text)."
        case .notHTTP(let bytes): "\(peer) answered something that is not HTTP\(Self.quoted(bytes))."
        case .headMalformed(let line): "A line of the answer of \(peer) is not HTTP/1.1: '\(Redaction.text(line))'."
        case .headTooLarge(let limit): "The answer of \(peer) has more than \(limit) bytes of fields."
        case .status(let code, _, let body):
            "\(peer) answered \(code) instead of 101 Switching Protocols\(Self.quoted(body))."
        case .upgradeMissing: "The 101 of \(peer) has no Upgrade field."
        case .upgradeOther(let value): "The 101 of \(peer) upgrades to '\(value)', not to websocket."
        case .connectionMissing: "The 101 of \(peer) has no Connection field."
        case .connectionOther(let value): "The Connection field of the 101 of \(peer) is '\(value)', without Upgrade."
        case .acceptMissing: "The 101 of \(peer) has no Sec-WebSocket-Accept."
        case .acceptWrong: "The Sec-WebSocket-Accept of \(peer) does not belong to the key that was sent."
        case .extensionNotOffered(let name): "\(peer) accepted the extension '\(name)', which was not offered."
        case .compressionMisunderstood(let fault): "\(peer) answers the offer to compress wrongly: \(fault)."
        case .subprotocolNotOffered(let name):
            "\(peer) chose the subprotocol '\(Redaction.subprotocol(name))', which was not offered."
        case .subprotocolRepeated: "\(peer) answered with more than one Sec-WebSocket-Protocol field."
        case .subprotocolMissing: "\(peer) chose none of the offered subprotocols."
        }
    }

    /// What to do about it.
    package var advice: String {
        switch cause {
        case .subprotocolInvalid: "Offer each once, without spaces, '/', '=', '@' or characters outside ASCII."
        case .eventLoopUnsuitable: "Use a MultiThreadedEventLoopGroup."
        case .dns, .addressInvalid: "Check the spelling, the resolver and any entry that overrides the name."
        case .refused: "Start the server, and check the port, its listening address and the firewall."
        case .unreachable: "Check the network, VPN, routes and firewall, and whether a proxy is needed."
        case .timedOut: timeoutAdvice
        case .cancelled: "Nothing is wrong."
        case .proxyRefused(status: 407, _, _): "Put the proxy's user and password into its URL."
        case .proxyRefused: "Ask for CONNECT to \(url.authority) to be allowed, or list the host in NO_PROXY."
        case .tlsUnusable: "Correct the TLS settings or the file they name."
        case .notTLS: "The port most likely serves without TLS: use ws://, or the port that serves wss://."
        case .certificateUntrusted: "Trust the authority that signed it, send the whole chain, or renew it."
        case .certificateNameMismatch: "Use a name that the certificate lists, or one made for this name."
        case .tls:
            "Check that the port serves TLS, and that both sides have a version (1.2 or 1.3) and a cipher in common."
        case .closedBeforeAnswer, .reset, .transport: "Look into the log of the server and of any proxy in front."
        case .notHTTP(let bytes): Self.isTLS(bytes) ? "The port serves TLS: use wss://." : "Check host and port."
        case .headMalformed: "Check that host and port belong to an HTTP server."
        case .headTooLarge: "Look for a loop of proxies or cookies that pile up in front of the server."
        case .status(let code, _, _): Self.advice(forStatus: code)
        case .upgradeMissing, .upgradeOther, .connectionMissing, .connectionOther:
            "A proxy in front most likely rewrites these fields: let it pass Upgrade and Connection on."
        case .acceptMissing, .acceptWrong:
            "Look for a cache or proxy that repeats an old answer, or correct the server's computation."
        case .extensionNotOffered: "Let the server accept only extensions that the client offers."
        case .compressionMisunderstood: "Let the server answer as RFC 7692 says, or connect without compression."
        case .subprotocolNotOffered, .subprotocolRepeated:
            "Let the server answer with exactly one of the offered subprotocols, or with none if none was offered."
        case .subprotocolMissing: "Let the server choose one of those the client offers."
        }
    }

    private var waiting: String {
        switch phase {
        case .url, .resolve: "the name of \(peer) was looked up"
        case .connect: "TCP was opened to \(peer)"
        case .proxy: "\(peer) was to make a tunnel"
        case .tls: "TLS was negotiated with \(peer)"
        case .send: "the request was written"
        case .answer, .checks: "\(peer) was to answer"
        }
    }

    private var timeoutAdvice: String {
        switch phase {
        case .url, .resolve: "Check the resolver."
        case .connect: "Check the address and whether a firewall drops the packets."
        case .proxy: "Check that this is an HTTP proxy and that it reaches the server."
        case .tls: "The port may serve without TLS: try ws://."
        case .send, .answer, .checks:
            timeline.responseHead.isEmpty
                ? "Check the path: a server that knows no WebSocket there may stay silent."
                : "The answer began but did not end: look for a proxy that holds it back."
        }
    }

    private static func advice(forStatus code: Int) -> String {
        switch code {
        case 300..<400: "Open the address it redirects to; WebSockets do not follow redirects."
        case 401: "Send credentials the server takes."
        case 403: "Check the credentials, the Origin and the rules of any proxy in front."
        case 404: "Check the path, and that a proxy in front passes it on."
        case 426: "Check that a proxy in front passes Upgrade and Connection on."
        case 429, 503: "Try again later."
        case 500...: "Look into the log of the server and of any proxy in front."
        default: "Check that the path serves WebSockets."
        }
    }

    private static func isTLS(_ bytes: [UInt8]) -> Bool {
        bytes.starts(with: [0x15, 3]) || bytes.starts(with: [0x16, 3])
    }

    /// The beginning of what came, fit for one line.
    private static func quoted(_ bytes: [UInt8]) -> String {
        guard !bytes.isEmpty else { return "" }
        let shown = bytes.prefix(200).map { (0x20...0x7E).contains($0) ? $0 : UInt8(ascii: ".") }
        return ": '\(Redaction.text(String(decoding: shown, as: UTF8.self)))'"
    }
}
