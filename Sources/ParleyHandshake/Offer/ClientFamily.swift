// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import ParleyWebSocket

/// The client software, guessed from how it asks.
///
/// It informs a log or a report and decides nothing.
package enum ClientFamily: String, Sendable, Hashable, CaseIterable {
    case openAIPython = "openai-python"
    case openAINode = "openai-node"
    case agentsPython = "openai-agents-python"
    case agentsJavaScript = "openai-agents-js"
    case liveKitAgents = "livekit-agents"
    case azureRTClient = "azure-rt-client"
    case chromium = "chromium"
    case firefox = "firefox"
    case browser = "browser"
    case nodeWS = "ws"
    case nodeWebSocket = "node-websocket"
    case pythonWebSockets = "python-websockets"
    case aiohttp = "aiohttp"
    case websocketClient = "websocket-client"
    case go = "go"
    case java = "java"
    case arduino = "arduino"
    case urlSession = "urlsession"
    case curl = "curl"
    case unknown = "unknown"

    /// The guess: by what a client calls itself, then by the fields only one client sends, then by its silence.
    static func guess(fields: HTTPFields, subprotocols: [String], origin: String?, host: HostPort?) -> ClientFamily {
        let agent = fields[.userAgent] ?? ""
        if let named = agents.first(where: { HeaderText.contains(agent, $0.mark) }) { return named.family }
        if agent == "node" { return .nodeWebSocket }
        if subprotocols.contains(where: { $0.hasPrefix("openai-agents-sdk.") }) { return .agentsJavaScript }
        switch value(of: "x-stainless-lang", in: fields) {
        case "python": return .openAIPython
        case "js": return .openAINode
        default: break
        }
        if value(of: "x-ms-client-request-id", in: fields) != nil { return .azureRTClient }
        guard agent.isEmpty else { return .unknown }
        if let origin {
            return Origin(origin).isServersOwn(host) ? .websocketClient : .unknown
        }
        return fields[.secWebSocketExtensions]?.hasPrefix("permessage-deflate; client_max_window_bits") == true
            ? .nodeWS : .unknown
    }

    /// Parts of `User-Agent`; the first that is found decides, so the particular stand before the general.
    private static let agents: [(mark: String, family: ClientFamily)] = [
        ("OpenAI/Python", .openAIPython), ("OpenAI/JS", .openAINode),
        ("Agents/Python", .agentsPython), ("Agents/JavaScript", .agentsJavaScript),
        ("LiveKit Agents", .liveKitAgents),
        ("Firefox/", .firefox), ("Chrome/", .chromium), ("Mozilla/", .browser),
        (" websockets/", .pythonWebSockets), (" aiohttp/", .aiohttp),
        ("Go-http-client/", .go), ("Java-http-client/", .java),
        ("arduino-WebSocket-Client", .arduino), ("CFNetwork/", .urlSession), ("curl/", .curl),
    ]

    private static func value(of name: String, in fields: HTTPFields) -> String? {
        fields.first { $0.name.canonicalName == name }?.value
    }
}
