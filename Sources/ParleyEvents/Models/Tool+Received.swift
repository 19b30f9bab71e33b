// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

extension Tool: JSONRepresentable {
    /// Reads a tool that a server reported.
    public init(received value: JSON, at path: String) throws(RealtimeError) {
        let fields = try Fields(value, at: path)
        switch (try fields.string("type"), try fields.string("name")) {
        case ("function", let name?):
            self = .function(
                name: name,
                description: try fields.string("description"),
                parameters: fields.object["parameters"]
            )
        case ("mcp", _): self = .mcp(fields.object)
        default: self = .other(fields.object)
        }
    }

    /// The object.
    public var jsonForm: JSON { json }
}

extension ToolChoice: JSONRepresentable {
    /// Reads a choice.
    ///
    /// - Throws: For a kind of choice that this version does not know.
    public init(received value: JSON, at path: String) throws(RealtimeError) { try self.init(value, at: path) }

    /// `nil` for a kind of choice that this version does not know.
    init?(ifKnown value: JSON) {
        guard let choice = try? ToolChoice(value, at: "") else { return nil }
        self = choice
    }

    /// The value.
    public var jsonForm: JSON { json }
}

extension TokenLimit: JSONRepresentable {
    /// Reads a limit of any size.
    public init(received value: JSON, at path: String) throws(RealtimeError) {
        if value.stringValue == "inf" {
            self = .infinite
        } else if let count = value.intValue {
            self = .tokens(count)
        } else {
            throw .invalidType(path, expected: "an integer or 'inf'", got: value)
        }
    }

    /// The value.
    public var jsonForm: JSON { json }
}

extension Fields {
    /// Speech if it is among the modalities: it always comes with its text.
    func receivedModality(_ name: String) throws(RealtimeError) -> Modality? {
        guard let words = try strings(name), let first = words.first else { return nil }
        if words.contains(Modality.audio.rawValue) { return .audio }
        if words.contains(Modality.text.rawValue) { return .text }
        throw .invalidValue("\(at(name))[0]", first, supported: Modality.allCases.map(\.rawValue))
    }
}
