// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import ParleyEvents

/// Where the time went between the end of what the user said and the first sound of the answer, in ms each; `nil` for
/// what did not happen.
package struct ResponseLatency: Sendable, Equatable {
    /// Silence that it took to be sure that the user had finished, in the time of his audio.
    package var endOfUtteranceMS: Int?
    /// Waiting for the transcript; less than it took if it was begun while the user was silent.
    package var transcriptionMS: Int?
    /// From the question to the first token of the model.
    package var modelFirstTokenMS: Int?
    /// From there to the first sentence.
    package var firstSentenceMS: Int?
    /// From there to the first sound of the voice.
    package var voiceFirstByteMS: Int?
    /// From the end of what the user said to the first sound sent.
    package var voiceToVoiceMS: Int?

    /// Nothing is known.
    package init() {}

    /// The figures by the names they have in logs and in metadata, without those that are not known.
    package var figures: [(name: String, value: Int)] {
        let all: [(String, Int?)] = [
            ("eou_ms", endOfUtteranceMS), ("stt_ms", transcriptionMS), ("llm_ttft_ms", modelFirstTokenMS),
            ("first_chunk_ms", firstSentenceMS), ("tts_ttfb_ms", voiceFirstByteMS),
            ("voice_to_voice_ms", voiceToVoiceMS),
        ]
        return all.compactMap { name, value in value.map { (name, $0) } }
    }

    /// The figures as a JSON object.
    package var object: JSONObject { JSONObject(figures.map { ($0.name, JSON($0.value)) }) }

    /// Reads ``object``; what is missing or no integer is not known.
    package init(_ object: JSONObject) {
        endOfUtteranceMS = object["eou_ms"]?.intValue
        transcriptionMS = object["stt_ms"]?.intValue
        modelFirstTokenMS = object["llm_ttft_ms"]?.intValue
        firstSentenceMS = object["first_chunk_ms"]?.intValue
        voiceFirstByteMS = object["tts_ttfb_ms"]?.intValue
        voiceToVoiceMS = object["voice_to_voice_ms"]?.intValue
    }
}
