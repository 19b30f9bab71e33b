// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

// Errors of Go: `net`, `crypto/x509`, and the two libraries.
extension FailureContext {
    func gorilla(_ failure: ClientFailure) -> String {
        switch failure {
        case .scheme: "malformed ws or wss URL"
        case .answer(.extensionUnoffered, _), .answer(.deflateUnoffered, _), .answer(.extensionParameters, _):
            "websocket: invalid compression negotiation"
        case .status, .answer: "websocket: bad handshake"
        case .frame(.maskedFrames): "websocket: bad MASK"
        case .frame(.reservedBits), .frame(.badCompression), .frame(.textForFrames):
            "websocket: RSV1 set, RSV2 set, RSV3 set"
        case .frame(.reservedOpcode): "websocket: bad opcode"
        case .frame(.strayContinuation): "websocket: continuation after FIN"
        case .frame(.invalidCloseCode): "websocket: bad close code"
        case .frame(.invalidCloseReason): "websocket: invalid UTF-8 payload in close frame"
        case .frame: "websocket: len > 125 for control"
        case .closed(let code, let reason):
            "websocket: close \(code ?? 1005)" + (code == 1011 ? " (internal server error)" : "")
                + (reason.isEmpty ? "" : ": \(reason)")
        case .ended: "websocket: close 1006 (abnormal closure): unexpected EOF"
        case .noEvent, .noEcho: "read tcp \(peer): i/o timeout"
        default: goNetwork(failure)
        }
    }

    func coder(_ failure: ClientFailure) -> String {
        let dial = "failed to WebSocket dial: "
        switch failure {
        case .status(let status, _):
            return dial + "expected handshake response status code 101 but got \(status)"
        case .answer(let defect, let value):
            switch defect {
            case .missingConnection, .otherConnection, .connectionList:
                return dial + "WebSocket protocol violation: Connection header \"\(value)\" does not contain Upgrade"
            case .missingUpgrade, .otherUpgrade:
                return dial + "WebSocket protocol violation: Upgrade header \"\(value)\" does not contain websocket"
            case .missingAccept, .wrongAccept, .acceptCase, .repeatedAccept:
                return dial + "WebSocket protocol violation: invalid Sec-WebSocket-Accept \"\(value)\""
            case .extensionUnoffered, .deflateUnoffered, .extensionParameters, .extensionRepeated,
                .extensionParameterUnoffered, .smallClientWindow, .extensionEmpty:
                return dial + "WebSocket protocol violation: unsupported extensions from server: [\(value)]"
            default:
                return dial
                    + "WebSocket protocol violation: unexpected Sec-WebSocket-Protocol from server: \"\(value)\""
            }
        case .frame(.maskedFrames): return "failed to read frame header: received masked frame from server"
        case .frame(let defect): return "failed to read: protocol error (\(defect.rawValue))"
        case .tooBig: return "failed to read: read limited at \((messageLimit ?? 0) + 1) bytes"
        case .closed(let code, let reason):
            return "failed to get reader: received close frame: status = \(code ?? 1005) and reason = \"\(reason)\""
        case .ended: return "failed to get reader: failed to read frame header: EOF"
        case .noEvent, .noEcho: return "failed to get reader: context deadline exceeded"
        case .errorEvent, .wrongEvent: return plain(failure)
        default: return dial + "failed to send handshake request: Get \"\(url)\": \(goNetwork(failure))"
        }
    }

