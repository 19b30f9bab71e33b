// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyHandshake

// The `error` events of ws and of Node's sockets, without the word Error in front.
extension FailureContext {
    func nodeWS(_ failure: ClientFailure) -> String {
        switch failure {
        case .scheme: return #"The URL's protocol must be one of "ws:", "wss:", "http:", "https:", or "ws+unix:""#
        case .fragment: return "The URL contains a fragment identifier"
        case .subprotocolToken: return "An invalid or duplicated subprotocol was specified"
        case .noSuchName: return "getaddrinfo ENOTFOUND \(host)"
        case .resolverFailed: return "getaddrinfo EAI_AGAIN \(host)"
        case .refused: return "connect ECONNREFUSED \(peer)"
        case .connectionReset, .resetUnanswered: return "read ECONNRESET"
        case .networkUnreachable: return "connect ENETUNREACH \(peer)"
        case .hostUnreachable: return "connect EHOSTUNREACH \(peer)"
        case .connectTimedOut: return "connect ETIMEDOUT \(peer)"
        case .tooSlow, .silent: return "no event at all (with handshakeTimeout: Opening handshake has timed out)"
        case .certificate(let fault): return nodeCertificate(fault)
        case .notTLS, .tlsClosed, .tlsReset, .tlsTimedOut:
            return "Client network socket disconnected before secure TLS connection was established [ECONNRESET]"
        case .alert(let number): return "SSL alert number \(number)\(number == 116 ? ": certificate required" : "")"
        case .closedUnanswered: return "socket hang up"
        case .notHTTP: return "Parse Error: Expected HTTP/, RTSP/ or ICE/"
        case .status(let status, _): return "Unexpected server response: \(status)"
        case .answer(let defect, _): return nodeDefect(defect)
        case .frame(let defect): return nodeFrame(defect)
        case .tooBig: return "Max payload size exceeded"
        case .closed(let code, let reason):
            return "close \(code ?? 1005)" + (reason.isEmpty ? "" : " \(reason)")
        case .ended: return "close 1006"
        default: return plain(failure)
        }
    }

    private func nodeDefect(_ defect: AnswerDefect) -> String {
        switch defect {
        case .missingConnection, .otherConnection, .missingUpgrade: "Unexpected server response: 101"
        case .otherUpgrade: "Invalid Upgrade header"
        case .missingAccept, .wrongAccept, .acceptCase, .repeatedAccept: "Invalid Sec-WebSocket-Accept header"
        case .subprotocolMissing: "Server sent no subprotocol"
        case .subprotocolUnoffered: "Server sent a subprotocol but none was requested"
        case .subprotocolOther, .subprotocolCase, .subprotocolList, .subprotocolRepeated, .subprotocolEmpty,
            .subprotocolQuoted, .subprotocolSpaces:
            "Server sent an invalid subprotocol"
        case .extensionUnoffered, .deflateUnoffered:
            "Server sent a Sec-WebSocket-Extensions header but no extension was requested"
        case .extensionEmpty, .extensionParameters, .extensionParameterUnoffered, .extensionRepeated,
            .smallClientWindow:
            "Invalid Sec-WebSocket-Extensions header"
        case .bareLF: "Parse Error: Missing expected CR after response line"
        default: "Parse Error"
        }
    }

    private func nodeFrame(_ defect: AnswerDefect) -> String {
        switch defect {
        case .maskedFrames: "Invalid WebSocket frame: MASK must be clear"
        case .reservedBits, .badCompression: "Invalid WebSocket frame: RSV1 must be clear"
        case .textForFrames: "Invalid WebSocket frame: RSV2 and RSV3 must be clear"
        case .reservedOpcode, .strayContinuation: "Invalid WebSocket frame: invalid opcode"
        case .fragmentedControlFrame: "Invalid WebSocket frame: FIN must be set"
        case .longControlFrame: "Invalid WebSocket frame: invalid payload length"
        case .invalidUTF8, .invalidCloseReason: "Invalid WebSocket frame: invalid UTF-8 sequence"
        case .invalidCloseCode: "Invalid WebSocket frame: invalid status code"
        default: "Invalid WebSocket frame"
        }
    }

