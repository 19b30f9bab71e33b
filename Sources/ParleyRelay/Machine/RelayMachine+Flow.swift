// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import ParleyWebSocket

/// Who is being held back, and why.
struct Flow: Sendable {
    /// Whether the client takes no bytes.
    var isClientBlocked = false
    /// Whether the upstream in use takes no bytes.
    var isUpstreamBlocked = false
    /// Whether nothing is read from the client.
    var isClientPaused = false
}

// While one side takes no bytes nothing is read from the other, so that what is queued stays bounded.
extension RelayMachine {
    mutating func blocked(_ peer: Peer, _ actions: inout [Action]) {
        let deadline = TimeAmount.seconds(Int64(terms.settings.blockedSeconds))
        switch peer {
        case .client where !flow.isClientBlocked:
            flow.isClientBlocked = true
            actions.append(.pauseReading(.upstream(current), true))
            actions.append(.startTimer(.blocked(isClient: true), deadline))
        case .upstream(current) where !flow.isUpstreamBlocked:
            flow.isUpstreamBlocked = true
            actions.append(.startTimer(.blocked(isClient: false), deadline))
            updateFlow(&actions)
        default: break
        }
    }

    mutating func writable(_ peer: Peer, _ actions: inout [Action]) {
        switch peer {
        case .client where flow.isClientBlocked:
            flow.isClientBlocked = false
            actions.append(.cancelTimer(.blocked(isClient: true)))
            actions.append(.pauseReading(.upstream(current), false))
        case .upstream(current) where flow.isUpstreamBlocked: unblockUpstream(&actions)
        default: break
        }
    }

    /// The upstream takes bytes, or is another one now.
    mutating func unblockUpstream(_ actions: inout [Action]) {
        if flow.isUpstreamBlocked {
            flow.isUpstreamBlocked = false
            actions.append(.cancelTimer(.blocked(isClient: false)))
        }
        updateFlow(&actions)
    }

    /// Reads from the client or not, as things are.
    mutating func updateFlow(_ actions: inout [Action]) {
        let isPaused = flow.isUpstreamBlocked || held.isFull
        guard isPaused != flow.isClientPaused else { return }
        flow.isClientPaused = isPaused
        actions.append(.pauseReading(.client, isPaused))
    }

    /// Reads from the client again, whatever there was.
    mutating func resume(_ actions: inout [Action]) {
        guard flow.isClientPaused else { return }
        flow.isClientPaused = false
        actions.append(.pauseReading(.client, false))
    }

    mutating func blockedTooLong(_ timer: Timer, _ actions: inout [Action]) {
        let isClient = timer == .blocked(isClient: true)
        let seconds = terms.settings.blockedSeconds
        let reason = "The \(isClient ? "client" : "upstream") took no bytes for \(seconds) s."
        actions.append(.note(reason))
        actions.append(.close(.upstream(current), .goingAway, reason))
        closeClient(RelayClose(.tryAgainLater, reason), &actions)
    }
}
