// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore
internal import ParleyEvents

/// What the assistant says: responses from their start to their end.
extension SessionMachine {
    mutating func startResponse(
        _ overrides: ResponseOverrides,
        silenceMS: Int? = nil,
        at now: NIODeadline,
        into actions: inout [SessionAction]
    ) throws(RealtimeError) {
        guard session.kind == .realtime else {
            throw .invalidValue("type", message: "A transcription session has no responses.")
        }
        try overrides.checkAbilities()
        if !overrides.isOutOfBand, let running = responses.first(where: { !$0.isOutOfBand }) {
            throw RealtimeError(
                code: "conversation_already_has_active_response",
                message: "Conversation already has an active response in progress: \(running.id). "
                    + "Wait until the response is finished before creating a new one."
            )
        }
        guard responses.count < limits.responses else {
            throw RealtimeError(
                code: "too_many_responses",
                message: "\(limits.responses) responses are in progress already. Wait until one is finished."
            )
        }
        var request = try request(overrides)
        request.silenceMS = silenceMS
        if !overrides.isOutOfBand { stopIdling(into: &actions) }
        var response = Response(
            id: request.id,
            conversationID: overrides.isOutOfBand ? nil : conversationID,
            outputModality: overrides.outputModality ?? session.outputModality,
            voice: request.voice,
            format: overrides.format ?? session.output.format,
            maxOutputTokens: overrides.maxOutputTokens ?? session.maxOutputTokens,
            metadata: overrides.metadata
        )
        response.temperature = request.temperature
        responses.append(
            ResponseMachine(response, context: request.context, limits: limits)
        )
        let refusal = rates.begin(at: now)
        actions.append(.send(.responseCreated(response)))
        let allowances = rates.state
        if !allowances.isEmpty { actions.append(.send(.rateLimitsUpdated(allowances))) }
        if let refusal {
            finish(responses.count - 1, refusal, usage: nil, at: now, into: &actions)
        } else {
            actions.append(.engine(.respond(request)))
        }
    }

    /// Starts a response that no client event asks for, `silenceMS` after the user fell silent; an error is nobody's
    /// fault in particular.
    mutating func startResponseUnasked(
        silenceMS: Int? = nil,
        at now: NIODeadline,
        into actions: inout [SessionAction]
    ) {
        do throws(RealtimeError) {
            try startResponse(ResponseOverrides(), silenceMS: silenceMS, at: now, into: &actions)
        } catch {
            actions.append(.send(.error(error)))
        }
    }

    private mutating func request(_ overrides: ResponseOverrides) throws(RealtimeError) -> ResponseRequest {
        let limit =
            switch overrides.maxOutputTokens ?? session.maxOutputTokens {
            case .infinite: Int?.none
            case .tokens(let count): count
            }
        let context = try context(overrides)
        var request = ResponseRequest(
            id: ids.response(),
            model: session.model,
            instructions: overrides.instructions ?? session.instructions,
            context: context,
            tools: (overrides.tools ?? session.tools)
                .compactMap { tool in
                    guard case .function(let name, let description, let parameters) = tool else { return nil }
                    return ToolDefinition(name: name, description: description, parameters: parameters)
                },
            toolChoice: overrides.toolChoice ?? session.toolChoice,
            wantsAudio: (overrides.outputModality ?? session.outputModality) == .audio,
            voice: overrides.voice ?? session.output.voice,
            speed: session.output.speed,
            maxOutputTokens: limit,
            temperature: overrides.temperature ?? session.temperature,
            reasoningEffort: setting("reasoning", overrides)?["effort"]?.stringValue,
            allowsParallelCalls: setting("parallel_tool_calls", overrides)?.boolValue
        )
        let mark = ResponseMachine.latencyMark
        request.reportsLatency =
            overrides.metadata?[mark] != nil || session.extra["tracing"]?["metadata"]?[mark] != nil
        return request
    }

    private func setting(_ name: String, _ overrides: ResponseOverrides) -> JSON? {
        overrides.extra[name] ?? session.extra[name]
    }

    /// The conversation as the model is to see it, or what the client gives instead.
    private mutating func context(_ overrides: ResponseOverrides) throws(RealtimeError) -> [ContextItem] {
        var instructions = ContextSize()
        instructions.characters =
            (overrides.instructions ?? session.instructions).utf8.count
            + (overrides.tools ?? session.tools).reduce(0) { $0 + $1.json.text.utf8.count }
        let truncation = ContextTruncation(
            session.extra["truncation"],
            contextTokens: limits.contextTokens,
            instructionTokens: instructions.tokens
        )
        guard let input = overrides.input else { return try conversation.context(truncation) }
        var items: [ContextItem] = []
        for (index, entry) in input.enumerated() {
            switch entry {
            case .item(let item):
                items += ConversationLog.Entry(identified(item), format: session.input.format).context
            case .reference(let id):
                guard let entry = conversation[id] else {
                    throw .invalidValue(
                        "response.input[\(index)].id",
                        message: "Invalid 'response.input[\(index)].id': the item with id '\(id)' does not exist."
                    )
                }
                items += entry.context
            }
        }
        return try items.fitting(truncation, at: "response.input")
    }

    mutating func cancelResponse(
        _ responseID: String?,
        at now: NIODeadline,
        into actions: inout [SessionAction]
    ) throws(RealtimeError) {
        let found = responses.firstIndex { responseID == nil ? !$0.isOutOfBand : $0.id == responseID }
        guard let index = found else {
            // One that has just ended is a race; one that never was is a mistake.
            if let responseID, isResponding, !endedResponses.contains(responseID) {
                throw .invalidValue(
                    "response_id",
                    message: "Invalid 'response_id': this session has no response with id '\(responseID)'."
                )
            }
            throw RealtimeError(
                code: "response_cancel_not_active",
                message: "Cancellation failed: no active response found"
            )
        }
        let isOutOfBand = responses[index].isOutOfBand
        end(index, .cancelled(reason: "client_cancelled"), at: now, into: &actions)
        if !isOutOfBand { startIdling(at: now, into: &actions) }
    }

