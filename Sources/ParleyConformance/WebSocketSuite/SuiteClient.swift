// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import Logging
internal import NIOCore
internal import ParleyTransport
internal import ParleyWebSocket

/// The client side under test by a WebSocket test suite that plays the server (Autobahn's fuzzing server).
///
/// It asks how many cases there are, echoes in each what it gets until the suite ends it, and lets the report be written.
package struct SuiteClient: Sendable {
    private let server: String
    private let agent: String
    private let compression: DeflateSettings?
    private let logger: Logger

    /// - Parameters:
    ///   - server: `ws://HOST:PORT` of the suite.
    ///   - agent: The name in the report.
    ///   - compresses: Whether compression is offered.
    ///   - forgetsContext: Whether each message is compressed for itself.
    ///   - logger: Gets a line for each case whose handshake fails.
    package init(server: String, agent: String, compresses: Bool, forgetsContext: Bool, logger: Logger) {
        self.server = server
        self.agent = agent
        compression = compresses ? DeflateSettings(forgetsContext: forgetsContext) : nil
        self.logger = logger
    }

    /// Runs all cases.
    ///
    /// - Returns: How many there were.
    /// - Throws: That the suite cannot be reached or does not say how many cases it has.
    package func run() async throws -> Int {
        let counting = try await open("/getCaseCount?agent=\(agent)")
        var count: Int?
        for await message in counting.messages { count = Int(String(buffer: message.payload)) }
        guard let count else { throw SuiteFailure.noCount(server) }
        for number in stride(from: 1, through: count, by: 1) {
            do {
                await echo(try await open("/runCase?case=\(number)&agent=\(agent)"))
            } catch {
                logger.notice("case not opened", metadata: ["case": "\(number)", "reason": "\(error)"])
            }
        }
        _ = try await open("/updateReports?agent=\(agent)").closed()
        return count
    }

    private func open(_ target: String) async throws -> WebSocketClient {
        var options = ConnectOptions()
        options.compression = compression
        // Cases are silent for as long as they like.
        options.limits.pingInterval = nil
        guard let url = try? WebSocketURL(server + target) else { throw SuiteFailure.address(server) }
        return try await WebSocketClient.connect(to: url, options: options, logger: logger)
    }

    private func echo(_ client: WebSocketClient) async {
        for await message in client.messages {
            do throws(SendFailure) {
                try await client.send(message.kind, message.payload)
            } catch {
                break
            }
        }
        _ = await client.closed()
    }
}

/// Why a suite could not be run.
package enum SuiteFailure: Error, Sendable, CustomStringConvertible {
    case address(String)
    case noCount(String)

    package var description: String {
        switch self {
        case .address(let text): "'\(text)' is no address of a WebSocket server. Give ws://HOST:PORT."
        case .noCount(let server): "\(server) does not say how many cases it has. Is it Autobahn's fuzzing server?"
        }
    }
}
