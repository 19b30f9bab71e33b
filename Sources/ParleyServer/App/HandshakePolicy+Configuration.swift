// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import ParleyHandshake
internal import ParleyTransport
internal import ParleyWebSocket

extension HandshakePolicy {
    /// The policy that a configuration asks for.
    init(_ configuration: ServerConfiguration, secrets: ClientSecretKey) throws(ServerConfigurationError) {
        let isLoopback = configuration.isLoopback
        guard isLoopback || !configuration.apiKeys.isEmpty || configuration.isOpenToAll else {
            throw ServerConfigurationError(
                description: "--host \(configuration.host) can be reached from other machines, and there is no key. "
                    + "Give one with --api-key or --keys, or open the server to everybody with --no-auth."
            )
        }
        var keys: [AccessKey] = []
        for (index, text) in configuration.apiKeys.enumerated() {
            guard let key = AccessKey(text, label: "key \(index + 1)") else {
                throw ServerConfigurationError(
                    description: "API key \(index + 1) is empty or one of the words that clients send without a key "
                        + "(null, undefined, None). Choose another."
                )
            }
            keys.append(key)
        }
        let access: AccessPolicy = keys.isEmpty || configuration.isOpenToAll ? .open : .keys(keys)
        var origins: [OriginPattern] = []
        for text in configuration.allowedOrigins {
            do throws(PatternError) {
                origins.append(try OriginPattern(text))
            } catch {
                throw ServerConfigurationError(description: "--allow-origin: \(error)")
            }
        }
        self.init(
            access: access,
            secrets: secrets,
            opensToRemotePeers: configuration.isOpenToAll,
            origins: OriginPolicy(allowed: origins),
            hosts: .forListener(
                isLoopback: isLoopback,
                access: access,
                names: (try? HostPattern(configuration.host)).map { [$0] } ?? []
            ),
            subprotocols: configuration.isSubprotocolPolicyStrict ? .strict : .lenient,
            defaultModel: configuration.defaultModel,
            compression: configuration.isCompressionEnabled ? DeflateSettings(peerWindowBits: 12) : nil,
            isEchoEnabled: configuration.isEchoEnabled
        )
    }
}

extension ServerConfiguration {
    /// What signs client secrets: the key given, else one that all servers with the same API keys share, else one that
    /// only this process knows.
    var clientSecretKey: ClientSecretKey {
        if let signingKey { return ClientSecretKey(sharedBy: [signingKey]) }
        return apiKeys.isEmpty ? ClientSecretKey() : ClientSecretKey(sharedBy: apiKeys)
    }

    /// Most connections at a time: ``maxConnections``, or what the process may open now.
    public var connectionLimit: Int { maxConnections ?? OpenFiles.connections(within: OpenFiles.limit) }

    /// What a WebSocket may take.
    var connectionLimits: ConnectionLimits {
        let messages = messagesPerSecond ?? (isLoopback ? 0 : Self.defaultMessagesPerSecond)
        return ConnectionLimits(
            maxFrameBytes: maxMessageBytes,
            maxMessageBytes: maxMessageBytes,
            pingInterval: pingIntervalSeconds > 0 ? .seconds(Int64(pingIntervalSeconds)) : nil,
            idleTimeout: idleTimeoutSeconds.map { .seconds(Int64($0)) },
            sendTimeout: .seconds(Int64(sendTimeoutSeconds)),
            maxUnsentBytes: maxUnsentBytes,
            messagesPerSecond: messages > 0 ? messages : nil
        )
    }

    /// Whether only this machine can reach the listener.
    var isLoopback: Bool {
        host == "localhost" || ((try? SocketAddress(ipAddress: host, port: 0))?.isLoopback ?? false)
    }
}
