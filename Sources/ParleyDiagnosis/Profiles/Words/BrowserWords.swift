// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyHandshake
internal import ParleyWebSocket

// Chromium's console (net/websockets), and what the page's script sees.
extension FailureContext {
    func chromium(_ failure: ClientFailure) -> String {
        switch failure {
        case .scheme(let scheme):
            return "SyntaxError: Failed to construct 'WebSocket': The URL's scheme must be either 'http', 'https', "
                + "'ws', or 'wss'. '\(scheme)' is not allowed."
        case .fragment(let fragment):
            return "SyntaxError: Failed to construct 'WebSocket': The URL contains a fragment identifier "
                + "('\(fragment)'). Fragment identifiers are not allowed in WebSocket URLs."
        case .subprotocolToken(let token):
            return "SyntaxError: Failed to construct 'WebSocket': "
                + "The subprotocol '\(Redaction.subprotocol(token))' is invalid."
        case .mixedContent:
            return "SecurityError: Failed to construct 'WebSocket': "
                + "An insecure WebSocket connection may not be initiated from a page loaded over HTTPS."
        case .contentPolicy(let directive):
            return "Connecting to '\(url)' violates the following Content Security Policy directive: \"\(directive)\". "
                + "The action has been blocked."
        case .errorEvent, .noEvent, .wrongEvent, .noEcho, .needsSecureScheme: return plain(failure)
        case .closed(let code?, let reason):
            return "close \(code)" + (reason.isEmpty ? "" : " (\(reason))")
        case .closed(nil, _): return "close 1005"
        case .ended, .pingTimeout: return "close 1006"
        default:
            return
                "WebSocket connection to '\(url)' failed: \(chromiumConsole(failure)) (the page sees close 1006 only)"
        }
    }

    private func chromiumConsole(_ failure: ClientFailure) -> String {
        let handshake = "Error during WebSocket handshake: "
        switch failure {
        case .proxy(407): return "Proxy authentication failed"
        case .proxy: return "Establishing a tunnel via proxy server failed."
        case .closedUnanswered: return "Connection closed before receiving a handshake response"
        case .notHTTP: return handshake + "net::ERR_INVALID_HTTP_RESPONSE"
        case .tooSlow, .silent: return "WebSocket opening handshake timed out, after 240 s in which the page waits"
        case .alert(116): return "WebSocket opening handshake was canceled"
        case .status(401, _): return "HTTP Authentication failed; no valid credentials available"
        case .status(407, _): return handshake + "net::ERR_UNEXPECTED_PROXY_AUTH"
        case .status(let status, _): return handshake + "Unexpected response code: \(status)"
        case .answer(let defect, let value): return handshake + chromiumDefect(defect, value)
        case .frame(let defect): return chromiumFrame(defect)
        default: return "Error in connection establishment: net::\(chromiumError(failure))"
        }
    }

    private func chromiumError(_ failure: ClientFailure) -> String {
        switch failure {
        case .blockedPort: "ERR_UNSAFE_PORT"
        case .localNetwork: "ERR_BLOCKED_BY_LOCAL_NETWORK_ACCESS_CHECKS"
        case .noSuchName, .resolverFailed: "ERR_NAME_NOT_RESOLVED"
        case .refused: "ERR_CONNECTION_REFUSED"
        case .connectionReset, .resetUnanswered, .tlsReset: "ERR_CONNECTION_RESET"
        case .networkUnreachable, .hostUnreachable: "ERR_ADDRESS_UNREACHABLE"
        case .connectTimedOut, .tlsTimedOut: "ERR_CONNECTION_TIMED_OUT"
        case .tlsClosed: "ERR_CONNECTION_CLOSED"
        case .alert(70), .alert(40): "ERR_SSL_VERSION_OR_CIPHER_MISMATCH"
        case .alert(112): "ERR_SSL_UNRECOGNIZED_NAME_ALERT"
        case .certificate(.expired), .certificate(.notYetValid): "ERR_CERT_DATE_INVALID"
        case .certificate(.selfSigned), .certificate(.unknownAuthority), .certificate(.missingIntermediate):
            "ERR_CERT_AUTHORITY_INVALID"
        case .certificate(.nameMismatch), .certificate(.addressNotNamed), .certificate(.commonNameOnly):
            "ERR_CERT_COMMON_NAME_INVALID"
        case .certificate(.weakSignature): "ERR_CERT_WEAK_SIGNATURE_ALGORITHM"
        case .certificate(.weakKey): "ERR_CERT_WEAK_KEY"
        case .certificate(.revoked): "ERR_CERT_REVOKED"
        case .certificate: "ERR_CERT_INVALID"
        default: "ERR_SSL_PROTOCOL_ERROR"
        }
    }

