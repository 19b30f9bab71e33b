// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// What a beta server has said of items that are still being made, and GA events repeat at their end.
struct RunningItems: Sendable {
    private var predecessors: [String: JSON?] = [:]
    private var functionNames: [String: String] = [:]

    /// An item was announced, in the conversation or as output.
    mutating func announced(_ item: JSONObject) {
        guard let id = item["id"]?.stringValue, let name = item["name"]?.stringValue else { return }
        functionNames[id] = name
    }

    /// An item that is not complete entered the conversation; `previous` is its `previous_item_id`, if there was one.
    mutating func entered(_ item: JSONObject, after previous: JSON?) {
        guard let id = item["id"]?.stringValue else { return }
        predecessors[id] = .some(previous)
    }

    /// The function that the item calls.
    func functionName(of id: JSON?) -> String? {
        id?.stringValue.flatMap { functionNames[$0] }
    }

    /// The item is complete or gone.
    ///
    /// Returns its `previous_item_id` if it had entered the conversation.
    mutating func ended(_ id: JSON?) -> JSON?? {
        guard let id = id?.stringValue else { return nil }
        functionNames[id] = nil
        return predecessors.removeValue(forKey: id)
    }
}
