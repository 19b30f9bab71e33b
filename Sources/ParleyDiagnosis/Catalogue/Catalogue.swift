// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// All causes that are known.
package enum Catalogue {
    /// Every cause, by class.
    package static let causes: [Cause] =
        [serverConfiguration, network, firewall, certificate, origin, code, version].flatMap(\.self)

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

    private static let network: [Cause] = [
        netRefused, netDns, netFamilyMismatch, netUnreachable, netHandshakeSlow, netClosedBeforeResponse,
        netResetBeforeResponse, netSilentIdleDrop, netWrongService, netMtu,
    ]

    private static let firewall: [Cause] = [
        fwFiltered, fwRejected, fwProxyAuth, fwProxyConnectDenied, fwProxyIgnored, fwProxyStripsUpgrade,
        fwCaptivePortal, fwTlsSniReset, fwTlsIntercept, fwBufferingMiddlebox, fwWafBlock, fwIdleRst,
    ]

    private static let certificate: [Cause] = [
        tlsExpired, tlsNotYetValid, tlsSelfSigned, tlsUnknownCa, tlsMissingIntermediate, tlsHostnameMismatch,
        tlsIpNotInSan, tlsNoSan, tlsWrongPurpose, tlsWeakKey, tlsWeakSignature, tlsOldVersion, tlsNoSharedCipher,
        tlsClientCertRequired, tlsWssToPlain, tlsWsToTls, tlsAlpnH2Only, tlsSniRequired, tlsRevoked,
    ]

    private static let origin: [Cause] = [
        orgRejected, orgMismatch, orgRewrittenHost, orgNull, orgRequired, orgMixedContent, orgCsp,
        orgLocalNetworkAccess, orgUnsafePort, orgCookie, orgHsts,
    ]

    private static let code: [Cause] = [
        codeBadAccept, codeMissingConnection, codeMissingUpgrade, code101WithBody, code101Chunked, codeBareLf,
        codeMaskedServer, codeUnmaskedClient, codeBadUtf8, codeRsv, codeBadFrame, codeBadCloseCode, codeClose1011,
        codeAbruptClose, codeSilence, codeNoPong, codeClientNoPong, codeConnectionExactMatch, codeHeaderCase,
        codeBadKey, codeClientHttp10, codeBrowserHeaders, codeBadSubprotocolToken, codeClientScheme, codeUrlFragment,
        codeNotAccepted, codeNoUpgradeListener, code5xx, codeBinaryVsText, codeCompressionSafari,
    ]

    private static let version: [Cause] = [
        verWsVersion, verHixie, verHttpVersion, verSubprotoNone, verSubprotoUnoffered, verSubprotoMismatch,
        verSubprotoMultiple, verSubprotoRequired, verExtUnoffered, verExtParams, verExtNotImplemented,
        verH2ExtendedConnect, verRealtimeBetaRejected, verRealtimeBetaOnly, verRealtimeEventShape, verRealtimeAzure,
        verSocketioEio,
    ]
}
