// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import ParleySession

/// Asks one transcriber after the other until one finds its kind of sound.
package struct ChainTranscriber: Transcriber {
    private let transcribers: [any Transcriber]

    /// A chain that asks `transcribers` in their order.
    package init(_ transcribers: [any Transcriber]) { self.transcribers = transcribers }

    package var name: String { transcribers.map(\.name).joined(separator: ", then ") }

    /// The last one's hint, as it is the one that people meet.
    package var hint: String { transcribers.last?.hint ?? "There is no transcriber." }

    package func transcribe(_ recording: Recording, language: String?, prompt: String?) async throws -> String? {
        for transcriber in transcribers {
            if let text = try await transcriber.transcribe(recording, language: language, prompt: prompt) {
                return text
            }
        }
        return nil
    }

    package func keepWarm() async {
        await withTaskGroup { group in
            for transcriber in transcribers { group.addTask { await transcriber.keepWarm() } }
        }
    }
}
