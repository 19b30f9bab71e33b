// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyEvents

extension RealtimeClient {
    func received(_ arrival: RealtimeAPI.Arrival) {
        guard case .event(let received) = arrival else {
            guard case .invalid(let error) = arrival else { return }
            if opening != nil, refusal == nil { refusal = .notUnderstood(error) }
            return publish(.invalid(error))
        }
        // Whoever reads an event finds the conversation as it is after it.
        let changes = conversation.apply(received.event)
        if case .error(let error) = received.event, opening != nil { refusal = .server(error) }
        if case .inputAudioBufferCommitted = received.event { uncommittedBytes = 0 }
        let (wanted, settled) = responses.received(received.event)
        let (calls, goesOn) = toolCalls.received(received.event)
        if case .responseDone(let response) = received.event, goesOn || toolCalls.isOpen(response.id) {
            pending.expectFollowUp(of: response.id)
        }
        publish(.event(received))
        for change in changes { publish(.change(change)) }
        if case .responseDone(let response) = received.event {
            pending.ended(response).forEach(tell)
        }
        if let settled { tell(pending.settle(settled.request, settled.outcome.mapError { .server($0) })) }
        if let wanted { launch { try? await $0.ask(wanted) } }
        waitingCalls += calls
        runTools()
        if goesOn, case .responseDone(let response) = received.event { launch { await $0.goOn(after: response.id) } }
    }
}
