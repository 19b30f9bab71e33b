// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// What a model could not take of the JSON it was read from, kept by place.
///
/// Objects hold the members that are missing; arrays hold one object for each element, empty where nothing is missing.
extension JSONObject {
    /// The members that `known` has no value for, in objects and arrays below as well.
    func remainder(without known: JSONObject) -> JSONObject {
        var remainder: JSONObject = [:]
        for (name, value) in members {
            guard let counterpart = known[name], !counterpart.isNull || value.isNull else {
                remainder[name] = value
                continue
            }
            remainder[name] = value.remainder(without: counterpart)
        }
        return remainder
    }

    /// The object with `remainder` in the places where it has no value of its own.
    func filled(with remainder: JSONObject) -> JSONObject {
        guard !remainder.isEmpty else { return self }
        var filled = self
        for (name, value) in remainder.members {
            guard let own = self[name], !own.isNull else {
                filled[name] = value
                continue
            }
            filled[name] = own.filled(with: value)
        }
        return filled
    }
}

extension JSON {
    /// `nil` if nothing is missing.
    fileprivate func remainder(without known: JSON) -> JSON? {
        switch (self, known) {
        case (.object(let received), .object(let known)):
            let remainder = received.remainder(without: known)
            return remainder.isEmpty ? nil : .object(remainder)
        case (.array(let received), .array(let known)) where received.count == known.count:
            let remainders = zip(received, known).map { $0.remainder(without: $1) ?? [:] }
            return remainders.allSatisfy { $0 == [:] } ? nil : .array(remainders)
        default: return nil
        }
    }

    fileprivate func filled(with remainder: JSON) -> JSON {
        switch (self, remainder) {
        case (.object(let own), .object(let remainder)): .object(own.filled(with: remainder))
        case (.array(let own), .array(let remainder)) where own.count == remainder.count:
            .array(zip(own, remainder).map { $0.filled(with: $1) })
        default: self
        }
    }
}
