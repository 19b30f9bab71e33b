// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyEvents

extension JSONObject {
    /// The member of a nested object.
    func value(atPath path: some Collection<String>) -> JSON? {
        guard let name = path.first, let value = self[name] else { return nil }
        let rest = path.dropFirst()
        return rest.isEmpty ? value : value.objectValue?.value(atPath: rest)
    }

    /// Sets a member of a nested object, making the objects on the way; nil takes it out.
    mutating func set(_ value: JSON?, atPath path: some Collection<String>) {
        guard let name = path.first else { return }
        let rest = path.dropFirst()
        if rest.isEmpty {
            self[name] = value
        } else if var inner = self[name]?.objectValue ?? (value == nil ? nil : JSONObject()) {
            inner.set(value, atPath: rest)
            self[name] = .object(inner)
        }
    }

    /// Takes in an update of a session: `audio` and what is directly in it member by member, the rest whole.
    mutating func merge(session update: JSONObject) {
        for (name, value) in update.members {
            guard name == "audio" || name == "input" || name == "output", case .object(let new) = value,
                case .object(var merged)? = self[name]
            else {
                self[name] = value
                continue
            }
            merged.merge(session: new)
            self[name] = .object(merged)
        }
    }
}
