// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// Server software and middle boxes for which fixes are known.
package enum ServerSoftware: String, Codable, Sendable, CaseIterable {
    // Proxies, balancers, hosts
    case nginx, haproxy, apache, caddy, envoy, traefik, squid, iis, vite
    case ingressNginx = "ingress-nginx"
    case awsALB = "aws-alb"
    case awsAPIGateway = "aws-api-gateway"
    case cloudflare
    case azureAppService = "azure-app-service"
    // Servers and libraries
    case netty, spring, tomcat, jetty, undertow
    case javaWebSocket = "java-websocket"
    case nodeWS = "node-ws"
    case nodeHTTP = "node-http"
    case socketIO = "socket.io"
    case pythonWebSockets = "python-websockets"
    case aiohttp, uvicorn, gunicorn, tornado, daphne, werkzeug
    case djangoChannels = "django-channels"
    case gorilla
    case coderWebSocket = "coder-websocket"
    case goHTTP = "go-http"
    case tungstenite, axum, actix, warp
    case aspNetCore = "aspnet-core"
    case swiftNIO = "swift-nio"
    case vapor, hummingbird
    case uWebSockets = "uwebsockets"
    case libwebsockets, boost, ratchet, swoole, phoenix, cowboy, puma, mosquitto
    // Realtime services
    case openAI = "openai"
    case azureOpenAI = "azure-openai"
    case parley
    case realtimeClient = "realtime-client"
}
