// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyDiagnosis
internal import ParleyHandshake
internal import ParleyWebSocket

/// A client's request as a mirror looks at it, secrets included.
struct MirrorRequest: Sendable {
    let request: Exchange.Request
    private let offered: [String]

    init(_ request: Exchange.Request) {
        self.request = request
        offered = request.subprotocols
    }

    /// The answer that the path asks for, as in `/answer/sub-none`; nil when it asks for none.
    var wantedAnswer: String? {
        let path = TargetAddress("ws://mirror\(request.target)").path
        let parts = path.split(separator: "/")
        return parts.count > 1 && parts[0] == "answer" ? String(parts[1]) : nil
    }

    /// What a right server says of the request in the place of a 101, as status and words; nil for nothing.
    var fault: (status: String, words: String)? {
        let headers = request.headers
        guard request.method == "GET", HeaderLists.contains("websocket", in: headers.values("Upgrade")),
            HeaderLists.contains("upgrade", in: headers.values("Connection"))
        else {
            return ("426 Upgrade Required", "This is parley mirror: point a WebSocket client here.")
        }
        guard request.version == "1.1", headers.first("Host") != nil else {
            return ("400 Bad Request", "A handshake needs HTTP/1.1 and a Host field.")
        }
        guard headers.first("Sec-WebSocket-Version").map(HeaderText.trimmed) == "13" else {
            return ("426 Upgrade Required", "Sec-WebSocket-Version must be 13.")
        }
        guard AcceptKey.isWellFormed(key) else {
            return ("400 Bad Request", "Sec-WebSocket-Key must be 16 bytes in base64.")
        }
        return nil
    }

    private var key: String { HeaderText.trimmed(request.headers.first("Sec-WebSocket-Key") ?? "") }

    /// Whether a Realtime server is what the client wants.
    var isRealtime: Bool {
        var question = Question(url: "ws://mirror\(request.target)")
        question.subprotocols = offered
        return question.isRealtime
    }

    /// The first event of a Realtime server, in the client's dialect.
    var firstEvent: String {
        let isBeta =
            request.headers.first("OpenAI-Beta") != nil || offered.contains { $0.hasPrefix("openai-beta.") }
        let session =
            isBeta
            ? #""modalities":["text","audio"],"input_audio_format":"pcm16","output_audio_format":"pcm16""#
            : #""type":"realtime","output_modalities":["audio"]"#
        return #"{"type":"session.created","event_id":"event_mirror","session":{"id":"sess_mirror","#
            + #""object":"realtime.session","model":"parley-mirror",\#(session)}}"#
    }

    /// The lines with their places filled; a line with a place that has no value is left out.
    func filled(_ lines: [String]) -> [String] { lines.compactMap(filled) }

    private func filled(_ line: String) -> String? {
        guard let start = line.firstIndex(of: "{"), let end = line[start...].firstIndex(of: "}") else { return line }
        guard let value = value(of: line[line.index(after: start)..<end]) else { return nil }
        return line[..<start] + value + line[line.index(after: end)...]
    }

    private func value(of place: Substring) -> String? {
        switch place {
        case "accept": AcceptKey.value(for: key)
        case "accept-lower": AcceptKey.value(for: key).lowercased()
        case "first": offered.first ?? "realtime"
        case "second": offered.dropFirst().first ?? "realtime"
        case "last": offered.last ?? "realtime"
        case "all": offered.isEmpty ? "realtime" : offered.joined(separator: ", ")
        case "upper": (offered.first ?? "realtime").uppercased()
        case "chosen": chosen
        default: nil
        }
    }

    /// One that was offered: `realtime`, else the first without a secret, else the first.
    private var chosen: String? {
        offered.first { $0 == "realtime" } ?? offered.first { !Subprotocol.carriesSecret($0) } ?? offered.first
    }
}
