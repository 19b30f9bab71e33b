// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import ParleyWebSocket

/// Which subprotocol offers are answered.
package enum SubprotocolPolicy: String, Sendable, Hashable, CaseIterable {
    /// Any offer: whatever a client asks for is the least it will take.
    case lenient
    /// Only offers that contain a token the Realtime API knows; others are refused.
    case strict
}

/// Everything a decision depends on beside the request and the load.
package struct HandshakePolicy: Sendable {
    /// Who may open a session.
    package var access: AccessPolicy
    /// Signs the short-lived keys that open the door as well; nil when there are none.
    package var secrets: ClientSecretKey?
    /// Whether open access extends to peers beyond this machine.
    package var opensToRemotePeers: Bool
    /// Which pages may connect.
    package var origins: OriginPolicy
    /// Which names the server answers to.
    package var hosts: HostPolicy
    /// Which subprotocol offers are answered.
    package var subprotocols: SubprotocolPolicy
    /// The model of a conversation whose client names none; nil leaves it to the session.
    package var defaultModel: String?
    /// How messages are compressed where a client offers that; nil for never.
    package var compression: DeflateSettings?
    /// Whether `/echo` is served.
    package var isEchoEnabled: Bool
    /// Whether clients that cannot read an HTTP refusal are told in an `error` event over an opened connection.
    package var refusesInBand: Bool

    /// The defaults are those of a server on loopback without keys: nothing from elsewhere can reach it.
    package init(
        access: AccessPolicy = .open,
        secrets: ClientSecretKey? = nil,
        opensToRemotePeers: Bool = false,
        origins: OriginPolicy = OriginPolicy(),
        hosts: HostPolicy = .loopback(and: []),
        subprotocols: SubprotocolPolicy = .lenient,
        defaultModel: String? = nil,
        compression: DeflateSettings? = nil,
        isEchoEnabled: Bool = false,
        refusesInBand: Bool = true
    ) {
        self.access = access
        self.secrets = secrets
        self.opensToRemotePeers = opensToRemotePeers
        self.origins = origins
        self.hosts = hosts
        self.subprotocols = subprotocols
        self.defaultModel = defaultModel
        self.compression = compression
        self.isEchoEnabled = isEchoEnabled
        self.refusesInBand = refusesInBand
    }
}
