// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyHandshake

// The last line of the traceback.
extension FailureContext {
    func pythonWebSockets(_ failure: ClientFailure) -> String {
        switch failure {
        case .scheme: return "InvalidURI: \(url) isn't a valid URI: scheme isn't ws or wss"
        case .fragment: return "InvalidURI: \(url) isn't a valid URI: fragment identifier is meaningless"
        case .proxy(let status?): return "InvalidProxyStatus: proxy rejected connection: HTTP \(status)"
        case .proxy(nil): return "InvalidProxyMessage: did not receive a valid HTTP response from proxy"
        case .connectTimedOut, .tlsTimedOut, .tooSlow, .silent:
            return "TimeoutError: timed out during opening handshake"
        case .closedUnanswered, .notHTTP, .answer(.http10, _), .answer(.bareLF, _), .answer(.missingReason, _),
            .answer(.malformedHead, _), .alert(116):
            return "InvalidMessage: did not receive a valid HTTP response"
        case .resetUnanswered, .notTLS: return "ConnectionResetError: [Errno 104] Connection reset by peer"
        case .status(let status, _): return "InvalidStatus: server rejected WebSocket connection: HTTP \(status)"
        case .redirect(let location) where location.hasPrefix("http"):
            return "InvalidURI: \(Redaction.target(location)) isn't a valid URI: scheme isn't ws or wss"
        case .redirect: return "SecurityError: Cross-origin WebSocket redirects are not allowed"
        case .answer(let defect, let value): return webSocketsDefect(defect, value)
        case .frame(let defect): return webSocketsFrame(defect)
        case .tooBig(let bytes):
            return "ConnectionClosedError: sent 1009 (message too big) frame with \(bytes) bytes exceeds limit of "
                + "\(messageLimit ?? 0) bytes; no close frame received"
        case .closed(let code, let reason):
            let text =
                "\(code.map(String.init) ?? "1005") (\(Self.closeName(code)))\(reason.isEmpty ? "" : " \(reason)")"
            let kind = code == 1000 || code == 1001 ? "ConnectionClosedOK" : "ConnectionClosedError"
            return "\(kind): received \(text); then sent \(text)"
        case .ended: return "ConnectionClosedError: no close frame received or sent"
        case .pingTimeout:
            return "ConnectionClosedError: sent 1011 (internal error) keepalive ping timeout; no close frame received"
        case .noEvent, .noEcho: return "TimeoutError (whoever waits for a message with a limit)"
        default: return pythonSocket(failure)
        }
    }

    /// What `socket` and `ssl` raise, whatever library is on top.
    private func pythonSocket(_ failure: ClientFailure) -> String {
        let ssl = "SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: "
        switch failure {
        case .noSuchName: return "gaierror: [Errno -2] Name or service not known"
        case .resolverFailed: return "gaierror: [Errno -3] Temporary failure in name resolution"
        case .refused: return "ConnectionRefusedError: [Errno 111] Connect call failed ('\(address)', \(port))"
        case .connectionReset, .tlsReset: return "ConnectionResetError: [Errno 104] Connection reset by peer"
        case .networkUnreachable: return "OSError: [Errno 101] Network is unreachable"
        case .hostUnreachable: return "OSError: [Errno 113] No route to host"
        case .certificate(let fault): return ssl + pythonCertificate(fault)
        case .alert(70): return "SSLError: [SSL: TLSV1_ALERT_PROTOCOL_VERSION] tlsv1 alert protocol version"
        case .alert(40): return "SSLError: [SSL: SSLV3_ALERT_HANDSHAKE_FAILURE] sslv3 alert handshake failure"
        case .alert(112): return "SSLError: [SSL: TLSV1_UNRECOGNIZED_NAME] tlsv1 unrecognized name"
        case .alert(116): return "SSLError: [SSL: TLSV13_ALERT_CERTIFICATE_REQUIRED] tlsv13 alert certificate required"
        case .alert(let number): return "SSLError: TLS alert \(number)"
        case .tlsClosed: return "SSLEOFError: [SSL: UNEXPECTED_EOF_WHILE_READING] EOF occurred in violation of protocol"
        case .notTLS: return "SSLError: [SSL: WRONG_VERSION_NUMBER] wrong version number"
        case .connectTimedOut, .tlsTimedOut: return "TimeoutError: timed out"
        default: return plain(failure)
        }
    }

