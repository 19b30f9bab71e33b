// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// Items a beta client is not told of, and what stands before them.
struct HiddenItems: Sendable {
    private var predecessors: [String: String?] = [:]

    var isEmpty: Bool { predecessors.isEmpty }

    /// Whether a beta client has no word for this item.
    static func mustHide(_ item: JSON?) -> Bool {
        item?["type"]?.stringValue?.hasPrefix("mcp_") ?? false
    }

    func contains(_ id: JSON?) -> Bool {
        guard let id = id?.stringValue else { return false }
        return predecessors[id] != nil
    }

    /// An item was announced that is to be hidden.
    mutating func hide(_ id: String, after previous: String?) {
        insert(id, after: previous)
        predecessors[id] = .some(previous)
    }

    /// An output item was announced that is to be hidden; its place in the conversation is not known yet.
    mutating func hide(_ id: String) {
        if predecessors[id] == nil { predecessors[id] = .some(nil) }
    }

    /// An item was announced after `previous`: hidden items that stood there stand behind it now.
    mutating func insert(_ id: String, after previous: String?) {
        for (hidden, predecessor) in predecessors where predecessor == previous && hidden != id {
            predecessors[hidden] = .some(id)
        }
    }

    /// What a beta client is told for a `previous_item_id`: the nearest item before it that is not hidden, or null.
    func visible(_ previous: JSON) -> JSON {
        guard case .string(var id) = previous else { return previous }
        // A server may report an item as its own predecessor, so that the way back need not end.
        for _ in 0...predecessors.count {
            guard let predecessor = predecessors[id] else { return .string(id) }
            guard let predecessor else { return .null }
            id = predecessor
        }
        return .null
    }
}
