// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyHandshake
import ParleyWebSocket
import Testing

@testable import ParleyServer

@Suite("A configuration becomes a handshake policy")
struct HandshakePolicyConfigurationTests {
    private static func policy(_ change: (inout ServerConfiguration) -> Void) throws -> HandshakePolicy {
        var configuration = ServerConfiguration()
        change(&configuration)
        return try HandshakePolicy(configuration, secrets: configuration.clientSecretKey)
    }

    @Test("By default everybody on this machine may in, by names of this machine only")
    func defaults() throws {
        let policy = try Self.policy { _ in }
        #expect(policy.access == .open)
        #expect(!policy.opensToRemotePeers)
        #expect(policy.hosts != .any)
        #expect(!policy.isEchoEnabled)
    }

    @Test("Nothing is compressed unless it is switched on, and then with small windows")
    func compression() throws {
        #expect(try Self.policy { _ in }.compression == nil)
        let settings = try #require(try Self.policy { $0.isCompressionEnabled = true }.compression)
        #expect((settings.windowBits, settings.peerWindowBits) == (12, 12))
        #expect(!settings.policy.compressesAudio)
    }

    @Test(
        "A listener for other machines needs a key, or to be opened on purpose",
        arguments: ["0.0.0.0", "::", "10.1.2.3"]
    )
    func remoteNeedsKey(host: String) throws {
        #expect(throws: ServerConfigurationError.self) { try Self.policy { $0.host = host } }
        #expect(try Self.policy { ($0.host, $0.apiKeys) = (host, ["sk-1"]) }.access.demandsKey)
        #expect(try Self.policy { ($0.host, $0.isOpenToAll) = (host, true) }.opensToRemotePeers)
    }

    @Test("A key that clients send when they have none is refused", arguments: ["", "null", "undefined"])
    func placeholderKeys(key: String) {
        #expect(throws: ServerConfigurationError.self) { try Self.policy { $0.apiKeys = ["sk-1", key] } }
    }

    @Test("An origin that is none is named in the error")
    func badOrigin() {
        #expect {
            try Self.policy { $0.allowedOrigins = ["https://ok.example", "https://"] }
        } throws: { error in
            "\(error)".contains("--allow-origin")
        }
    }

    @Test("Addresses of this machine are known as such", arguments: ["127.0.0.1", "127.9.9.9", "::1", "localhost"])
    func loopback(host: String) {
        var configuration = ServerConfiguration()
        configuration.host = host
        #expect(configuration.isLoopback)
    }
}