    private func webSocketsDefect(_ defect: AnswerDefect, _ value: String) -> String {
        switch defect {
        case .missingUpgrade: "InvalidUpgrade: missing Upgrade header"
        case .otherUpgrade: "InvalidUpgrade: invalid Upgrade header: \(value)"
        case .missingConnection: "InvalidUpgrade: missing Connection header"
        case .otherConnection, .connectionList: "InvalidUpgrade: invalid Connection header: \(value)"
        case .missingAccept: "InvalidHeader: missing Sec-WebSocket-Accept header"
        case .repeatedAccept: "InvalidHeader: invalid Sec-WebSocket-Accept header: multiple values"
        case .wrongAccept, .acceptCase: "InvalidHeaderValue: invalid Sec-WebSocket-Accept header: \(value)"
        case .subprotocolUnoffered: "NegotiationError: no subprotocols supported"
        case .subprotocolList, .subprotocolRepeated:
            "InvalidHeader: invalid Sec-WebSocket-Protocol header: multiple values: \(value)"
        case .subprotocolOther, .subprotocolCase: "NegotiationError: unsupported subprotocol: \(value)"
        case .subprotocolEmpty, .subprotocolQuoted, .subprotocolMissing, .subprotocolSpaces:
            "InvalidHeaderFormat: invalid Sec-WebSocket-Protocol header: expected token in \(value)"
        case .extensionUnoffered, .deflateUnoffered:
            value.hasPrefix("permessage-deflate")
                ? "NegotiationError: no extensions supported" : "NegotiationError: unsupported extension: \(value)"
        case .extensionRepeated, .extensionParameters, .extensionParameterUnoffered, .smallClientWindow,
            .extensionEmpty:
            "NegotiationError: unsupported extension: \(value)"
        default: "InvalidMessage: did not receive a valid HTTP response"
        }
    }

    private func webSocketsFrame(_ defect: AnswerDefect) -> String {
        let what =
            switch defect {
            case .maskedFrames: "1002 (protocol error) incorrect masking"
            case .reservedBits, .badCompression, .textForFrames: "1002 (protocol error) reserved bits must be 0"
            case .reservedOpcode: "1002 (protocol error) invalid opcode"
            case .strayContinuation: "1002 (protocol error) unexpected continuation frame"
            case .longControlFrame: "1002 (protocol error) control frame too long"
            case .fragmentedControlFrame: "1002 (protocol error) fragmented control frame"
            case .invalidUTF8, .invalidCloseReason: "1007 (invalid frame payload data) invalid start byte at position 0"
            case .invalidCloseCode: "1002 (protocol error) invalid close status code"
            default: "1002 (protocol error)"
            }
        return "ConnectionClosedError: sent \(what); no close frame received"
    }

    /// Names as the library prints them (RFC 6455 section 7.4.1).
    private static func closeName(_ code: Int?) -> String {
        switch code {
        case 1000: "OK"
        case 1001: "going away"
        case 1002: "protocol error"
        case 1003: "unsupported data"
        case nil, 1005: "no status received [internal]"
        case 1007: "invalid frame payload data"
        case 1008: "policy violation"
        case 1009: "message too big"
        case 1011: "internal error"
        case 1012: "service restart"
        case 1013: "try again later"
        case .some(3000...3999): "registered"
        case .some(4000...4999): "private use"
        default: "unknown"
        }
    }

    private func pythonCertificate(_ fault: Exchange.CertificateFault) -> String {
        switch fault {
        case .expired: "certificate has expired"
        case .notYetValid: "certificate is not yet valid"
        case .selfSigned: "self-signed certificate"
        case .unknownAuthority, .missingIntermediate: "unable to get local issuer certificate"
        case .nameMismatch, .commonNameOnly: "Hostname mismatch, certificate is not valid for '\(host)'."
        case .addressNotNamed: "IP address mismatch, certificate is not valid for '\(host)'."
        case .wrongPurpose: "unsuitable certificate purpose"
        case .weakKey: "EE certificate key too weak"
        case .weakSignature: "CA signature digest algorithm too weak"
        case .brokenSignature: "certificate signature failure"
        case .revoked: "certificate revoked"
        }
    }

