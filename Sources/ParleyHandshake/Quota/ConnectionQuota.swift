// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// How many connections there are, in all and of each peer.
///
/// A few more than the limit are let in, to be told over HTTP why they are refused; more are not even that.
package struct ConnectionQuota: Sendable {
    private var total: Int
    private var perPeer: Int?
    private var counts: [PeerNetwork: Int] = [:]
    /// Connections that are open.
    package private(set) var count = 0

    /// A quota of which nothing is used.
    ///
    /// - Parameters:
    ///   - total: Most connections, at least 1.
    ///   - perPeer: Most connections of one peer; `nil` for no limit.
    package init(total: Int, perPeer: Int?) {
        self.total = max(total, 1)
        self.perPeer = perPeer
    }

    /// Sets other limits; connections that are open stay and count.
    package mutating func setLimits(total: Int, perPeer: Int?) {
        self.total = max(total, 1)
        self.perPeer = perPeer
    }

    /// Connections above the limit that are let in to be refused: an eighth, between 1 and 64.
    package static func spare(for limit: Int) -> Int { min(max(limit / 8, 1), 64) }

    /// A connection was opened.
    ///
    /// - Parameters:
    ///   - peer: By whom; `nil` for somebody who has no address.
    ///   - isLimited: Whether the limit for single peers holds for it; it is counted in any case.
    /// - Returns: Whether it may stay and counts; if not it is to be closed at once.
    package mutating func opened(by peer: PeerNetwork?, isLimited: Bool = true) -> Bool {
        guard count < total + Self.spare(for: total) else { return false }
        if let peer {
            let own = counts[peer, default: 0]
            if isLimited, let perPeer, own >= perPeer + Self.spare(for: perPeer) { return false }
            counts[peer] = own + 1
        }
        count += 1
        return true
    }

    /// A connection that stayed was closed.
    package mutating func closed(by peer: PeerNetwork?) {
        count -= 1
        guard let peer, let own = counts[peer] else { return }
        counts[peer] = own > 1 ? own - 1 : nil
    }

    /// Whether there are more connections than there may be.
    package var isOver: Bool { count > total }

    /// Whether a peer has more connections than it may.
    package func isOver(_ peer: PeerNetwork?) -> Bool {
        guard let peer, let perPeer else { return false }
        return counts[peer, default: 0] > perPeer
    }
}
