// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// Reading of what a server sent, where no limits of ours apply.
extension Fields {
    func integer(_ name: String) throws(RealtimeError) -> Int? { try integer(name, in: Int.min...Int.max) }

    func requiredInteger(_ name: String) throws(RealtimeError) -> Int {
        guard let integer = try integer(name) else { throw .missing(at(name)) }
        return integer
    }

    func decimal(_ name: String) throws(RealtimeError) -> Double? {
        try decimal(name, in: -Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude)
    }

    func requiredDecimal(_ name: String) throws(RealtimeError) -> Double {
        guard let decimal = try decimal(name) else { throw .missing(at(name)) }
        return decimal
    }

    /// Reads a member that has a JSON form.
    func received<Value: JSONRepresentable>(
        _ name: String,
        as type: Value.Type = Value.self
    ) throws(RealtimeError) -> Value? {
        guard let value = value(name) else { return nil }
        return try Value(received: value, at: at(name))
    }

    /// Reads a member that has a JSON form and must be there.
    func requiredReceived<Value: JSONRepresentable>(
        _ name: String,
        as type: Value.Type = Value.self
    ) throws(RealtimeError) -> Value {
        try Value(received: try required(name), at: at(name))
    }

    /// Reads an array of things that have a JSON form.
    func receivedArray<Value: JSONRepresentable>(
        _ name: String,
        of type: Value.Type = Value.self
    ) throws(RealtimeError) -> [Value]? {
        guard let values = try array(name) else { return nil }
        var elements: [Value] = []
        for (index, value) in values.enumerated() {
            elements.append(try Value(received: value, at: "\(at(name))[\(index)]"))
        }
        return elements
    }
}
