// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// How much of an allowance is left.
public struct RateLimit: JSONRepresentable, Equatable {
    /// `requests`, `tokens`, or something newer.
    public var name: String?
    /// The whole allowance.
    public var limit: Int?
    /// What is left of it.
    public var remaining: Int?
    /// Seconds until it is whole again.
    public var resetSeconds: Double?

    /// Makes an entry.
    public init(name: String?, limit: Int? = nil, remaining: Int? = nil, resetSeconds: Double? = nil) {
        self.name = name
        self.limit = limit
        self.remaining = remaining
        self.resetSeconds = resetSeconds
    }

    /// Reads the object.
    public init(received value: JSON, at path: String) throws(RealtimeError) {
        let fields = try Fields(value, at: path)
        name = try fields.string("name")
        limit = try fields.integer("limit")
        remaining = try fields.integer("remaining")
        resetSeconds = try fields.decimal("reset_seconds")
    }

    /// The object, without what is not known.
    public var jsonForm: JSON {
        var object: JSONObject = [:]
        object["name"] = name.map { .string($0) }
        object["limit"] = limit.map { JSON($0) }
        object["remaining"] = remaining.map { JSON($0) }
        object["reset_seconds"] = resetSeconds.map { JSON($0) }
        return .object(object)
    }
}
