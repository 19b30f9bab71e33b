// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// Items a beta client is not told of, and the order of the conversation, which tells what stands before them.
struct HiddenItems: Sendable {
    private var hidden: Set<String> = []
    private var first: String?
    /// The item before each; those that stand first are not in it.
    private var predecessors: [String: String] = [:]
    /// The item behind each.
    private var successors: [String: String] = [:]

    /// Whether a beta client has no word for this item.
    static func mustHide(_ item: JSON?) -> Bool {
        item?["type"]?.stringValue?.hasPrefix("mcp_") ?? false
    }

    func contains(_ id: JSON?) -> Bool {
        guard !hidden.isEmpty, let id = id?.stringValue else { return false }
        return hidden.contains(id)
    }

    /// An item was announced that is to be hidden.
    mutating func hide(_ id: String) { hidden.insert(id) }

    /// An item entered the conversation after `previous`, or as the first.
    mutating func insert(_ id: String, after previous: String?) {
        remove(id)
        guard previous != id else { return }
        if let next = previous == nil ? first : previous.flatMap({ successors[$0] }) { link(id, next) }
        if let previous { link(previous, id) } else { first = id }
    }

    /// An item left the conversation: what stood behind it stands behind its predecessor.
    mutating func remove(_ id: String) {
        let previous = predecessors.removeValue(forKey: id)
        let next = successors.removeValue(forKey: id)
        if first == id { first = next }
        if let previous { successors[previous] = nil }
        if let next { predecessors[next] = nil }
        if let previous, let next { link(previous, next) }
    }

    private mutating func link(_ id: String, _ next: String) {
        successors[id] = next
        predecessors[next] = id
    }

    /// What a beta client is told for a `previous_item_id`: the nearest item before it that is not hidden, or null.
    func visible(_ previous: JSON) -> JSON {
        guard !hidden.isEmpty, case .string(var id) = previous else { return previous }
        // A server may say that items follow each other in a circle, so that the way back need not end.
        for _ in 0...predecessors.count {
            guard hidden.contains(id) else { return .string(id) }
            guard let predecessor = predecessors[id] else { return .null }
            id = predecessor
        }
        return .null
    }
}