    func aiohttp(_ failure: ClientFailure) -> String {
        let connector = "Cannot connect to host \(authority) ssl:default"
        let handshake = { (status: Int, message: String) in
            "WSServerHandshakeError: \(status), message='\(message)', url='\(url)'"
        }
        switch failure {
        case .noSuchName: return "ClientConnectorDNSError: \(connector) [Name or service not known]"
        case .resolverFailed:
            return "ClientConnectorDNSError: \(connector) [Temporary failure in name resolution]"
        case .refused: return "ClientConnectorError: \(connector) [Connect call failed ('\(address)', \(port))]"
        case .certificate: return "ClientConnectorCertificateError: \(connector) [\(pythonSocket(failure))]"
        case .networkUnreachable, .hostUnreachable, .connectionReset, .tlsClosed, .tlsReset, .notTLS, .alert, .tls:
            return "ClientConnectorError: \(connector) [\(pythonSocket(failure))]"
        case .closedUnanswered: return "ServerDisconnectedError: Server disconnected"
        case .resetUnanswered: return "ClientOSError: [Errno 104] Connection reset by peer"
        case .notHTTP: return "ClientResponseError: 400, message='Bad status line'"
        case .connectTimedOut, .tlsTimedOut, .tooSlow, .silent: return "TimeoutError (after \(limit ?? 300) s)"
        case .status(let status, _): return handshake(status, "Invalid response status")
        case .answer(.missingUpgrade, _), .answer(.otherUpgrade, _): return handshake(101, "Invalid upgrade header")
        case .answer(.missingConnection, _), .answer(.otherConnection, _), .answer(.connectionList, _):
            return handshake(101, "Invalid connection header")
        case .answer: return handshake(101, "Invalid challenge response")
        case .closed(let code, let reason):
            return "WSMessage(type=<WSMsgType.CLOSE: 8>, data=\(code ?? 1005), extra='\(reason)')"
        case .frame: return "WSMessage(type=<WSMsgType.ERROR: 258>), close code 1002"
        case .tooBig(let bytes): return "Message size \(bytes) exceeds limit \(messageLimit ?? 0), close code 1009"
        case .ended: return "WSMessage(type=<WSMsgType.CLOSED: 257>), close code 1006"
        default: return plain(failure)
        }
    }

    func webSocketClient(_ failure: ClientFailure) -> String {
        switch failure {
        case .scheme(let scheme): return "ValueError: scheme \(scheme) is invalid"
        case .noSuchName: return "WebSocketAddressException: [Errno -2] Name or service not known"
        case .resolverFailed: return "WebSocketAddressException: [Errno -3] Temporary failure in name resolution"
        case .refused: return "ConnectionRefusedError: [Errno 111] Connection refused"
        case .proxy(let status):
            return "WebSocketProxyException: failed CONNECT via proxy status: \(status.map(String.init) ?? "None")"
        case .status(let status, let reason):
            return "WebSocketBadStatusException: Handshake status \(status) \(reason)"
        case .redirect(let location):
            return "WebSocketException: Invalid redirect target '\(Redaction.target(location))': scheme http is invalid"
        case .answer: return "WebSocketException: Invalid WebSocket Header"
        case .closedUnanswered: return "WebSocketConnectionClosedException: Connection to remote host was lost."
        case .resetUnanswered: return "ConnectionResetError: [Errno 104] Connection reset by peer"
        case .frame(.textForFrames): return "opens, and nothing arrives"
        case .frame(.reservedOpcode): return "WebSocketProtocolException: Invalid opcode"
        case .frame(.strayContinuation): return "WebSocketProtocolException: Illegal frame"
        case .frame(.invalidUTF8): return "WebSocketPayloadException: cannot decode"
        case .frame(.invalidCloseCode): return "WebSocketProtocolException: Invalid close opcode."
        case .frame: return "WebSocketProtocolException: rsv is not implemented, yet"
        case .ended: return "WebSocketConnectionClosedException: Connection to remote host was lost."
        case .noEvent, .noEcho: return "WebSocketTimeoutException: Connection timed out"
        default: return pythonSocket(failure)
        }
    }
}
