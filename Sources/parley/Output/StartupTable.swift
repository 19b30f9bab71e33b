// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials
internal import ParleyServer

/// What a newcomer needs to know when the server has started.
struct StartupTable {
    let text: String

    init(_ started: RealtimeServer.Started, _ configuration: ServerConfiguration) {
        let socket = started.socketURL
        let base = "\(started.url)/v1"
        var rows = [
            ("address", "\(socket)/v1/realtime", "also / and /realtime, /openai/realtime, /openai/v1/realtime"),
            ("dialects", "GA and beta", "chosen by each client"),
        ]
        rows += started.parts.map { ($0.slot, $0.using, $0.note) }
        rows.append(("access", Self.access(configuration), ""))
        if let certificate = started.selfSignedCertificate, let file = Self.save(certificate, started.port) {
            rows.append(("certificate", file, "NODE_EXTRA_CA_CERTS=\(file) or SSL_CERT_FILE=\(file) trusts it"))
        }
        let isPlain = started.scheme == "http"
        let key = configuration.apiKeys.isEmpty ? "any text" : "one of the server's keys"
        rows += [
            ("", "", ""),
            ("openai-realtime-console", "REACT_APP_LOCAL_RELAY_SERVER_URL=\(socket)", "branch websockets, npm start"),
            ("openai-python", "OPENAI_BASE_URL=\(base)", "OPENAI_API_KEY: \(key)"),
            (
                "openai-node",
                isPlain ? "needs TLS: parley serve --tls-self-signed" : "OPENAI_BASE_URL=\(base)",
                isPlain ? "it always speaks wss" : "OPENAI_API_KEY: \(key)"
            ),
        ]
        text = Self.table(rows)
    }

    private static func access(_ configuration: ServerConfiguration) -> String {
        if configuration.isOpenToAll { return "everybody who reaches the port" }
        let count = configuration.apiKeys.count
        return count == 0
            ? "everybody on this machine, no key needed" : "holders of \(count == 1 ? "the key" : "\(count) keys")"
    }

    private static func table(_ rows: [(String, String, String)]) -> String {
        let first = rows.map(\.0.count).max() ?? 0
        let second = rows.map(\.1.count).max() ?? 0
        return
            rows.map { row in
                let line = "  " + pad(row.0, first) + "  " + pad(row.1, second) + "  " + row.2
                return String(line.reversed().drop(while: \.isWhitespace).reversed())
            }
            .joined(separator: "\n")
    }

    private static func pad(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    /// Clients need the certificate as a file to trust it.
    private static func save(_ certificate: String, _ port: Int) -> String? {
        let directory = ProcessInfo.processInfo.environment["TMPDIR"] ?? "/tmp"
        let file = "\(directory)/parley-self-signed-\(port).pem"
        do {
            try Data(certificate.utf8).write(to: URL(filePath: file), options: .atomic)
            return file
        } catch {
            return nil
        }
    }
}

extension RealtimeServer.Started {
    /// The address for HTTP, `http://HOST:PORT`.
    var url: String { "\(scheme)://\(hostInURL):\(port)" }

    /// The address for WebSocket, `ws://HOST:PORT`.
    var socketURL: String { "\(scheme == "https" ? "wss" : "ws")://\(hostInURL):\(port)" }

    private var hostInURL: String {
        switch host {
        case "0.0.0.0", "::": "127.0.0.1"
        default: host.contains(":") ? "[\(host)]" : host
        }
    }
}
