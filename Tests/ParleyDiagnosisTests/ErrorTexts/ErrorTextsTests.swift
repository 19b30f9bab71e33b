// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ParleyDiagnosis

/// What real clients said to servers whose fault is known.
private let said: [(cause: String, message: String)] = [
    (
        "srv-proxy-drops-upgrade",
        "WebSocket connection to 'ws://127.0.0.1:19555/' failed: Error during WebSocket handshake: "
            + "Unexpected response code: 505"
    ),
    (
        "srv-proxy-drops-upgrade",
        "aiohttp.client_exceptions.WSServerHandshakeError: 505, message='Invalid response status', "
            + "url='ws://127.0.0.1:19555/'"
    ),
    ("srv-proxy-drops-upgrade", "websockets.exceptions.InvalidStatus: server rejected WebSocket connection: HTTP 505"),
    ("srv-proxy-drops-upgrade", "Failed to open a WebSocket connection: unsupported HTTP version: HTTP/1.0"),
    (
        "srv-proxy-idle-timeout",
        "websockets.exceptions.ConnectionClosedError: no close frame received or sent"
    ),
    ("srv-proxy-idle-timeout", "close 1006"),
    ("srv-path-not-websocket", "Error: Unexpected server response: 400"),
    (
        "srv-redirect",
        "websockets.exceptions.InvalidURI: https://127.0.0.1:1/ isn't a valid URI: scheme isn't ws or wss"
    ),
    ("srv-redirect", "Error: Unexpected server response: 301"),
    ("srv-upstream-down", "Unexpected response code: 502"),
    (
        "net-refused",
        "builtins.ConnectionRefusedError: [Errno 111] Connect call failed ('127.0.0.1', 19605)"
    ),
    ("net-refused", "Error: connect ECONNREFUSED 127.0.0.1:19605 [ECONNREFUSED]"),
    ("net-refused", "Error in connection establishment: net::ERR_CONNECTION_REFUSED | close event 1006"),
    ("net-refused", "dial tcp 127.0.0.1:19605: connect: connection refused"),
    ("net-dns", "socket.gaierror: [Errno -2] Name or service not known"),
    ("net-dns", "Error: getaddrinfo ENOTFOUND realtime-gateway.invalid [ENOTFOUND]"),
    ("net-handshake-slow", "builtins.TimeoutError: timed out during opening handshake | caused by TimeoutError:"),
    ("net-closed-before-response", "Connection closed before receiving a handshake response"),
    ("net-closed-before-response", "Error: socket hang up [ECONNRESET]"),
    ("net-wrong-service", "Parse Error: Expected HTTP/, RTSP/ or ICE/"),
    ("fw-filtered", "Error: Opening handshake has timed out"),
    ("fw-filtered", "dial tcp 127.0.0.1:19655: i/o timeout"),
    ("fw-rejected", "connect EHOSTUNREACH 192.0.2.10:8000"),
    ("fw-proxy-auth", "websockets.exceptions.InvalidProxyStatus: proxy rejected connection: HTTP 407"),
    ("fw-proxy-auth", "WebSocket connection to 'ws://…' failed: Proxy authentication failed"),
    ("fw-proxy-connect-denied", "websockets.exceptions.InvalidProxyStatus: proxy rejected connection: HTTP 403"),
    (
        "fw-captive-portal",
        "websocket._exceptions.WebSocketException: Invalid redirect target "
            + "'http://login.guest-wifi.invalid/welcome?orig=127.0.0.1:19665/v1/realtime': scheme http is invalid"
    ),
    ("tls-expired", "net::ERR_CERT_DATE_INVALID"),
    ("tls-expired", "Error: certificate has expired [CERT_HAS_EXPIRED]"),
    ("tls-expired", "x509: certificate has expired or is not yet valid: current time 2026-11-22T15:55:30Z is after"),
    (
        "tls-self-signed",
        "ssl.SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: "
            + "self-signed certificate (_ssl.c:1006)"
    ),
    ("tls-self-signed", "x509: certificate signed by unknown authority"),
    ("tls-missing-intermediate", "Error: unable to verify the first certificate [UNABLE_TO_VERIFY_LEAF_SIGNATURE]"),
    ("tls-missing-intermediate", "Error in connection establishment: net::ERR_CERT_AUTHORITY_INVALID"),
    (
        "tls-hostname-mismatch",
        "Error: Hostname/IP does not match certificate's altnames: Host: localhost. is not in the cert's altnames: "
            + "DNS:realtime.example.test [ERR_TLS_CERT_ALTNAME_INVALID]"
    ),
    ("tls-hostname-mismatch", "x509: certificate is valid for realtime.example.test, not localhost"),
    ("tls-ip-not-in-san", "IP: 127.0.0.1 is not in the cert's list: "),
    (
        "tls-wss-to-plain",
        "Error: Client network socket disconnected before secure TLS connection was established [ECONNRESET]"
    ),
    ("tls-wss-to-plain", "ssl.SSLEOFError: [SSL: UNEXPECTED_EOF_WHILE_READING] EOF occurred in violation of protocol"),
    ("tls-client-cert-required", "WebSocket opening handshake was canceled"),
    ("org-rejected", "HTTP Authentication failed; no valid credentials available"),
    ("org-rejected", "Error during WebSocket handshake: Unexpected response code: 403 | close event 1006"),
    (
        "org-mixed-content",
        "SecurityError: Failed to construct 'WebSocket': An insecure WebSocket connection may not be initiated from a "
            + "page loaded over HTTPS."
    ),
    ("org-mixed-content", "SecurityError: The operation is insecure."),
    ("org-unsafe-port", "net::ERR_UNSAFE_PORT"),
    ("code-bad-accept", "Error during WebSocket handshake: Incorrect 'Sec-WebSocket-Accept' header value"),
    (
        "code-bad-accept",
        "aiohttp.client_exceptions.WSServerHandshakeError: 101, message='Invalid challenge response', url='ws://x/'"
    ),
    ("code-bad-accept", "Error: Incorrect hash received in Sec-WebSocket-Accept header."),
    ("code-missing-connection", "Error: Unexpected server response: 101"),
    ("code-missing-connection", "websockets.exceptions.InvalidUpgrade: missing Connection header"),
    ("code-missing-connection", "WSServerHandshakeError: 101, message='Invalid connection header', url='ws://x/'"),
    ("code-masked-server", "RangeError: Invalid WebSocket frame: MASK must be clear [WS_ERR_UNEXPECTED_MASK]"),
    (
        "code-masked-server",
        "ConnectionClosedError: sent 1002 (protocol error) incorrect masking; no close frame received"
    ),
    ("code-close-1011", "ConnectionClosedError: received 1011 (internal error); then sent 1011 (internal error)"),
    ("code-close-1011", "websocket: close 1011 (internal server error)"),
    ("code-close-1011", "WSMessage(type=<WSMsgType.CLOSE: 8>, data=1011, extra='')"),
    ("code-abrupt-close", "websocket: close 1006 (abnormal closure): unexpected EOF"),
    ("code-silence", "read tcp 127.0.0.1:48764->127.0.0.1:19825: i/o timeout"),
    ("code-unmasked-client", "server closed the connection: 1002 unmasked client frame"),
    ("ver-ws-version", "Handshake status 426 Upgrade Required -+-+- {'upgrade': 'websocket'} -+-+- None"),
    (
        "ver-subproto-none",
        "WebSocket connection to 'ws://127.0.0.1:19860/v1/realtime?model=stub-realtime' failed: Error during WebSocket "
            + "handshake: Sent non-empty 'Sec-WebSocket-Protocol' header but no response was received"
    ),
    ("ver-subproto-none", "Error: Server sent no subprotocol"),
    ("ver-subproto-none", "error event: Server did not respond with sent protocols."),
    ("ver-subproto-unoffered", "Error: Server sent a subprotocol but none was requested"),
    ("ver-subproto-unoffered", "websockets.exceptions.NegotiationError: no subprotocols supported"),
    (
        "ver-subproto-unoffered",
        "Response must not include 'Sec-WebSocket-Protocol' header if not present in request: realtime"
    ),
    ("ver-subproto-mismatch", "NegotiationError: unsupported subprotocol: chat"),
    ("ver-subproto-multiple", "InvalidHeader: multiple values: realtime, realtime"),
    ("ver-ext-unoffered", "Server sent a Sec-WebSocket-Extensions header but no extension was requested"),
    ("ver-ext-unoffered", "websockets.exceptions.NegotiationError: no extensions supported"),
    (
        "ver-realtime-beta-rejected",
        "received 4000 (private use) invalid_request_error.beta_api_shape_disabled; then sent 4000 (private use)"
    ),
    ("ver-realtime-beta-rejected", "The Realtime Beta API is no longer supported. Please use /v1/realtime for GA."),
    ("ver-realtime-beta-only", "close event 4000 'invalid_request_error.missing_beta_header' clean"),
    ("ver-realtime-event-shape", "Unknown parameter: 'session.type'."),
]

