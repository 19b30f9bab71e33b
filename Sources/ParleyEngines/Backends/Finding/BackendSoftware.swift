// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import ParleyEvents

/// What a server says of itself: which software it is and what it offers, told by the shape of its answers only.
package struct BackendOffer: Sendable, Equatable {
    /// The software's name, if its answers give it away.
    package var software: String?
    /// Names of its models for the slot, best first.
    package var models: [String] = []

    /// Makes an offer.
    package init(software: String? = nil, models: [String] = []) {
        self.software = software
        self.models = models
    }

    /// Reads the answer to `GET /v1/models`; `nil` if it is no list of models.
    ///
    /// Models that say what they are for (speaches) count for their slot only; those that embed texts for none.
    package init?(models answer: JSON, for slot: BackendFailure.Slot) {
        guard let list = answer["data"]?.arrayValue ?? answer["models"]?.arrayValue else { return nil }
        let owners = Set(list.compactMap { $0["owned_by"]?.stringValue })
        let hasTasks = list.contains { $0["task"]?.stringValue != nil }
        software =
            if owners.contains("llamacpp") {
                "llama-server"
            } else if owners.contains("vllm") {
                "vLLM"
            } else if owners.contains("kokoro") || list.contains(where: { $0["id"] == "kokoro" }) {
                "Kokoro-FastAPI"
            } else if owners.contains("organization_owner") {
                "LM Studio"
            } else if owners == ["library"] {
                "Ollama"
            } else if hasTasks {
                "speaches"
            } else {
                nil
            }
        models = list.compactMap { model in
            guard let id = (model["id"] ?? model["name"])?.stringValue, !id.isEmpty else { return nil }
            guard let task = model["task"]?.stringValue else { return id.lowercased().contains("embed") ? nil : id }
            return task == slot.task ? id : nil
        }
    }

    /// Reads the answer to `GET /v1/audio/voices`: names, or objects that have one.
    package static func voices(_ answer: JSON) -> [String] {
        let list = answer["voices"]?.arrayValue ?? answer["data"]?.arrayValue ?? answer.arrayValue ?? []
        return list.compactMap { voice in
            voice.stringValue ?? (voice["id"] ?? voice["voice_id"] ?? voice["name"])?.stringValue
        }
    }
}

extension BackendFailure.Slot {
    /// What a model of the slot is for, in the words of model hubs.
    fileprivate var task: String? {
        switch self {
        case .model: "text-generation"
        case .transcriber: "automatic-speech-recognition"
        case .voice: "text-to-speech"
        }
    }

    /// Where software for the slot listens on a machine unless it was told otherwise, and which software is taken.
    package var usualPlaces: [(port: Int, software: [String])] {
        switch self {
        case .model:
            [
                (11_434, ["Ollama"]), (8_080, ["llama-server"]), (1_234, ["LM Studio"]),
                (8_000, ["vLLM", "llama-server"]),
            ]
        case .transcriber: [(8_000, ["speaches", "vLLM"])]
        case .voice: [(8_880, ["Kokoro-FastAPI"]), (8_000, ["speaches"])]
        }
    }
}
