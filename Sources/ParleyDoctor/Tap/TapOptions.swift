// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore
internal import NIOPosix

/// How the tap works, apart from the server it leads to.
package struct TapOptions: Sendable {
    /// Address to listen on.
    package var host = "127.0.0.1"
    /// Port to listen on; 0 for any that is free.
    package var port = 0
    /// Whether the `Host` field of each connection's first request is replaced by the server's own name.
    package var rewritesHost = false
    /// PEM file of the certificates to trust, in place of the system's; nil for the system's.
    package var caFile: String?
    /// Most connections at once; a further one is closed as soon as it is accepted.
    package var connections = 128
    /// How long connections may take to end by themselves when the tap is to end, in ms.
    package var settleMS = 1_000
    /// Where connections live; the tap uses one of its loops.
    package var eventLoopGroup: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton

    package init() {}
}
