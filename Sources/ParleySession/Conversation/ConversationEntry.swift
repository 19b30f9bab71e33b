// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore
package import ParleyEvents

extension ConversationLog {
    /// An item and what only the server knows of it.
    package struct Entry: Sendable {
        /// The item; the user's recordings are in it, the assistant's speech is in ``speech``.
        package var item: Item
        /// Of the item's audio; the session and later responses may use another.
        package let format: AudioFormat
        /// Noise reduction that was on while the user spoke; the bytes are kept as they were sent.
        let noiseReduction: Double?
        /// Whether the item has been left out of the model's context, since that was full.
        var isOutOfContext = false
        /// What the assistant has said and is kept of it.
        ///
        /// Apart from the item, so that it grows in place.
        package private(set) var speech = ByteBuffer()
        /// Bytes of all that the assistant has said, kept or not.
        private var spokenBytes = 0
        /// Which words of the assistant are spoken when.
        private var alignment = SpeechAlignment()
        private var truncatedAtMS: Int?
        /// How much can have been heard when the user talked over it.
        private var interruptedAtMS: Int?
        private var isAudioForgotten = false

        /// An entry for an item with audio in that format.
        package init(_ item: Item, format: AudioFormat, noiseReduction: Double? = nil) {
            self.item = item
            self.format = format
            self.noiseReduction = noiseReduction
        }

        /// Whether the client has cut the assistant's audio.
        package var isTruncated: Bool { truncatedAtMS != nil }

        /// Length of the assistant's audio in ms, after truncation.
        package var speechMS: Int { min(truncatedAtMS ?? .max, spokenMS) }

        private var spokenMS: Int { spokenBytes / format.bytesPerMillisecond }

        /// What the user heard of an answer that was cut short; the model is to take only this for said.
        package var heard: String? {
            (truncatedAtMS ?? interruptedAtMS).map { alignment.heard(byMS: $0, ofMS: spokenMS) }
        }

        /// The assistant's next words; their audio follows.
        package mutating func say(_ text: String) { alignment.add(text, atMS: spokenMS) }

        /// The assistant's next audio.
        ///
        /// Counts even if it is not kept: what was heard of the words before depends on it.
        package mutating func speak(_ bytes: ByteBuffer) {
            spokenBytes += bytes.readableBytes
            if !isTruncated, !isAudioForgotten { speech.writeImmutableBuffer(bytes) }
        }

        /// The user talked over it when the last `unheardMS` of what was said cannot have been played yet.
        ///
        /// The item stays as it is; where the client's player really was, only the client knows.
        package mutating func interrupt(unheardMS: Int) {
            if unheardMS > 0 { interruptedAtMS = max(0, spokenMS - unheardMS) }
        }

        /// Cuts the assistant's audio to its first `endMS` milliseconds, at most ``speechMS``.
        package mutating func truncate(atMS endMS: Int) {
            truncatedAtMS = endMS
            let kept = min(speech.readableBytes, endMS * format.bytesPerMillisecond)
            speech.moveWriterIndex(to: speech.readerIndex + kept)
        }

        /// Drops all audio bytes; lengths and words stay known.
        package mutating func forgetAudio() {
            isAudioForgotten = true
            speech = ByteBuffer()
            item.mapContent { part in
                guard case .inputAudio(_, let transcript) = part else { return part }
                return .inputAudio(audio: nil, transcript: transcript)
            }
        }

        /// Bytes of audio that are kept.
        package var audioBytes: Int {
            guard case .message(_, let content) = item.kind else { return 0 }
            return content.reduce(speech.readableBytes) { sum, part in
                guard case .inputAudio(let audio?, _) = part else { return sum }
                return sum + audio.readableBytes
            }
        }

        /// Bytes of text that are kept, pictures and members of other items included.
        package var textBytes: Int {
            switch item.kind {
            case .message(_, let content): content.reduce(0) { $0 + $1.textBytes }
            case .functionCall(let name, _, let arguments): name.utf8.count + arguments.utf8.count
            case .functionCallOutput(_, let output): output.utf8.count
            case .other(_, let members): members.text.utf8.count
            }
        }

        /// The item with all its audio, as `conversation.item.retrieved` shows it.
        package var itemWithAudio: Item {
            var item = item
            item.mapContent { part in
                guard case .outputAudio(_, let transcript) = part else { return part }
                return .outputAudio(audio: speech, transcript: transcript)
            }
            return item
        }
    }
}

extension ConversationLog.Entry {
    /// The entry as a model sees it: nothing for what a model cannot use.
    package var context: [ContextItem] {
        switch item.kind {
        case .message(let role, let content):
            let parts = content.compactMap(context)
            return parts.isEmpty ? [] : [.message(id: item.id ?? "", role: role, parts: parts)]
        case .functionCall(let name, let callID, let arguments):
            return [.functionCall(callID: callID, name: name, arguments: arguments)]
        case .functionCallOutput(let callID, let output):
            return [.functionOutput(callID: callID, output: output)]
        case .other: return []
        }
    }

    private func context(_ part: ContentPart) -> ContextPart? {
        switch part {
        case .inputText(let text), .outputText(let text): return .text(text)
        case .inputAudio(let audio, let transcript):
            let recording = Recording(audio ?? ByteBuffer(), format: format, noiseReduction: noiseReduction)
            return .audio(recording, transcript: transcript)
        case .outputAudio(_, let transcript):
            let said = heard ?? transcript ?? ""
            return said.isEmpty ? nil : .text(said)
        case .inputImage(let url, let detail): return Picture(dataURI: url).map { .picture($0, detail: detail) }
        }
    }
}

extension Item {
    /// Changes each part of a message.
    fileprivate mutating func mapContent(_ change: (ContentPart) -> ContentPart) {
        guard case .message(let role, let content) = kind else { return }
        kind = .message(role: role, content: content.map(change))
    }
}

extension ContentPart {
    fileprivate var textBytes: Int {
        switch self {
        case .inputText(let text), .outputText(let text): text.utf8.count
        case .inputAudio(_, let transcript), .outputAudio(_, let transcript): transcript?.utf8.count ?? 0
        case .inputImage(let url, _): url.utf8.count
        }
    }
}
