// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore
internal import NIOPosix

/// How the doctor works, apart from what it is asked.
package struct DoctorOptions: Sendable {
    /// PEM file of the certificates to trust, in place of the system's; nil for the system's.
    package var caFile: String?
    /// Most connections that are open at once.
    package var concurrency = 8
    /// Longest time for everything together, in seconds; what has been seen by then is judged.
    ///
    /// Holding a connection open as the question asks comes on top.
    package var totalSeconds: Double = 90
    /// Where connections live.
    package var eventLoopGroup: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
    /// Environment variables: `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY`, `NO_PROXY`, in either case.
    package var environment: [String: String] = [:]

    package init() {}
}
