// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyEvents

extension JSONObject {
    /// The same object with another value at a path; `nil` removes the member.
    func replacing(_ path: [String], by value: JSON?) -> JSONObject {
        guard let name = path.first else { return self }
        var object = self
        object[name] =
            path.count == 1
            ? value : .object((self[name]?.objectValue ?? [:]).replacing(Array(path.dropFirst()), by: value))
        return object
    }

    /// The same object without the member at a path.
    func removing(_ path: [String]) -> JSONObject { replacing(path, by: nil) }
}