    /// The user talks over what the client is playing, which is to stop it: the model is to take only what can have been
    /// heard for said, unless the client knows better and truncates the item.
    mutating func interruptPlayback(at now: NIODeadline) {
        guard let spokenItemID, playbackEnd > now else { return }
        let unheard = (playbackEnd - now).nanoseconds / 1_000_000
        conversation.update(spokenItemID) { $0.interrupt(unheardMS: Int(unheard)) }
        playbackEnd = .distantPast
    }

    /// Ends the running response of the conversation, if there is one.
    mutating func endConversationResponse(
        _ status: Response.Status,
        at now: NIODeadline,
        into actions: inout [SessionAction]
    ) {
        guard let index = responses.firstIndex(where: { !$0.isOutOfBand }) else { return }
        end(index, status, at: now, into: &actions)
    }

    /// Ends a response before its engine has.
    private mutating func end(
        _ index: Int,
        _ status: Response.Status,
        at now: NIODeadline,
        into actions: inout [SessionAction]
    ) {
        actions.append(.engine(.cancel(responseID: responses[index].id)))
        finish(index, status, usage: nil, at: now, into: &actions)
    }

    private mutating func finish(
        _ index: Int,
        _ status: Response.Status,
        usage: TokenUsage?,
        at now: NIODeadline,
        into actions: inout [SessionAction]
    ) {
        var response = responses.remove(at: index)
        endedResponses.append(response.id)
        if endedResponses.count > Self.rememberedResponses { endedResponses.removeFirst() }
        response.ended(status, usage: usage, conversation: &conversation, into: &actions)
        rates.end(tokens: response.tokens, at: now)
        if case .cancelled = status { playbackEnd = .distantPast }
    }

    /// An engine event.
    package mutating func received(
        _ event: EngineEvent,
        at now: NIODeadline,
        into actions: inout [SessionAction]
    ) {
        guard !isOver else { return }
        switch event {
        case .response(let id, let progress):
            // Events of a response that was cancelled meanwhile are late, not wrong.
            guard let index = responses.firstIndex(where: { $0.id == id }) else { return }
            received(progress, at: index, now, into: &actions)
        case .transcription(let itemID, let progress):
            guard let seconds = transcriptions[itemID] else { return }
            received(progress, of: itemID, lasting: seconds, into: &actions)
        case .fault(.error(let failure)):
            let error = RealtimeError(type: failure.type, code: failure.code, message: failure.message)
            actions.append(.send(.error(error)))
        case .fault(.close(let code, let reason)): end(by: .close(code: code, reason: reason), into: &actions)
        case .fault(.reset): end(by: .reset, into: &actions)
        }
        dropOldItems(into: &actions)
    }

    private mutating func received(
        _ progress: ResponseProgress,
        at index: Int,
        _ now: NIODeadline,
        into actions: inout [SessionAction]
    ) {
        switch progress {
        case .finished(let reason, let usage):
            let status: Response.Status =
                switch reason {
                case .completed: .completed
                case .maxOutputTokens: .incomplete(reason: "max_output_tokens")
                case .contentFilter: .incomplete(reason: "content_filter")
                }
            let isOutOfBand = responses[index].isOutOfBand
            finish(index, status, usage: usage, at: now, into: &actions)
            if !isOutOfBand { startIdling(at: now, into: &actions) }
        case .failed(let failure):
            let status = Response.Status.failed(type: failure.type, code: failure.code, message: failure.message)
            finish(index, status, usage: nil, at: now, into: &actions)
        case .audio(let samples) where responses[index].isSpoken && !samples.isEmpty:
            audioWasProduced = true
            let duration = TimeAmount.microseconds(Int64(samples.count) * 1_000_000 / 24_000)
            playbackEnd = max(playbackEnd, now) + duration
            responses[index].received(progress, ids: &ids, conversation: &conversation, into: &actions)
            if !responses[index].isOutOfBand { spokenItemID = responses[index].spokenItemID }
        default:
            responses[index].received(progress, ids: &ids, conversation: &conversation, into: &actions)
        }
    }

    /// Whether the client has asked for log probabilities of transcripts; `include` knows nothing else.
    private var includesLogProbabilities: Bool { session.extra["include"]?.arrayValue?.isEmpty == false }

    private mutating func received(
        _ progress: TranscriptionProgress,
        of itemID: String,
        lasting seconds: Double,
        into actions: inout [SessionAction]
    ) {
        switch progress {
        case .delta("", _): break
        case .delta(let text, let logProbabilities):
            let asked = includesLogProbabilities ? logProbabilities : nil
            actions.append(.send(.inputTranscriptionDelta(itemID: itemID, delta: text, logProbabilities: asked)))
        case .completed(let transcript, let logProbabilities, let usage):
            transcriptions[itemID] = nil
            conversation.transcribed(itemID, as: transcript)
            actions.append(
                .send(
                    .inputTranscriptionCompleted(
                        itemID: itemID,
                        transcript: transcript,
                        usage: usage ?? .duration(seconds: seconds),
                        logProbabilities: includesLogProbabilities ? logProbabilities : nil
                    )
                )
            )
        case .failed(let failure):
            transcriptions[itemID] = nil
            let error = RealtimeError(type: failure.type, code: failure.code, message: failure.message)
            actions.append(.send(.inputTranscriptionFailed(itemID: itemID, error)))
        }
    }
}