    private func goNetwork(_ failure: ClientFailure) -> String {
        let dial = "dial tcp \(peer): "
        switch failure {
        case .noSuchName: return "dial tcp: lookup \(host): no such host"
        case .resolverFailed: return "dial tcp: lookup \(host): server misbehaving"
        case .refused: return dial + "connect: connection refused"
        case .connectionReset, .resetUnanswered, .tlsReset: return "read tcp \(peer): read: connection reset by peer"
        case .networkUnreachable: return dial + "connect: network is unreachable"
        case .hostUnreachable: return dial + "connect: no route to host"
        case .connectTimedOut, .tooSlow, .silent, .tlsTimedOut: return dial + "i/o timeout"
        case .proxy(let status): return status == 407 ? "Proxy Authentication Required" : "proxy refused CONNECT"
        case .closedUnanswered: return "unexpected EOF"
        case .tlsClosed: return "EOF"
        case .notTLS: return "tls: first record does not look like a TLS handshake"
        case .alert(116): return "remote error: tls: certificate required"
        case .alert(70): return "remote error: tls: protocol version not supported"
        case .alert(112): return "remote error: tls: unrecognized name"
        case .alert(40): return "remote error: tls: handshake failure"
        case .notHTTP: return "malformed HTTP response"
        case .certificate(let fault):
            switch fault {
            case .expired, .notYetValid: return "x509: certificate has expired or is not yet valid"
            case .selfSigned, .unknownAuthority, .missingIntermediate:
                return "x509: certificate signed by unknown authority"
            case .nameMismatch: return "x509: certificate is valid for other names, not \(host)"
            case .addressNotNamed:
                return "x509: cannot validate certificate for \(host) because it doesn't contain any IP SANs"
            case .commonNameOnly:
                return "x509: certificate relies on legacy Common Name field, use SANs instead"
            case .wrongPurpose: return "x509: certificate specifies an incompatible key usage"
            case .weakSignature: return "x509: cannot verify signature: insecure algorithm"
            case .weakKey, .brokenSignature, .revoked: return "x509: \(fault.words)"
            }
        default: return plain(failure)
        }
    }

    func tungstenite(_ failure: ClientFailure) -> String {
        let violation = "WebSocket protocol error: "
        switch failure {
        case .scheme: return "URL error: URL scheme not supported"
        case .noSuchName, .resolverFailed: return "IO error: failed to lookup address information"
        case .refused: return "IO error: Connection refused (os error 111)"
        case .connectionReset, .resetUnanswered, .tlsReset: return "IO error: Connection reset by peer (os error 104)"
        case .hostUnreachable: return "IO error: No route to host (os error 113)"
        case .networkUnreachable: return "IO error: Network is unreachable (os error 101)"
        case .connectTimedOut: return "IO error: Connection timed out (os error 110)"
        case .certificate(let fault): return "TLS error: invalid peer certificate: \(fault.words)"
        case .status(let status, let reason): return "HTTP error: \(status) \(reason)"
        case .closedUnanswered: return violation + "Handshake not finished"
        case .notHTTP: return violation + "httparse error: invalid HTTP version"
        case .answer(let defect, _):
            switch defect {
            case .missingUpgrade, .otherUpgrade: return violation + "No \"Upgrade: websocket\" header"
            case .missingConnection, .otherConnection, .connectionList:
                return violation + "No \"Connection: upgrade\" header"
            case .missingAccept, .wrongAccept, .acceptCase, .repeatedAccept:
                return violation + "Key mismatch in \"Sec-WebSocket-Accept\" header"
            case .subprotocolMissing: return violation + "SubProtocol error: Server sent no subprotocol"
            case .subprotocolUnoffered:
                return violation + "SubProtocol error: Server sent a subprotocol but none was requested"
            case .http10: return violation + "HTTP version must be 1.1 or higher"
            default: return violation + "SubProtocol error: Server sent an invalid subprotocol"
            }
        case .frame(.reservedBits), .frame(.textForFrames), .frame(.badCompression):
            return violation + "Reserved bits are non-zero"
        case .frame(.maskedFrames): return violation + "Received a masked frame from server"
        case .frame(.invalidUTF8): return "UTF-8 encoding error"
        case .frame: return violation + "Invalid frame"
        case .ended: return violation + "Connection reset without closing handshake"
        default: return plain(failure)
        }
    }
}
