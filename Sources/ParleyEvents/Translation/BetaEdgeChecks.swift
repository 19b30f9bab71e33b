// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

// What only the side that speaks beta can tell a client: errors in members that GA does not have, or has differently.
extension ObjectShape {
    private static let temperatures = 0.6...1.2

    /// Checks a beta session or response of a client.
    func check(_ beta: JSONObject) throws(RealtimeError) {
        let fields = Fields(beta, at: root)
        if betaOnly.contains("temperature") { _ = try fields.decimal("temperature", in: Self.temperatures) }
        for place in places {
            switch place.value {
            case .modalities: try fields.checkModalities(place.beta)
            case .audioFormat: try fields.checkAudioFormat(place.beta)
            default: continue
            }
        }
    }
}

extension Fields {
    fileprivate func checkModalities(_ name: String) throws(RealtimeError) {
        guard let elements = try array(name) else { return }
        var modalities: [String] = []
        for (index, element) in elements.enumerated() {
            let path = "\(at(name))[\(index)]"
            guard let modality = element.stringValue else {
                throw .invalidType(path, expected: "a string", got: element)
            }
            guard modality == "text" || modality == "audio" else {
                throw .invalidValue(path, modality, supported: ["text", "audio"])
            }
            modalities.append(modality)
        }
        guard modalities == ["text"] || modalities.sorted() == ["audio", "text"] else {
            let list = modalities.map { "'\($0)'" }.joined(separator: ", ")
            throw .invalidValue(
                at(name),
                message: "Invalid modalities: [\(list)]. Supported combinations are: ['text'] and ['audio', 'text']."
            )
        }
    }

    fileprivate func checkAudioFormat(_ name: String) throws(RealtimeError) {
        guard let format = try string(name) else { return }
        let supported = AudioFormat.allCases.map(\.betaName)
        guard supported.contains(format) else { throw .invalidValue(at(name), format, supported: supported) }
    }
}
