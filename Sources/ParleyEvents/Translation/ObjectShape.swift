// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// One member that both dialects have: where it stands in each, and what its value needs.
struct MemberPlace: Sendable {
    /// How the value differs between the dialects.
    enum Value: Sendable {
        case same
        case modalities
        case audioFormat
        case voice
        case transcription
        case noiseReduction
        case turnDetection
        /// As `turnDetection`, but nothing responds in a transcription session.
        case transcriptionTurnDetection
        case tools
        case toolChoice
        case items
        case usage
    }

    /// Name in the flat beta object.
    let beta: String
    /// Second name that beta clients use for it.
    let betaAlias: String?
    /// Path in the nested GA object.
    let ga: [String]
    let value: Value

    init(_ beta: String, alias: String? = nil, at ga: String..., as value: Value = .same) {
        self.beta = beta
        betaAlias = alias
        self.ga = ga.isEmpty ? [beta] : ga
        self.value = value
    }
}

/// An object of which the dialects have different shapes: a session or a response.
struct ObjectShape: Sendable {
    /// The member of the event that holds the object; paths in errors begin with it.
    let root: String
    let places: [MemberPlace]
    /// Members of a beta object that have no place in a GA object.
    let betaOnly: Set<String>
    /// Names that mean something in a GA object but nothing in a beta object.
    let gaOnly: Set<String>

    /// A shape; the names under which its places stand in a GA object need not be repeated in `gaOnly`.
    init(root: String, places: [MemberPlace], betaOnly: Set<String> = [], gaOnly: Set<String> = []) {
        self.root = root
        self.places = places
        self.betaOnly = betaOnly
        let betaNames = places.map(\.beta) + places.compactMap(\.betaAlias)
        self.gaOnly = gaOnly.union(places.compactMap(\.ga.first)).subtracting(betaNames)
    }

    func place(beta name: String) -> MemberPlace? {
        places.first { $0.beta == name || $0.betaAlias == name }
    }

    func place(ga path: [String]) -> MemberPlace? {
        places.first { $0.ga == path }
    }

    /// Whether members stand below this path of a GA object.
    func isContainer(ga path: [String]) -> Bool {
        places.contains { $0.ga.count > path.count && $0.ga.starts(with: path) }
    }

    func without(_ names: Set<String>) -> ObjectShape {
        let remaining = places.filter { !names.contains($0.beta) }
        return ObjectShape(root: root, places: remaining, betaOnly: betaOnly, gaOnly: gaOnly)
    }
}

extension JSONObject {
    /// Sets a member of a nested object, making the objects on the way.
    mutating func set(_ value: JSON, at path: some Collection<String>) {
        guard let name = path.first else { return }
        let rest = path.dropFirst()
        guard !rest.isEmpty else {
            self[name] = value
            return
        }
        var inner = self[name]?.objectValue ?? JSONObject()
        inner.set(value, at: rest)
        self[name] = .object(inner)
    }
}