    private func nodeCertificate(_ fault: Exchange.CertificateFault) -> String {
        switch fault {
        case .expired: "certificate has expired [CERT_HAS_EXPIRED]"
        case .notYetValid: "certificate is not yet valid [CERT_NOT_YET_VALID]"
        case .selfSigned: "self-signed certificate [DEPTH_ZERO_SELF_SIGNED_CERT]"
        case .unknownAuthority, .missingIntermediate:
            "unable to verify the first certificate [UNABLE_TO_VERIFY_LEAF_SIGNATURE]"
        case .nameMismatch, .commonNameOnly:
            "Hostname/IP does not match certificate's altnames: Host: \(host). is not in the cert's altnames "
                + "[ERR_TLS_CERT_ALTNAME_INVALID]"
        case .addressNotNamed:
            "Hostname/IP does not match certificate's altnames: IP: \(host) is not in the cert's list "
                + "[ERR_TLS_CERT_ALTNAME_INVALID]"
        case .wrongPurpose: "unsuitable certificate purpose [INVALID_PURPOSE]"
        case .weakKey: "EE certificate key too weak"
        case .weakSignature: "CA signature digest algorithm too weak [CA_MD_TOO_WEAK]"
        case .brokenSignature: "certificate signature failure [CERT_SIGNATURE_FAILURE]"
        case .revoked: "certificate revoked [CERT_REVOKED]"
        }
    }

    func undici(_ failure: ClientFailure) -> String {
        switch failure {
        case .scheme(let scheme): return "SyntaxError: Expected a ws: or wss: protocol, got \(scheme):"
        case .fragment: return "SyntaxError: Got fragment"
        case .subprotocolToken: return "SyntaxError: Invalid Sec-WebSocket-Protocol value"
        case .answer(.missingConnection, _): return "no event at all"
        case .answer(let defect, _): return undiciDefect(defect)
        case .frame(let defect): return undiciFrame(defect)
        case .silent, .tooSlow: return "Received network error or non-101 status code. (after 300 s)"
        case .closed(let code, let reason):
            return "close \(code ?? 1005)" + (reason.isEmpty ? "" : " \(reason)")
        case .ended: return "close 1006"
        case .errorEvent, .noEvent, .wrongEvent, .noEcho, .pingTimeout, .tooBig, .needsSecureScheme:
            return plain(failure)
        default: return "Received network error or non-101 status code."
        }
    }

    private func undiciDefect(_ defect: AnswerDefect) -> String {
        switch defect {
        case .missingUpgrade, .otherUpgrade: "Server did not set Upgrade header to \"websocket\"."
        case .otherConnection, .connectionList: "Server did not set Connection header to \"upgrade\"."
        case .missingAccept, .wrongAccept, .acceptCase, .repeatedAccept:
            "Incorrect hash received in Sec-WebSocket-Accept header."
        case .subprotocolMissing: "Server did not respond with sent protocols."
        case .subprotocolUnoffered:
            "the process crashes: TypeError: Cannot read properties of null (reading 'includes')"
        case .subprotocolOther, .subprotocolCase, .subprotocolList, .subprotocolRepeated, .subprotocolEmpty,
            .subprotocolQuoted, .subprotocolSpaces:
            "Protocol was not set in the opening handshake."
        case .extensionUnoffered, .deflateUnoffered, .extensionEmpty, .extensionRepeated,
            .extensionParameterUnoffered:
            "Sec-WebSocket-Extensions header does not match."
        default: "Received network error or non-101 status code."
        }
    }

    private func undiciFrame(_ defect: AnswerDefect) -> String {
        switch defect {
        case .maskedFrames: "Frame cannot be masked"
        case .reservedBits, .badCompression, .textForFrames: "Expected RSV1 to be clear."
        case .reservedOpcode: "Invalid opcode received"
        case .strayContinuation: "Unexpected continuation frame"
        case .fragmentedControlFrame: "Control frames cannot be fragmented"
        case .longControlFrame: "Control frame payload length is too large"
        default: "close 1006"
        }
    }
}
