// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import ParleyHandshake
import Testing

extension PeerNetwork {
    fileprivate init?(_ bytes: [UInt8]) {
        guard let network = bytes.withUnsafeBytes({ PeerNetwork($0) }) else { return nil }
        self = network
    }
}

private func ipv4(_ last: UInt8) throws -> PeerNetwork { try #require(PeerNetwork([192, 0, 2, last])) }

@Suite("Peers")
struct PeerNetworkTests {
    @Test("of one IPv6 network of 64 bits are one, of two networks two")
    func ipv6() {
        let prefix: [UInt8] = [0x20, 0x01, 0x0D, 0xB8, 0, 0, 0, 1]
        let one = PeerNetwork(prefix + [0, 0, 0, 0, 0, 0, 0, 1])
        #expect(one != nil)
        #expect(one == PeerNetwork(prefix + [9, 9, 9, 9, 9, 9, 9, 9]))
        #expect(one != PeerNetwork(prefix.dropLast() + [2, 0, 0, 0, 0, 0, 0, 0, 1]))
    }

    @Test("with an IPv4 address written as IPv6 are the same, and never an IPv6 network")
    func mapped() throws {
        let mapped = [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF, 192, 0, 2, 7]
        #expect(PeerNetwork(mapped) == (try ipv4(7)))
        #expect(PeerNetwork(mapped) != (try ipv4(8)))
        #expect(PeerNetwork([0, 0, 0, 0, 192, 0, 2, 7] + [UInt8](repeating: 1, count: 8)) != (try ipv4(7)))
    }

    @Test("have addresses of 4 or 16 bytes", arguments: [0, 3, 5, 15, 17])
    func sizes(count: Int) {
        #expect(PeerNetwork([UInt8](repeating: 1, count: count)) == nil)
    }
}

@Suite("The quota of handshakes")
struct HandshakeQuotaTests {
    private static let start = NIODeadline.uptimeNanoseconds(1_000_000_000)

    @Test("allows a second's worth at once, then as many as come back")
    func rate() throws {
        var quota = HandshakeQuota(perSecond: 4)
        let peer = try ipv4(1)
        for _ in 0..<4 { #expect(quota.take(peer, at: Self.start) == nil) }
        #expect(quota.take(peer, at: Self.start) == Self.start + .milliseconds(250))
        // Who is refused loses nothing by asking.
        #expect(quota.take(peer, at: Self.start + .milliseconds(250)) == nil)
        #expect(quota.take(peer, at: Self.start + .milliseconds(250)) != nil)
    }

    @Test("of one peer is not used up by another")
    func peers() throws {
        var quota = HandshakeQuota(perSecond: 1)
        #expect(quota.take(try ipv4(1), at: Self.start) == nil)
        #expect(quota.take(try ipv4(2), at: Self.start) == nil)
        #expect(quota.take(try ipv4(1), at: Self.start) != nil)
    }

    @Test("remembers a bounded number of peers, and the one that keeps asking")
    func bounded() throws {
        var quota = HandshakeQuota(perSecond: 1, peers: 64)
        let stubborn = try #require(PeerNetwork([10, 0, 0, 1]))
        #expect(quota.take(stubborn, at: Self.start) == nil)
        for number in 0..<10_000 {
            let other = try #require(PeerNetwork([172, 16, UInt8(number >> 8), UInt8(number & 0xFF)]))
            _ = quota.take(other, at: Self.start)
            if number % 16 == 0 { #expect(quota.take(stubborn, at: Self.start) != nil) }
            #expect(quota.count <= 64)
        }
    }
}

@Suite("The quota of connections")
struct ConnectionQuotaTests {
    @Test("lets a few more in to be refused, and none beyond")
    func total() {
        var quota = ConnectionQuota(total: 16, perPeer: nil)
        for _ in 0..<16 {
            let stays = quota.opened(by: nil)
            #expect(stays)
        }
        #expect(!quota.isOver)
        for _ in 0..<ConnectionQuota.spare(for: 16) {
            let stays = quota.opened(by: nil)
            #expect(stays)
            #expect(quota.isOver)
        }
        let stays = quota.opened(by: nil)
        #expect(!stays)
        #expect(quota.count == 18)
    }

    @Test("counts those of each peer, and forgets a peer with its last one")
    func perPeer() throws {
        var quota = ConnectionQuota(total: 1_000, perPeer: 1)
        let peer = try ipv4(1)
        let verdicts = (0..<3).map { _ in quota.opened(by: peer) }
        #expect(verdicts == [true, true, false])
        #expect(quota.isOver(peer))
        #expect(!quota.isOver(try ipv4(2)))
        #expect(!quota.isOver(nil))
        quota.closed(by: peer)
        #expect(!quota.isOver(peer))
        quota.closed(by: peer)
        #expect(quota.count == 0)
        let again = quota.opened(by: peer)
        #expect(again)
    }
}
