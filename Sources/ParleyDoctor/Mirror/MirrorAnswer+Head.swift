// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

extension MirrorAnswer {
    private static let subprotocol = "Sec-WebSocket-Protocol"

    private static func chosen(_ name: String, _ about: String, _ values: String...) -> MirrorAnswer {
        MirrorAnswer(name, about, opened(head(subprotocol, values.map { "\(subprotocol): \($0)" })))
    }

    /// The subprotocol, chosen in other ways.
    static let subprotocols = [
        chosen("sub-none", "no subprotocol, whatever is offered"),
        chosen("sub-first", "the first one offered", "{first}"),
        chosen("sub-second", "the second one offered", "{second}"),
        chosen("sub-last", "the last one offered", "{last}"),
        chosen("sub-realtime", "realtime, offered or not", "realtime"),
        chosen("sub-unoffered", "one that nobody offers", "parley-unoffered"),
        chosen("sub-all", "all that were offered, in one field", "{all}"),
        chosen("sub-two-fields", "two fields", "{first}", "parley-unoffered"),
        chosen("sub-twice", "the same field twice", "{first}", "{first}"),
        chosen("sub-case", "in upper case", "{upper}"),
        chosen("sub-empty", "a field without a value", ""),
        chosen("sub-quoted", "in quotation marks", "\"{first}\""),
        chosen("sub-spaces", "with white space round it", " \t{first} \t"),
    ]

    private static func changed(_ name: String, _ about: String, _ field: String, _ lines: String...) -> MirrorAnswer {
        MirrorAnswer(name, about, opened(head(field, lines)))
    }

    private static func added(_ name: String, _ about: String, _ lines: String...) -> MirrorAnswer {
        MirrorAnswer(name, about, opened(head(nil, lines)))
    }

    /// The form of the 101 and its other fields.
    static let heads = [
        changed("upgrade-none", "no Upgrade", "Upgrade:"),
        changed("upgrade-case", "Upgrade: WebSocket", "Upgrade:", "Upgrade: WebSocket"),
        changed("upgrade-other", "Upgrade: h2c", "Upgrade:", "Upgrade: h2c"),
        changed("connection-none", "no Connection", "Connection:"),
        changed("connection-lower", "Connection: upgrade", "Connection:", "Connection: upgrade"),
        changed("connection-list", "Connection: keep-alive, Upgrade", "Connection:", "Connection: keep-alive, Upgrade"),
        changed("connection-close", "Connection: close", "Connection:", "Connection: close"),
        changed("connection-keep-alive", "Connection: keep-alive", "Connection:", "Connection: keep-alive"),
        changed("accept-none", "no Sec-WebSocket-Accept", "Sec-WebSocket-Accept"),
        changed(
            "accept-wrong",
            "the accept value of another key",
            "Sec-WebSocket-Accept",
            "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
        ),
        changed(
            "accept-lower",
            "the accept value in lower case",
            "Sec-WebSocket-Accept",
            "Sec-WebSocket-Accept: {accept-lower}"
        ),
        changed(
            "accept-twice",
            "two accept fields",
            "Sec-WebSocket-Accept",
            "Sec-WebSocket-Accept: {accept}",
            "Sec-WebSocket-Accept: {accept}"
        ),
        changed("http-1.0", "HTTP/1.0", "HTTP/", "HTTP/1.0 101 Switching Protocols"),
        changed("no-reason", "no reason behind the status", "HTTP/", "HTTP/1.1 101"),
        MirrorAnswer("bare-lf", "lines that end in LF", [.head(head, lineEnd: "\n"), .greet, .converse]),
        MirrorAnswer("lower-case-names", "field names in lower case", opened(head.map(lowerCaseName))),
        added("length-0", "Content-Length: 0", "Content-Length: 0"),
        added("chunked", "Transfer-Encoding: chunked", "Transfer-Encoding: chunked"),
        added("large-head", "10 kB of other fields", "X-Padding: " + String(repeating: "x", count: 10_000)),
        MirrorAnswer(
            "early-103",
            "103 Early Hints before the 101",
            [.send(Array("HTTP/1.1 103 Early Hints\r\n\r\n".utf8))] + opened()
        ),
    ]

    private static func lowerCaseName(_ line: String) -> String {
        guard let colon = line.firstIndex(of: ":") else { return line }
        return line[..<colon].lowercased() + line[colon...]
    }

    private static func status(_ number: Int, _ reason: String, _ fields: String..., body: String = "no\n")
        -> MirrorAnswer
    {
        let lines = ["HTTP/1.1 \(number) \(reason)", "Content-Type: text/plain"] + fields
        let hasBody = number != 204
        let length = hasBody ? ["Content-Length: \(body.utf8.count)"] : []
        return MirrorAnswer(
            "status-\(number)",
            "\(number) \(reason)",
            [.head(lines + length)] + (hasBody ? [.send(Array(body.utf8))] : []) + [.end]
        )
    }

    /// HTTP in the place of a 101.
    static let statuses = [
        status(200, "OK"), status(204, "No Content"),
        status(301, "Moved Permanently", "Location: /answer/right"),
        status(302, "Found", "Location: /login"), status(307, "Temporary Redirect", "Location: /answer/right"),
        status(400, "Bad Request"), status(401, "Unauthorized", "WWW-Authenticate: Bearer"),
        status(403, "Forbidden"), status(404, "Not Found"), status(405, "Method Not Allowed", "Allow: GET"),
        status(407, "Proxy Authentication Required", "Proxy-Authenticate: Basic realm=\"parley\""),
        status(426, "Upgrade Required", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13"),
        status(429, "Too Many Requests", "Retry-After: 1"), status(500, "Internal Server Error"),
        status(502, "Bad Gateway"), status(503, "Service Unavailable", "Retry-After: 1"),
        status(504, "Gateway Timeout"),
    ]

    private static func agreed(_ name: String, _ about: String, _ value: String) -> MirrorAnswer {
        added(name, about, "Sec-WebSocket-Extensions: \(value)")
    }

    /// Extensions, offered or not; messages are sent without compression all the same, which is allowed.
    static let extensions = [
        agreed("ext-unknown", "an extension that nobody offers", "x-parley-unknown"),
        agreed("ext-deflate", "permessage-deflate", "permessage-deflate"),
        agreed(
            "ext-deflate-no-context",
            "permessage-deflate without context takeover",
            "permessage-deflate; server_no_context_takeover; client_no_context_takeover"
        ),
        agreed("ext-server-bits-8", "server_max_window_bits=8", "permessage-deflate; server_max_window_bits=8"),
        agreed("ext-server-bits-16", "server_max_window_bits=16", "permessage-deflate; server_max_window_bits=16"),
        agreed("ext-client-bits-10", "client_max_window_bits=10", "permessage-deflate; client_max_window_bits=10"),
        agreed("ext-client-bits-8", "client_max_window_bits=8", "permessage-deflate; client_max_window_bits=8"),
        agreed(
            "ext-client-bits",
            "client_max_window_bits without a value",
            "permessage-deflate; client_max_window_bits"
        ),
        agreed("ext-parameter", "a parameter that nobody knows", "permessage-deflate; parley=1"),
        agreed("ext-twice", "the same extension twice", "permessage-deflate, permessage-deflate"),
        agreed("ext-case", "Permessage-Deflate", "Permessage-Deflate"),
        agreed("ext-old", "x-webkit-deflate-frame", "x-webkit-deflate-frame"),
        agreed("ext-empty", "a field without a value", ""),
    ]
}
