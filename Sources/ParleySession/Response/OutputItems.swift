// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import ParleyAudio
internal import ParleyEvents

/// Where an item stands in its response and in the conversation.
struct OutputPlace: Sendable {
    let responseID: String
    let itemID: String
    let outputIndex: Int
    /// The item before it when it was announced.
    var previousItemID: String?
}

/// An item while it is being produced.
protocol OutputItem: Sendable {
    var place: OutputPlace { get set }

    /// The item as it stands.
    func item(_ status: Item.Status) -> Item
    /// Announces that its contents are complete.
    mutating func end(_ conversation: inout ConversationLog, into actions: inout [SessionAction])
}

/// A message while it is being produced.
struct MessageOutput: OutputItem {
    var place: OutputPlace
    let modality: Modality
    private let deltaBytes: Int
    private var encoder: OutputAudioEncoder
    private var text = ""

    init(_ place: OutputPlace, modality: Modality, format: AudioFormat, deltaBytes: Int) {
        self.place = place
        self.modality = modality
        // A delta ends with a whole sample.
        self.deltaBytes = max(1, deltaBytes / format.bytesPerSample) * format.bytesPerSample
        encoder = OutputAudioEncoder(format)
    }

    private var address: ServerEvent.PartAddress {
        ServerEvent.PartAddress(
            responseID: place.responseID,
            itemID: place.itemID,
            outputIndex: place.outputIndex,
            contentIndex: 0
        )
    }

    private var part: ServerEvent.Part { modality == .text ? .text(text) : .audio(transcript: text) }

    private var content: ContentPart {
        modality == .text ? .outputText(text) : .outputAudio(audio: nil, transcript: text)
    }

    /// While in progress its content is empty, parts come by their own events.
    func item(_ status: Item.Status) -> Item {
        Item(
            id: place.itemID,
            status: status,
            kind: .message(role: .assistant, content: status == .inProgress ? [] : [content])
        )
    }

    func begin(_ conversation: inout ConversationLog, into actions: inout [SessionAction]) {
        show(in: &conversation)
        actions.append(.send(.contentPartAdded(address, part)))
    }

    mutating func write(
        _ piece: String,
        _ conversation: inout ConversationLog,
        into actions: inout [SessionAction]
    ) {
        text += piece
        show(in: &conversation)
        actions.append(.send(.textDelta(address, piece)))
    }

    mutating func say(
        _ piece: String,
        _ conversation: inout ConversationLog,
        into actions: inout [SessionAction]
    ) {
        text += piece
        conversation.update(place.itemID) { $0.say(piece) }
        show(in: &conversation)
        actions.append(.send(.transcriptDelta(address, piece)))
    }

    /// The client may retrieve or truncate what it has while the rest is still being produced.
    private func show(in conversation: inout ConversationLog) {
        conversation.update(place.itemID) { entry in
            guard !entry.isTruncated else { return }
            entry.item.kind = .message(role: .assistant, content: [content])
        }
    }

    mutating func speak(
        _ samples: [Int16],
        _ conversation: inout ConversationLog,
        into actions: inout [SessionAction]
    ) {
        emit(encoder.encode(samples.span), &conversation, into: &actions)
    }

    mutating func end(_ conversation: inout ConversationLog, into actions: inout [SessionAction]) {
        switch modality {
        case .text: actions.append(.send(.textDone(address, text)))
        case .audio:
            emit(encoder.finish(), &conversation, into: &actions)
            actions.append(.send(.audioDone(address)))
            actions.append(.send(.transcriptDone(address, text)))
        }
        actions.append(.send(.contentPartDone(address, part)))
    }

    private mutating func emit(
        _ bytes: ByteBuffer,
        _ conversation: inout ConversationLog,
        into actions: inout [SessionAction]
    ) {
        guard bytes.readableBytes > 0 else { return }
        conversation.update(place.itemID) { $0.speak(bytes) }
        var rest = bytes
        while let delta = rest.readSlice(length: min(deltaBytes, rest.readableBytes)), delta.readableBytes > 0 {
            actions.append(.send(.audioDelta(address, delta)))
        }
    }
}

/// A function call while it is being produced.
struct CallOutput: OutputItem {
    var place: OutputPlace
    private let name: String
    private let callID: String
    private var arguments = ""

    init(_ place: OutputPlace, name: String, callID: String) {
        self.place = place
        self.name = name
        self.callID = callID
    }

    func item(_ status: Item.Status) -> Item {
        Item(id: place.itemID, status: status, kind: .functionCall(name: name, callID: callID, arguments: arguments))
    }

    mutating func write(_ piece: String, into actions: inout [SessionAction]) {
        arguments += piece
        actions.append(
            .send(
                .argumentsDelta(
                    responseID: place.responseID,
                    itemID: place.itemID,
                    outputIndex: place.outputIndex,
                    callID: callID,
                    piece
                )
            )
        )
    }

    func end(_ conversation: inout ConversationLog, into actions: inout [SessionAction]) {
        actions.append(
            .send(
                .argumentsDone(
                    responseID: place.responseID,
                    itemID: place.itemID,
                    outputIndex: place.outputIndex,
                    callID: callID,
                    name: name,
                    arguments: arguments
                )
            )
        )
    }
}
