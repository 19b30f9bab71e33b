// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import ParleyEvents

/// One response from `response.created` to `response.done`: turns what the engine produces into items, parts and
/// deltas in the order of the protocol reference, section 7.
package struct ResponseMachine: Sendable {
    private var response: Response
    private let contextSize: ContextSize
    private let limits: SessionLimits
    /// The message that is being produced.
    private var message: MessageOutput?
    /// The function calls that are being produced, by the engine's number; a model may write several at a time.
    private var calls: [Int: CallOutput] = [:]
    private var outputCount = 0
    /// Items that are complete, by their place in the response.
    private var completed: [Int: Item] = [:]
    private var outputSize = ContextSize()
    private var spokenSamples = 0
    /// The message that was last spoken.
    private(set) var spokenItemID: String?

    /// A response that was announced.
    package init(_ response: Response, context: [ContextItem], limits: SessionLimits) {
        self.response = response
        self.limits = limits
        contextSize = ContextSize(context)
    }

    /// A mark (`metadata`) by which clients ask where the time went, and get the answer as JSON text in `response.done`.
    static let latencyMark = "parley.latency"

    /// Its id, `resp_…`.
    package var id: String { response.id }

    /// Tokens it took; 0 until it has ended.
    package var tokens: Int { response.usage?.total ?? 0 }

    /// Whether it leaves the conversation alone.
    package var isOutOfBand: Bool { response.conversationID == nil }

    /// Whether the client has asked for speech.
    package var isSpoken: Bool { response.outputModality == .audio }

    /// The engine has produced something.
    package mutating func received(
        _ progress: ResponseProgress,
        ids: inout IDSource,
        conversation: inout ConversationLog,
        into actions: inout [SessionAction]
    ) {
        switch progress {
        case .text(let text): write(text, ids: &ids, &conversation, &actions)
        // The words count even where the engine says them unasked.
        case .transcript(let text) where !isSpoken: write(text, ids: &ids, &conversation, &actions)
        case .transcript(let text):
            guard !text.isEmpty else { return }
            withMessage(.audio, ids: &ids, &conversation, &actions) { message, conversation, actions in
                message.say(text, &conversation, into: &actions)
            }
            outputSize.characters += text.utf8.count
        case .audio(let samples):
            guard isSpoken, !samples.isEmpty else { return }
            withMessage(.audio, ids: &ids, &conversation, &actions) { message, conversation, actions in
                message.speak(samples, &conversation, into: &actions)
            }
            spokenSamples += samples.count
            spokenItemID = message?.place.itemID
        case .toolCall(let index, let progress):
            received(progress, index, ids: &ids, &conversation, &actions)
        case .latency(let latency):
            var metadata = response.metadata ?? [:]
            metadata[Self.latencyMark] = .string(latency.object.text)
            // The protocol allows no more; a client whose session asks may have set as many.
            if metadata.members.count <= 16 { response.metadata = metadata }
        case .finished, .failed:
            // The session ends responses, since it must forget them.
            break
        }
    }

    private mutating func write(
        _ text: String,
        ids: inout IDSource,
        _ conversation: inout ConversationLog,
        _ actions: inout [SessionAction]
    ) {
        guard !text.isEmpty else { return }
        withMessage(.text, ids: &ids, &conversation, &actions) { message, conversation, actions in
            message.write(text, &conversation, into: &actions)
        }
        outputSize.characters += text.utf8.count
    }

    private mutating func withMessage(
        _ modality: Modality,
        ids: inout IDSource,
        _ conversation: inout ConversationLog,
        _ actions: inout [SessionAction],
        _ body: (inout MessageOutput, inout ConversationLog, inout [SessionAction]) -> Void
    ) {
        var current: MessageOutput
        if let message, message.modality == modality {
            current = message
        } else {
            closeMessage(&conversation, &actions)
            current = MessageOutput(
                nextPlace(&ids),
                modality: modality,
                format: response.format,
                deltaBytes: limits.deltaBytes
            )
            announce(&current, &conversation, &actions)
            current.begin(&conversation, into: &actions)
        }
        // Held once only, so that its buffers grow in place.
        message = nil
        body(&current, &conversation, &actions)
        message = current
    }

    private mutating func received(
        _ progress: ToolCallProgress,
        _ index: Int,
        ids: inout IDSource,
        _ conversation: inout ConversationLog,
        _ actions: inout [SessionAction]
    ) {
        switch progress {
        case .started(let callID, let name):
            closeMessage(&conversation, &actions)
            closeCall(index, &conversation, &actions)
            // Ids by the model's server may break the protocol's rules for them, so that a client could not use them.
            let usable = callID.flatMap { Item.isValidCallID($0) ? $0 : nil }
            var call = CallOutput(nextPlace(&ids), name: name, callID: usable ?? ids.call())
            announce(&call, &conversation, &actions)
            calls[index] = call
        case .arguments(let text):
            guard !text.isEmpty, calls[index] != nil else { return }
            calls[index]?.write(text, into: &actions)
            outputSize.characters += text.utf8.count
        case .finished: closeCall(index, &conversation, &actions)
        }
    }

    private mutating func nextPlace(_ ids: inout IDSource) -> OutputPlace {
        defer { outputCount += 1 }
        return OutputPlace(responseID: id, itemID: ids.item(), outputIndex: outputCount)
    }

    private func announce(
        _ output: inout some OutputItem,
        _ conversation: inout ConversationLog,
        _ actions: inout [SessionAction]
    ) {
        let item = output.item(.inProgress)
        actions.append(.send(.outputItemAdded(responseID: id, outputIndex: output.place.outputIndex, item)))
        guard !isOutOfBand else { return }
        output.place.previousItemID = conversation.append(ConversationLog.Entry(item, format: response.format))
        actions.append(.send(.itemAdded(item, previousItemID: output.place.previousItemID)))
    }

    private mutating func closeMessage(
        _ conversation: inout ConversationLog,
        _ actions: inout [SessionAction]
    ) {
        guard let message else { return }
        self.message = nil
        close(message, .completed, &conversation, &actions)
    }

    private mutating func closeCall(
        _ index: Int,
        _ conversation: inout ConversationLog,
        _ actions: inout [SessionAction]
    ) {
        guard let call = calls.removeValue(forKey: index) else { return }
        close(call, .completed, &conversation, &actions)
    }

    private mutating func close(
        _ output: any OutputItem,
        _ status: Item.Status,
        _ conversation: inout ConversationLog,
        _ actions: inout [SessionAction]
    ) {
        var output = output
        output.end(&conversation, into: &actions)
        let place = output.place
        let item = output.item(status)
        if !isOutOfBand {
            // The client may have deleted or truncated the item meanwhile; its word counts.
            conversation.update(place.itemID) { entry in
                entry.item.status = status
                if !entry.isTruncated { entry.item.kind = item.kind }
            }
            actions.append(.send(.itemDone(item, previousItemID: place.previousItemID)))
        }
        actions.append(.send(.outputItemDone(responseID: id, outputIndex: place.outputIndex, item)))
        completed[place.outputIndex] = item
    }

    /// The response is over: closes what is open and reports it.
    package mutating func ended(
        _ status: Response.Status,
        usage: TokenUsage?,
        conversation: inout ConversationLog,
        into actions: inout [SessionAction]
    ) {
        let isWhole = status == .completed
        let open = calls.values.map { $0 as any OutputItem } + (message.map { [$0] } ?? [])
        (message, calls) = (nil, [:])
        for output in open.sorted(by: { $0.place.outputIndex < $1.place.outputIndex }) {
            close(output, isWhole ? .completed : .incomplete, &conversation, &actions)
        }
        response.status = status
        response.output = completed.sorted { $0.key < $1.key }.map(\.value)
        outputSize.audioMS = spokenSamples / 24
        // A response that was stopped before it said anything reports zeros (protocol reference, section 4.11).
        response.usage =
            response.output.isEmpty && !isWhole ? Usage() : .estimated(contextSize, outputSize, counted: usage)
        actions.append(.send(.responseDone(response)))
    }
}
