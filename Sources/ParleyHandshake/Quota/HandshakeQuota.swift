// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore
internal import ParleyWebSocket

/// How many handshakes each peer may still begin.
///
/// Peers are remembered in two generations of equal size. Whoever asks is of the younger one; when that is full the
/// older is forgotten. So memory is bounded however many addresses ask, and those who ask most often are remembered.
package struct HandshakeQuota: Sendable {
    private let perSecond: Int
    private let generation: Int
    private var younger: [PeerNetwork: TokenBucket] = [:]
    private var older: [PeerNetwork: TokenBucket] = [:]

    /// A quota of which nothing is used.
    ///
    /// - Parameters:
    ///   - perSecond: Handshakes per second and peer, and so many at once.
    ///   - peers: Most peers that are remembered; default 8,192, which is less than 1 MiB.
    package init(perSecond: Int, peers: Int = 8_192) {
        self.perSecond = perSecond
        generation = max(peers / 2, 1)
    }

    /// Peers that are remembered.
    package var count: Int { younger.count + older.count }

    /// A peer begins a handshake.
    ///
    /// - Returns: When it may; `nil` if it may now.
    package mutating func take(_ peer: PeerNetwork, at now: NIODeadline) -> NIODeadline? {
        var bucket = younger[peer] ?? older.removeValue(forKey: peer) ?? TokenBucket(perSecond: perSecond, now: now)
        let next = bucket.take(at: now)
        if younger[peer] == nil, younger.count >= generation {
            older = younger
            younger = [:]
        }
        younger[peer] = bucket
        return next
    }
}
