// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import ParleyEvents

/// The idle timeout: the assistant has spoken, and nobody says anything (protocol reference, sections 4.5 and 7.5).
///
/// It runs from `response.done` plus the time it takes to play what was said, until somebody speaks or commits, or
/// another response of the conversation begins. A response that failed does not start it, or a broken engine would be
/// asked again and again.
extension SessionMachine {
    private var idleTimeout: TimeAmount? {
        guard session.kind == .realtime else { return nil }
        return session.input.turnDetection?.idleTimeoutMS.map { .milliseconds(Int64($0)) }
    }

    /// A response of the conversation is done.
    mutating func startIdling(at now: NIODeadline, into actions: inout [SessionAction]) {
        guard !input.isInTurn else { return }
        let since = max(now, playbackEnd)
        idleSince = since
        guard let idleTimeout else { return }
        actions.append(.startTimer(.idle, after: since + idleTimeout - now))
    }

    /// Something happens again.
    mutating func stopIdling(into actions: inout [SessionAction]) {
        guard idleSince != nil else { return }
        idleSince = nil
        if idleTimeout != nil { actions.append(.cancelTimer(.idle)) }
    }

    /// The session was updated; a new timeout counts from now at the earliest.
    mutating func updateIdling(
        from earlier: TurnDetection?,
        at now: NIODeadline,
        into actions: inout [SessionAction]
    ) {
        guard earlier?.idleTimeoutMS != session.input.turnDetection?.idleTimeoutMS, idleSince != nil else { return }
        if idleTimeout == nil {
            actions.append(.cancelTimer(.idle))
        } else {
            startIdling(at: now, into: &actions)
        }
    }

    /// The time is over: what was heard of the silence becomes the user's message, and the assistant speaks again.
    mutating func idled(at now: NIODeadline, into actions: inout [SessionAction]) {
        guard idleSince != nil, let timeoutMS = session.input.turnDetection?.idleTimeoutMS, !input.isInTurn else {
            return
        }
        idleSince = nil
        let silence = input.takeSilence(lastMS: timeoutMS)
        let itemID = ids.item()
        actions.append(
            .send(.inputTimeoutTriggered(itemID: itemID, audioStartMS: silence.startMS, audioEndMS: silence.endMS))
        )
        add(silence.recording, as: itemID, into: &actions)
        startResponseUnasked(at: now, into: &actions)
    }
}
