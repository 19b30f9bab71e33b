// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// The steps of opening a WebSocket, in their order; some are left out.
package enum ConnectPhase: String, Sendable, CaseIterable {
    /// Before anything is sent: URL and options are put together.
    case url
    /// Names become addresses.
    case resolve
    /// TCP, to the server or to the proxy.
    case connect
    /// The proxy is asked for a tunnel.
    case proxy
    /// TLS with the server.
    case tls
    /// The request is written.
    case send
    /// The answer is awaited and read.
    case answer
    /// The answer is compared with what RFC 6455 section 4.1 asks for.
    case checks
}
