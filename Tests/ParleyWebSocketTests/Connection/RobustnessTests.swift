// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import ParleyWebSocket
import Testing

/// Everything that can be done to a machine.
private enum Input: CaseIterable {
    case text, unfinishedText, continuation, binary, ping, pong, pongInPieces, close, emptyClose, badClose, garbage,
        halfHeader, nothing
    case inputEnded, ourClose, timer, lateTimer, timeGoingBack, paused, resumed

    func apply(to endpoint: inout Endpoint, role: Role) {
        let peer = Peer(of: role)
        switch self {
        case .text: endpoint.received(peer.text("text"))
        case .unfinishedText: endpoint.received(peer.text("unfinished", fin: false))
        case .continuation: endpoint.received(peer.more("more"))
        case .binary: endpoint.received(peer.frame(2, [0, 1, 2]))
        case .ping: endpoint.received(peer.frame(9, [1]))
        case .pong: endpoint.received(peer.frame(10, [1]))
        case .pongInPieces: endpoint.received(peer.frame(10, [1, 2]), inPiecesOf: 1)
        case .close: endpoint.received(peer.close(1000, "reason"))
        case .emptyClose: endpoint.received(peer.frame(8))
        case .badClose: endpoint.received(peer.close(1005))
        case .garbage: endpoint.received([0xFF, 0x00, 0x55])
        case .halfHeader: endpoint.received(Array(peer.text("half").prefix(3)))
        case .nothing: endpoint.received([])
        case .inputEnded: endpoint.inputEnded()
        case .ourClose: endpoint.close(.normalClosure, "ours")
        case .timer: endpoint.fire(after: endpoint.wait ?? .seconds(1))
        case .lateTimer: endpoint.fire(after: .hours(1))
        case .timeGoingBack: endpoint.fire(after: .seconds(-1))
        case .paused: endpoint.machine.readingPaused(at: endpoint.now)
        case .resumed: endpoint.machine.readingResumed(at: endpoint.now)
        }
    }
}

/// What has to hold for every run, whatever was done.
private func checkInvariants(_ endpoint: Endpoint, role: Role) {
    let log = endpoint.log
    let ends = log.filter { if case .closed = $0 { true } else { false } }
    let closeFrames = log.filter {
        if case .wrote(let bytes) = $0 { bytes.first == 0x88 } else { false }
    }
    #expect(ends.count <= 1)
    #expect(closeFrames.count <= 1)
    if ends.count == 1 {
        #expect(log.last == ends.first)
        #expect(!endpoint.machine.isOpen)
        #expect(endpoint.machine.nextDeadline == nil)
    }
    if let place = log.firstIndex(where: { closeFrames.contains($0) }) {
        #expect(!endpoint.machine.isOpen)
        for entry in log[(place + 1)...] {
            switch entry {
            case .text, .binary, .wrote: Issue.record("\(entry) after the close frame")
            case .pong, .closed: break
            }
        }
    } else if ends.isEmpty {
        #expect(endpoint.machine.isOpen)
    }
}

@Suite("Robustness")
struct RobustnessTests {
    @Test("every input after every three others is taken", arguments: Role.allCases)
    func allSequences(role: Role) {
        for first in Input.allCases {
            for second in Input.allCases {
                for third in Input.allCases {
                    var endpoint = Endpoint(role, limits: ConnectionLimits(idleTimeout: .minutes(5)))
                    for input in [first, second, third] { input.apply(to: &endpoint, role: role) }
                    checkInvariants(endpoint, role: role)
                }
            }
        }
    }

    @Test("random inputs in any order leave it open or closed", arguments: Role.allCases)
    func randomInputs(role: Role) {
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<2000 {
            var endpoint = Endpoint(role, limits: ConnectionLimits(idleTimeout: .minutes(5)))
            for _ in 0..<Int.random(in: 1...15, using: &generator) {
                Input.allCases.randomElement(using: &generator)?.apply(to: &endpoint, role: role)
            }
            checkInvariants(endpoint, role: role)
        }
    }

    @Test("random bytes agree with the reference and never trap", arguments: Role.allCases)
    func randomBytes(role: Role) {
        var generator = SeededGenerator(seed: 20)
        var stream = FrameStream(for: role, seed: 21)
        let limits = ConnectionLimits(maxFrameBytes: 1000, maxMessageBytes: 1500)
        for round in 0..<20_000 {
            var bytes = generator.bytes(Int.random(in: 1...60, using: &generator))
            // A lawful first byte or two lets the rest get further than the first check.
            if round.isMultiple(of: 2) { bytes[0] = [0x81, 0x82, 0x01, 0x89, 0x8A, 0x88][round / 2 % 6] }
            if round.isMultiple(of: 4) && bytes.count > 1 {
                bytes[1] = bytes[1] & 0x1F | (role == .server ? 0x80 : 0)
            }
            let ownership = Ownership.allCases[round % Ownership.allCases.count]
            var endpoint = Endpoint(role, limits: limits, ownership: ownership)
            for piece in stream.cut(bytes) { endpoint.received(piece) }
            endpoint.inputEnded()
            guard endpoint.log == ReferenceEndpoint.log(role, bytes, limits: limits) else {
                Issue.record("round \(round): \(bytes)")
                return
            }
        }
    }

    @Test("a reader at the limits of what a buffer can hold still refuses by the header")
    func hugeLimits() {
        let limits = ConnectionLimits(maxFrameBytes: .max, maxMessageBytes: .max)
        var endpoint = Endpoint(.server, limits: limits)
        endpoint.received(Array(Peer(of: .server).frame(2, length: .announced(UInt64(Int32.max))).dropLast()))
        #expect(endpoint.machine.isOpen)
        endpoint.received([0x3D, 0x01, 0x02])
        #expect(endpoint.machine.isOpen)
    }
}
