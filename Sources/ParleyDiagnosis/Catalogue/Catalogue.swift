// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// All causes that are known.
package enum Catalogue {
    /// Every cause, by class and then in the order in which they are looked for.
    package static let causes: [Cause] = [
        serverConfiguration
    ]
    .flatMap(\.self)

    /// The cause of that id.
    package static func cause(_ id: String) -> Cause? { byID[id] }

    private static let byID: [String: Cause] = Dictionary(
        causes.map { ($0.id, $0) },
        uniquingKeysWith: { first, _ in first }
    )

    private static let serverConfiguration: [Cause] = [
        srvProxyDropsUpgrade, srvProxyStripsSubprotocol, srvProxyIdleTimeout, srvPathNotWebsocket, srvHttp200Instead,
        srvRedirect, srvUpstreamDown, srvAuthRequired, srvAuthInBand, srvRateLimited, srvOverloaded,
        srvHeadersTooLarge, srvUpgradeDisabled, srvMessageTooBig, srvNoWsLibrary, srvWorkerType, srvHostCheck,
        srvReloadCuts,
    ]
}
