// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// The most tokens a response may have, tool calls included.
public enum TokenLimit: Sendable, Equatable {
    /// No limit: `"inf"`.
    case infinite
    /// 1 to 4096.
    case tokens(Int)

    /// The value as the protocol has it.
    public var json: JSON {
        switch self {
        case .infinite: "inf"
        case .tokens(let count): JSON(count)
        }
    }
}

extension Fields {
    /// Reads an integer from 1 to 4096 or `"inf"`.
    func tokenLimit(_ name: String) throws(RealtimeError) -> TokenLimit? {
        guard let value = value(name) else { return nil }
        if let word = value.stringValue {
            guard word == "inf" else { throw .invalidValue(at(name), word, supported: ["inf"]) }
            return .infinite
        }
        return try integer(name, in: 1...4096).map { .tokens($0) }
    }
}

/// What a response is made of.
public enum Modality: String, Sendable, Equatable, CaseIterable {
    /// Speech with its transcript.
    case audio
    /// Text only.
    case text
}

extension Fields {
    /// Reads `output_modalities`: `["audio"]` or `["text"]`; both together are not possible (protocol reference, 4.1).
    func modality(_ name: String) throws(RealtimeError) -> Modality? {
        guard let words = try strings(name) else { return nil }
        var modalities: [Modality] = []
        for (index, word) in words.enumerated() {
            guard let modality = Modality(rawValue: word) else {
                throw .invalidValue("\(at(name))[\(index)]", word, supported: Modality.allCases.map(\.rawValue))
            }
            modalities.append(modality)
        }
        guard modalities.count == 1 else {
            let list = modalities.map { "'\($0.rawValue)'" }.joined(separator: ", ")
            throw .invalidValue(
                at(name),
                message: "Invalid modalities: [\(list)]. Supported combinations are: ['text'] and ['audio']."
            )
        }
        return modalities[0]
    }
}
