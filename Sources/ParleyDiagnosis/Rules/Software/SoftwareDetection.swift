// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyWebSocket

/// Which server software and which proxies answer, by their fields, their error pages and their spelling.
package enum SoftwareDetection {
    /// All software that the evidence shows, the one that answered first.
    package static func software(_ evidence: [Evidence]) -> [ServerSoftware] {
        let order: [Probe] = [
            .tap, .asAsked, .profile, .reference, .variation, .plainGet, .inventedPath, .redirect, .otherScheme,
            .direct,
        ]
        var found: [ServerSoftware] = []
        // Most answers are alike but for their accept value.
        var known: Set<[String]> = []
        for probe in order {
            for item in evidence where item.probe == probe {
                let response: Exchange.Response? =
                    switch item.data {
                    case .exchange(let exchange): exchange.response
                    case .client(let record): record.response
                    case .name, .page: nil
                    }
                guard let response, response.version != nil, known.insert(signature(of: response)).inserted else {
                    continue
                }
                for software in software(of: response) where !found.contains(software) { found.append(software) }
            }
        }
        return found
    }

    /// All of an answer that tells of software.
    private static func signature(of response: Exchange.Response) -> [String] {
        ["\(response.status)", response.body.text]
            + response.headers.flatMap { header in
                ["Sec-WebSocket-Accept", "Date"].contains(header.name) ? [header.name] : [header.name, header.value]
            }
    }

    /// What one answer shows, the outermost first.
    static func software(of response: Exchange.Response) -> [ServerSoftware] {
        let body = HeaderText.lowercased(response.body.text)
        let fields = Dictionary(
            response.headers.map { (HeaderText.lowercased($0.name), HeaderText.lowercased($0.value)) },
            uniquingKeysWith: { $0 + ", " + $1 }
        )
        var found = SoftwareMark.all.filter { $0.fits(fields, body) }.map(\.software)
        // What is only a manner of spelling counts when nothing says its name.
        if found.isEmpty { found = byManner(response, fields, body).map { [$0] } ?? [] }
        var known: Set<ServerSoftware> = []
        return found.filter { known.insert($0).inserted }
    }

    /// Order and spelling of the fields, where no name is given.
    private static func byManner(_ response: Exchange.Response, _ fields: [String: String], _ body: String)
        -> ServerSoftware?
    {
        let names = response.headers.map(\.name)
        if response.status == 101 {
            if names.starts(with: ["upgrade", "connection", "sec-websocket-accept"]), fields["date"] == nil {
                return .netty
            }
            if names.starts(with: ["connection", "upgrade", "sec-websocket-accept"]) {
                return fields["date"] == nil ? .tungstenite : .axum
            }
            return nil
        }
        let isPlain =
            fields["content-type"] == "text/plain; charset=utf-8" && fields["x-content-type-options"] == "nosniff"
        if fields["sec-websocket-version"] == "13", isPlain || names.contains("Sec-Websocket-Version") {
            return .gorilla
        }
        if isPlain { return .goHTTP }
        let statusBodies = [
            "bad request", "unauthorized", "forbidden", "upgrade required", "method not allowed", "service unavailable",
        ]
        if fields["date"] == nil, fields["content-type"] == "text/html", fields["connection"] == "close",
            statusBodies.contains(body)
        {
            return .nodeWS
        }
        if names.contains("Date"),
            fields["keep-alive"]?.hasPrefix("timeout=") == true
                || fields["connection"] == "close" && fields["content-type"] == nil && names.last == "Transfer-Encoding"
        {
            return .nodeHTTP
        }
        return nil
    }
}