@Suite("Messages that users paste")
struct ErrorTextsTests {
    @Test("lead to the cause that was behind them", arguments: said)
    func causeIsAmongTheCandidates(cause: String, message: String) {
        #expect(ErrorTexts.reading(message).causes.contains(cause), "\(ErrorTexts.reading(message))")
    }

    @Test("are recognized in any case, with text, addresses and typographic quotes around them", arguments: said)
    func surroundingsDoNotMatter(cause: String, message: String) {
        let expected = ErrorTexts.reading(message)
        let pasted =
            "14:02:11 app.js:12\n\tUncaught (in promise)   \(message.uppercased())\n  at http://x/a.js?close=407"
        #expect(ErrorTexts.reading(pasted) == expected)
        let quoted = message.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "’")
        #expect(ErrorTexts.reading(quoted) == expected)
    }

    @Test("are exact where the client is exact, and say what they leave open where not")
    func openEndsAreNamed() {
        #expect(ErrorTexts.reading("net::ERR_UNSAFE_PORT") == ErrorReading(causes: ["org-unsafe-port"]))
        #expect(ErrorTexts.reading("net::ERR_CERT_AUTHORITY_INVALID").leavesOpen != nil)
        #expect(ErrorTexts.reading("Unexpected response code: 403").leavesOpen != nil)
        #expect(ErrorTexts.reading("Unexpected response code: 429").leavesOpen == nil)
    }

    @Test("that every failure shares name no cause, but say so")
    func vagueMessagesNameNothing() {
        for message in [
            "Firefox can’t establish a connection to the server at ws://127.0.0.1:19555/. | close event 1006",
            "Error: Received network error or non-101 status code.", "websocket: bad handshake",
            "NSURLErrorDomain -1011 There was a bad response from the server.",
        ] {
            let reading = ErrorTexts.reading(message)
            #expect(reading.causes.isEmpty && reading.leavesOpen != nil)
        }
    }

    @Test("of Firefox mean TLS when the close code is 1015")
    func firefoxTellsTLS() {
        let reading = ErrorTexts.reading(
            "Firefox can’t establish a connection to the server at wss://localhost:19705/. | close event 1015"
        )
        #expect(reading.closeCode == 1015)
        #expect(!reading.causes.isEmpty && reading.causes.allSatisfy { $0.contains("tls") })
    }

    @Test("carry the status in every client's form")
    func statusIsRead() {
        for message in [
            "Unexpected response code: 403", "Unexpected server response: 403",
            "server rejected WebSocket connection: "
                + "HTTP 403", "Handshake status 403 Forbidden", "Expected HTTP 101 response but was '403 Forbidden'",
            "The server returned status code '403' when status code '101' was expected.", "HTTP error: 403 Forbidden",
            "notAnUpgrade(403)", "received bad response code from server 403",
        ] { #expect(ErrorTexts.reading(message).status == 403, "\(message)") }
    }

    @Test("that nobody knows lead nowhere")
    func unknownMessages() {
        for message in ["", "   ", "It does not work", "ws://host/?token=401", String(repeating: "close ", count: 500)]
        {
            #expect(ErrorTexts.reading(message) == ErrorReading())
        }
    }

    @Test("lead only to causes that the catalogue knows")
    func candidatesExist() {
        let phrases =
            ErrorTexts.realtimePhrases + ErrorTexts.browserPhrases + ErrorTexts.negotiationPhrases
            + ErrorTexts.framePhrases + ErrorTexts.certificatePhrases + ErrorTexts.proxyPhrases
            + ErrorTexts.networkPhrases + ErrorTexts.vaguePhrases
        let ids =
            phrases.flatMap(\.causes) + (100...599).flatMap(ErrorTexts.causes(ofStatus:))
            + (1000...4999).flatMap(ErrorTexts.causes(ofCloseCode:))
        for id in Set(ids) { #expect(Catalogue.cause(id) != nil, "\(id)") }
        for phrase in phrases.flatMap(\.phrases) { #expect(phrase == phrase.lowercased()) }
    }
}