    private func chromiumDefect(_ defect: AnswerDefect, _ value: String) -> String {
        switch defect {
        case .missingUpgrade: "'Upgrade' header is missing"
        case .otherUpgrade: "'Upgrade' header value is not 'WebSocket': \(value)"
        case .missingConnection: "'Connection' header is missing"
        case .otherConnection: "'Connection' header value must contain 'Upgrade'"
        case .missingAccept: "'Sec-WebSocket-Accept' header is missing"
        case .repeatedAccept: "'Sec-WebSocket-Accept' header must not appear more than once in a response"
        case .wrongAccept, .acceptCase: "Incorrect 'Sec-WebSocket-Accept' header value"
        case .subprotocolMissing: "Sent non-empty 'Sec-WebSocket-Protocol' header but no response was received"
        case .subprotocolUnoffered:
            "Response must not include 'Sec-WebSocket-Protocol' header if not present in request: \(value)"
        case .subprotocolList, .subprotocolRepeated:
            "'Sec-WebSocket-Protocol' header must not appear more than once in a response"
        case .subprotocolOther, .subprotocolCase, .subprotocolEmpty, .subprotocolQuoted, .subprotocolSpaces:
            "'Sec-WebSocket-Protocol' header value '\(value)' in response does not match any of sent values"
        case .extensionParameters, .extensionParameterUnoffered, .smallClientWindow:
            "Error in permessage-deflate: Received invalid \(Self.parameter(in: value)) parameter"
        case .extensionRepeated: "Received duplicate permessage-deflate response"
        case .extensionUnoffered, .deflateUnoffered, .extensionEmpty:
            "Found an unsupported extension '\(value.prefix { $0 != ";" })' in 'Sec-WebSocket-Extensions' header"
        default: "net::ERR_INVALID_HTTP_RESPONSE"
        }
    }

    /// The parameter that is most likely at fault.
    private static func parameter(in extensions: String) -> String {
        [
            "server_max_window_bits", "client_max_window_bits", "server_no_context_takeover",
            "client_no_context_takeover",
        ]
        .first { HeaderText.contains(extensions, $0) } ?? "extension"
    }

    private func chromiumFrame(_ defect: AnswerDefect) -> String {
        switch defect {
        case .maskedFrames: "A server must not mask any frames that it sends to the client."
        case .reservedBits, .badCompression, .textForFrames: "One or more reserved bits are on: reserved1 = 1"
        case .reservedOpcode: "Unrecognized frame opcode"
        case .strayContinuation: "Received unexpected continuation frame."
        case .fragmentedControlFrame: "Received fragmented control frame"
        case .longControlFrame: "Received control frame having too long payload"
        case .invalidUTF8: "Could not decode a text frame as UTF-8."
        case .invalidCloseCode: "Received a broken close frame containing a reserved status code."
        case .invalidCloseReason: "Received a broken close frame containing invalid UTF-8."
        default: "Invalid frame header"
        }
    }
}

// Firefox has two texts for everything; the code of the close event tells TLS apart.
extension FailureContext {
    func firefox(_ failure: ClientFailure) -> String {
        let failed = "Firefox can’t establish a connection to the server at \(url)."
        switch failure {
        case .scheme, .fragment, .subprotocolToken: return "SyntaxError: An invalid or illegal string was specified"
        case .mixedContent: return "SecurityError: The operation is insecure."
        case .contentPolicy(let directive):
            return "Content-Security-Policy: The page’s settings blocked the loading of a resource at \(url) "
                + "(“\(directive)”)"
        case .certificate, .alert, .tls: return failed + " (the page sees close 1015)"
        case .tooSlow, .silent: return failed + " (after 20 s; the page sees close 1006)"
        case .answer(.smallClientWindow, _): return "the whole browser freezes"
        case .frame(.textForFrames): return "opens, and nothing arrives"
        case .frame, .ended, .pingTimeout:
            return "The connection to \(url) was interrupted while the page was loading. (the page sees close 1006)"
        case .closed(let code, let reason):
            return "close \(code ?? 1005)" + (reason.isEmpty ? "" : " (\(reason))")
        case .errorEvent, .noEvent, .wrongEvent, .noEcho, .needsSecureScheme, .tooBig: return plain(failure)
        default: return failed + " (the page sees close 1006)"
        }
    }

    func webKit(_ failure: ClientFailure) -> String {
        switch failure {
        case .scheme, .fragment, .subprotocolToken: return "SyntaxError: The string did not match the expected pattern."
        case .mixedContent: return "SecurityError: The operation is insecure."
        case .contentPolicy(let directive):
            return "Refused to connect to \(url) because it does not appear in the \(directive.prefix { $0 != " " }) "
                + "directive of the Content Security Policy."
        case .closed(let code, let reason):
            return "close \(code ?? 1005)" + (reason.isEmpty ? "" : " (\(reason))")
        case .errorEvent, .noEvent, .wrongEvent, .noEcho, .needsSecureScheme, .tooBig: return plain(failure)
        case .ended, .pingTimeout: return "close 1006"
        default:
            return "WebSocket connection to '\(url)' failed: \(urlSession(failure)) (the page sees close 1006)"
        }
    }
}
