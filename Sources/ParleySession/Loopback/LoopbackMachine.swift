// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore
package import ParleyEvents

/// A session that sends each piece of audio straight back: the probe for capacity, latency and proxies.
///
/// Every `input_audio_buffer.append` is answered at once with one `response.output_audio.delta` of the same bytes.
/// All ids stay the same, so that a probe can compare what it gets byte by byte.
package struct LoopbackMachine: SessionLogic {
    /// The configuration in force.
    package private(set) var session: Session
    private let limits: SessionLimits
    private let address: ServerEvent.PartAddress
    /// Whether the connection is to be closed.
    private var isOver = false

    /// A loopback that has not begun.
    package init(session: Session, limits: SessionLimits = SessionLimits(), ids: IDSource) {
        var ids = ids
        self.session = session
        self.limits = limits
        address = ServerEvent.PartAddress(
            responseID: ids.response(),
            itemID: ids.item(),
            outputIndex: 0,
            contentIndex: 0
        )
    }

    /// The connection is open.
    package func opened(into actions: inout [SessionAction]) {
        actions.append(.send(.sessionCreated(session)))
        actions.append(.startTimer(.expiry, after: limits.duration))
    }

    /// The format of the audio that the client appends.
    package var inputFormat: AudioFormat { session.input.format }

    /// Nothing is ever under way.
    package var isResponding: Bool { false }

    /// There is no engine.
    package mutating func received(
        _ event: EngineEvent,
        at now: NIODeadline,
        into actions: inout [SessionAction]
    ) {}

    /// A timer has fired.
    package mutating func fired(_ timer: SessionTimer, at now: NIODeadline, into actions: inout [SessionAction]) {
        guard !isOver else { return }
        switch timer {
        case .expiry:
            isOver = true
            limits.expire(into: &actions)
        case .idle: break
        }
    }

    /// A client event that could be read.
    package mutating func received(
        _ event: ClientEvent,
        eventID: String?,
        at now: NIODeadline,
        into actions: inout [SessionAction]
    ) {
        guard !isOver else { return }
        switch event {
        case .inputAudioBufferAppend(let audio): actions.append(.send(.audioDelta(address, audio)))
        case .sessionUpdate(let update, let temperature):
            do throws(RealtimeError) {
                try session.apply(update, audioWasProduced: false, temperature: temperature)
                actions.append(.send(.sessionUpdated(session)))
            } catch {
                var error = error
                error.eventID = eventID
                actions.append(.send(.error(error)))
            }
        case .inputAudioBufferClear: actions.append(.send(.inputAudioBufferCleared))
        default:
            let error = RealtimeError(
                code: "unsupported_by_engine",
                message: "The loopback engine only answers input_audio_buffer.append, with the same audio. "
                    + "Serve another engine to talk.",
                param: "type",
                eventID: eventID
            )
            actions.append(.send(.error(error)))
        }
    }
}
