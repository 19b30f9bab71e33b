// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes
package import Logging
internal import NIOCore
internal import ParleyTransport
internal import ParleyWebSocket

/// How the network is to be used.
package struct NetworkSettings: Sendable {
    /// Where the server is.
    package var endpoint: Endpoint
    /// How long one expected event may take, in seconds.
    package var timeoutSeconds: Double = 10
    /// A file of PEM certificates to trust besides those of the system.
    package var certificateFile: String?
    /// Whether the server's certificate is checked.
    package var verifiesCertificate = true

    package init(endpoint: Endpoint) { self.endpoint = endpoint }

    var timeout: TimeAmount { .milliseconds(Int64(timeoutSeconds * 1000)) }
}

/// A server on the network.
package struct NetworkWire: RealtimeWire {
    private let settings: NetworkSettings
    private let logger: Logger

    package init(_ settings: NetworkSettings, logger: Logger) {
        self.settings = settings
        self.logger = logger
    }

    package func connect(_ request: WireRequest) async throws(WireFailure) -> any WireConnection {
        let url: WebSocketURL
        do throws(WebSocketURLError) {
            url = try WebSocketURL(settings.endpoint.webSocketURL(request.query))
        } catch {
            throw .handshake(error.description)
        }
        do throws(ConnectFailure) {
            let client = try await WebSocketClient.connect(to: url, options: options(request), logger: logger)
            return NetworkConnection(client, patience: .seconds(settings.timeoutSeconds))
        } catch {
            throw Self.failure(error)
        }
    }

    package func exchange(_ request: WireHTTPRequest) async throws(WireFailure) -> WireHTTPAnswer {
        try await HTTPExchange(settings).answer(to: request)
    }

    private func options(_ request: WireRequest) -> ConnectOptions {
        var options = ConnectOptions()
        for (name, value) in request.headers {
            if let name = HTTPField.Name(name) { options.headers[name] = value }
        }
        options.subprotocols = request.subprotocols
        options.connectTimeout = settings.timeout
        options.verifiesCertificate = settings.verifiesCertificate
        options.trustedCertificatesFile = settings.certificateFile
        return options
    }

    private static func failure(_ failure: ConnectFailure) -> WireFailure {
        switch failure.cause {
        case .status(let code, _, let body):
            .refused(status: code, detail: Abbreviation.shortened(String(decoding: body, as: UTF8.self)))
        case .dns, .refused, .unreachable, .timedOut, .certificateUntrusted, .certificateNameMismatch, .tls, .notTLS,
            .tlsUnusable:
            .unreachable("\(failure)")
        default: .handshake("\(failure)")
        }
    }
}

/// A WebSocket whose messages are read as they come and handed out with patience.
private final class NetworkConnection: WireConnection {
    let subprotocol: String?
    private let client: WebSocketClient
    private let patience: Duration
    private let mailbox = Mailbox()
    private let reader: Task<Void, Never>

    init(_ client: WebSocketClient, patience: Duration) {
        self.client = client
        self.patience = patience
        subprotocol = client.subprotocol
        reader = Task { [mailbox] in
            for await message in client.messages { await mailbox.put(Self.arrival(message)) }
            await mailbox.finish(Self.close(await client.closed()))
        }
    }

    func send(_ message: WireMessage) async throws(WireFailure) {
        do throws(SendFailure) {
            switch message {
            case .text(let text): try await client.send(text: text)
            case .binary(let bytes): try await client.send(.binary, ByteBuffer(bytes: bytes))
            }
        } catch {
            throw .ended(error.description)
        }
    }

    func next() async -> WireArrival { await mailbox.take(within: patience) }

    func close(code: Int) async -> WireClose {
        let summary = await client.close(CloseCode(rawValue: UInt16(clamping: code)))
        reader.cancel()
        return Self.close(summary)
    }

    private static func arrival(_ message: Message) -> WireArrival {
        switch message.kind {
        case .text: .text(String(buffer: message.payload))
        case .binary: .binary(message.payload.readableBytes)
        }
    }

    /// Our own code counts only if the server answered it.
    private static func close(_ summary: CloseSummary) -> WireClose {
        let isAnswered = summary.initiator == .peer || summary.wasClean
        return WireClose(code: isAnswered ? summary.code.map { Int($0.rawValue) } : nil, reason: summary.reason)
    }
}
