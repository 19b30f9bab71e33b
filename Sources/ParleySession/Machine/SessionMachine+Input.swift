// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import ParleyAudio
internal import ParleyEvents

/// What the user says: audio in, turns out.
extension SessionMachine {
    mutating func append(
        _ audio: ByteBuffer,
        at now: NIODeadline,
        into actions: inout [SessionAction]
    ) throws(RealtimeError) {
        // What our own loudspeaker plays may leak into the microphone.
        input.assistantIsHeard(now < playbackEnd)
        for event in try input.append(audio) {
            switch event {
            case .speechStarted(let startMS):
                speechStarted(startMS, at: now, into: &actions)
            case .speechStopped(let endMS, let recording):
                speechStopped(endMS, recording, at: now, into: &actions)
            case .paused(let recording): paused(recording, into: &actions)
            case .resumed:
                guard let itemID = input.turnItemID else { break }
                actions.append(.engine(.disregard(itemID: itemID)))
            }
        }
    }

    private mutating func speechStarted(_ startMS: Int, at now: NIODeadline, into actions: inout [SessionAction]) {
        let itemID = ids.item()
        input.turnItemID = itemID
        stopIdling(into: &actions)
        actions.append(.send(.speechStarted(itemID: itemID, audioStartMS: startMS)))
        guard session.kind == .realtime, session.input.turnDetection?.interruptResponse == true else { return }
        interruptPlayback(at: now)
        endConversationResponse(.cancelled(reason: "turn_detected"), at: now, into: &actions)
    }

    /// The user may have finished: who transcribes can begin.
    private func paused(_ recording: ByteBuffer, into actions: inout [SessionAction]) {
        guard let itemID = input.turnItemID else { return }
        let isTranscribed = session.input.transcription != nil
        guard isTranscribed || session.input.turnDetection?.createResponse == true else { return }
        actions.append(
            .engine(
                .anticipate(
                    TranscriptionRequest(
                        itemID: itemID,
                        recording: Recording(
                            recording,
                            format: session.input.format,
                            noiseReduction: session.input.noiseReductionStrength
                        ),
                        model: session.input.transcription?.model,
                        language: session.input.transcription?.language,
                        prompt: session.input.transcription?.prompt
                    )
                )
            )
        )
    }

    private mutating func speechStopped(
        _ endMS: Int,
        _ recording: ByteBuffer,
        at now: NIODeadline,
        into actions: inout [SessionAction]
    ) {
        let itemID = input.turnItemID ?? ids.item()
        input.turnItemID = nil
        actions.append(.send(.speechStopped(itemID: itemID, audioEndMS: endMS)))
        add(recording, as: itemID, into: &actions)
        guard session.kind == .realtime, session.input.turnDetection?.createResponse == true else { return }
        startResponseUnasked(silenceMS: input.silenceMS, at: now, into: &actions)
    }

    /// The client commits by hand.
    mutating func commit(into actions: inout [SessionAction]) throws(RealtimeError) {
        let recording = try input.commit()
        let itemID = input.turnItemID ?? ids.item()
        input.turnItemID = nil
        stopIdling(into: &actions)
        add(recording, as: itemID, into: &actions)
    }

    /// Makes a recording the user's next message.
    mutating func add(_ audio: ByteBuffer, as itemID: String, into actions: inout [SessionAction]) {
        let noiseReduction = session.input.noiseReductionStrength
        let recording = Recording(audio, format: session.input.format, noiseReduction: noiseReduction)
        let item = Item(
            id: itemID,
            kind: .message(role: .user, content: [.inputAudio(audio: audio, transcript: nil)])
        )
        let predecessor = conversation.append(
            ConversationLog.Entry(item, format: session.input.format, noiseReduction: noiseReduction)
        )
        actions.append(.send(.inputAudioBufferCommitted(itemID: itemID, previousItemID: predecessor)))
        actions.append(.send(.itemAdded(item, previousItemID: predecessor)))
        actions.append(.send(.itemDone(item, previousItemID: predecessor)))
        dropOldItems(into: &actions)
        transcribe(recording, of: itemID, into: &actions)
    }

    private mutating func transcribe(
        _ recording: Recording,
        of itemID: String,
        into actions: inout [SessionAction]
    ) {
        guard let transcription = session.input.transcription else { return }
        guard transcriptions.count < limits.transcriptions else {
            let error = RealtimeError(
                type: "transcription_error",
                code: "too_many_transcriptions",
                message: "\(limits.transcriptions) transcriptions are running already. Commit less often."
            )
            actions.append(.send(.inputTranscriptionFailed(itemID: itemID, error)))
            return
        }
        transcriptions[itemID] = Double(recording.durationMS) / 1000
        actions.append(
            .engine(
                .transcribe(
                    TranscriptionRequest(
                        itemID: itemID,
                        recording: recording,
                        model: transcription.model,
                        language: transcription.language,
                        prompt: transcription.prompt
                    )
                )
            )
        )
    }
}
