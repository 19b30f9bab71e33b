// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

// Exceptions of the JDK, of OkHttp and of .NET, errors of Apple's.
extension FailureContext {
    func java(_ failure: ClientFailure) -> String {
        let check = "WebSocketHandshakeException, caused by CheckFailedException: "
        switch failure {
        case .scheme(let scheme): return "IllegalArgumentException: invalid URI scheme \(scheme)"
        case .noSuchName, .resolverFailed: return "ConnectException, caused by UnresolvedAddressException"
        case .refused: return "ConnectException: Connection refused"
        case .connectTimedOut: return "HttpConnectTimeoutException: HTTP connect timed out"
        case .certificate(.expired): return "SSLHandshakeException: NotAfter: the certificate has expired"
        case .certificate(.nameMismatch), .certificate(.addressNotNamed):
            return "SSLHandshakeException: No name matching \(host) found"
        case .certificate:
            return "SSLHandshakeException: PKIX path building failed: unable to find valid certification path to "
                + "requested target"
        case .status: return "WebSocketHandshakeException: null (the status is in getResponse())"
        case .closedUnanswered: return "IOException: HTTP/1.1 header parser received no bytes"
        case .resetUnanswered, .connectionReset, .tlsReset: return "IOException: Connection reset"
        case .notHTTP: return "ProtocolException: Invalid status line"
        case .answer(let defect, let value):
            switch defect {
            case .missingUpgrade, .otherUpgrade: return check + "Bad response field: Upgrade: \(value)"
            case .missingConnection, .otherConnection, .connectionList:
                return check + "Bad response field: Connection: \(value)"
            case .missingAccept, .wrongAccept, .acceptCase: return check + "Bad Sec-WebSocket-Accept"
            case .subprotocolList, .subprotocolRepeated, .repeatedAccept:
                return check + "Response field multivalued: \(value)"
            case .extensionUnoffered, .deflateUnoffered, .extensionEmpty, .extensionParameters, .extensionRepeated,
                .extensionParameterUnoffered, .smallClientWindow:
                return check + "Unexpected extensions: \(value)"
            case .chunked: return "IOException while reading the answer (Transfer-Encoding in a 101)"
            default: return check + "Unexpected subprotocol: \(value)"
            }
        case .frame(let defect): return "onError: ProtocolException (\(defect.rawValue))"
        case .closed(let code, let reason): return "onClose: \(code ?? 1005) \(reason)"
        case .ended: return "onClose: 1006"
        default: return plain(failure)
        }
    }

    func okHTTP(_ failure: ClientFailure) -> String {
        switch failure {
        case .noSuchName, .resolverFailed:
            return "UnknownHostException: Unable to resolve host \"\(host)\": No address associated with hostname"
        case .refused: return "ConnectException: Failed to connect to /\(peer)"
        case .connectTimedOut, .tooSlow, .silent: return "SocketTimeoutException: failed to connect to /\(peer)"
        case .certificate(.nameMismatch), .certificate(.addressNotNamed), .certificate(.commonNameOnly):
            return "SSLPeerUnverifiedException: Hostname \(host) not verified"
        case .certificate: return "SSLHandshakeException: Trust anchor for certification path not found."
        case .closedUnanswered: return "IOException: unexpected end of stream on \(url)"
        case .status(let status, let reason):
            return "ProtocolException: Expected HTTP 101 response but was '\(status) \(reason)'"
        case .answer(let defect, let value):
            switch defect {
            case .missingConnection, .otherConnection, .connectionList:
                return "ProtocolException: Expected 'Connection' header value 'Upgrade' but was "
                    + "'\(value.isEmpty ? "null" : value)'"
            case .missingUpgrade, .otherUpgrade:
                return "ProtocolException: Expected 'Upgrade' header value 'websocket' but was "
                    + "'\(value.isEmpty ? "null" : value)'"
            case .missingAccept, .wrongAccept, .acceptCase:
                return "ProtocolException: Expected 'Sec-WebSocket-Accept' header value of its own but was '\(value)'"
            default: return "closes with 1010: unexpected Sec-WebSocket-Extensions in response header"
            }
        case .frame(.maskedFrames): return "ProtocolException: Server-sent frames must not be masked."
        case .frame(.reservedBits), .frame(.badCompression), .frame(.textForFrames):
            return "ProtocolException: Unexpected rsv1 flag"
        case .frame(.reservedOpcode): return "ProtocolException: Unknown opcode"
        case .frame: return "ProtocolException"
        case .ended: return "EOFException"
        default: return plain(failure)
        }
    }

    func dotNet(_ failure: ClientFailure) -> String {
        let connect = "WebSocketException: Unable to connect to the remote server"
        switch failure {
        case .scheme: return "ArgumentException: Only Uris starting with 'ws://' or 'wss://' are supported."
        case .status(let status, _):
            return
                "WebSocketException: The server returned status code '\(status)' when status code '101' was expected."
        case .answer(let defect, let value):
            switch defect {
            case .missingConnection, .missingUpgrade, .missingAccept:
                return "WebSocketException: The server's response is missing a required header (\(defect.rawValue))"
            case .otherConnection, .connectionList:
                return "WebSocketException: The 'Connection' header value '\(value)' is invalid."
            case .otherUpgrade: return "WebSocketException: The 'Upgrade' header value '\(value)' is invalid."
            case .wrongAccept, .acceptCase, .repeatedAccept:
                return "WebSocketException: The 'Sec-WebSocket-Accept' header value '\(value)' is invalid."
            default:
                return "WebSocketException: The WebSocket client requested other protocols, "
                    + "but server is only accepting '\(value)' protocol(s)."
            }
        case .certificate:
            return connect + " (AuthenticationException: The remote certificate is invalid: \(plain(failure)))"
        case .ended, .frame:
            return "WebSocketException: The remote party closed the WebSocket connection without completing the close "
                + "handshake."
        case .closed, .errorEvent, .noEvent, .noEcho, .wrongEvent, .tooBig, .pingTimeout: return plain(failure)
        default: return connect + " (\(plain(failure)))"
        }
    }

    func urlSession(_ failure: ClientFailure) -> String {
        switch failure {
        case .scheme: return "NSURLErrorDomain -1002 unsupported URL"
        case .noSuchName, .resolverFailed:
            return "NSURLErrorDomain -1003 A server with the specified hostname could not be found."
        case .refused, .networkUnreachable, .hostUnreachable, .connectionReset:
            return "NSURLErrorDomain -1004 Could not connect to the server."
        case .connectTimedOut, .tooSlow, .silent, .tlsTimedOut: return "NSURLErrorDomain -1001 The request timed out."
        case .closedUnanswered, .resetUnanswered, .tlsClosed, .tlsReset, .ended:
            return "NSURLErrorDomain -1005 The network connection was lost."
        case .certificate(.selfSigned), .certificate(.unknownAuthority), .certificate(.missingIntermediate):
            return "NSURLErrorDomain -1202 The certificate for this server is invalid."
        case .certificate, .alert, .notTLS, .tls:
            return
                "NSURLErrorDomain -1200 An SSL error has occurred and a secure connection to the server cannot be made."
        case .status, .answer, .notHTTP: return "NSURLErrorDomain -1011 There was a bad response from the server."
        case .frame: return "NSPOSIXErrorDomain 100 Protocol error"
        case .tooBig: return "NSPOSIXErrorDomain 40 Message too long"
        default: return plain(failure)
        }
    }
}
