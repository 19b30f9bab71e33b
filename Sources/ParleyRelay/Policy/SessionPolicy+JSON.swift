// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyEvents

extension SessionPolicy {
    /// Reads a policy from JSON:
    /// `{"models":["gpt-realtime*"],"members":{"instructions":{"fixed":"…"},"tools":"removed","prompt":"forbidden",
    /// "audio.output.voice":{"one_of":["alloy"]}}}`.
    ///
    /// - Throws: Which member is wrong and what was expected.
    public init(json text: String) throws(RelaySettingsError) {
        self.init()
        let json: JSON
        do throws(JSONError) {
            json = try JSON(parsing: text)
        } catch {
            throw RelaySettingsError("The policy is \(error).")
        }
        guard let object = json.objectValue else { throw Self.wrong("The policy", "a JSON object", json) }
        for (name, value) in object.members {
            switch name {
            case "models": models = try Self.strings(value, at: "models")
            case "members":
                guard let rules = value.objectValue else { throw Self.wrong("'members'", "an object", value) }
                for (path, rule) in rules.members { members[path] = try Self.rule(rule, at: "members.\(path)") }
            default: throw RelaySettingsError("The policy has '\(name)'; it may have 'models' and 'members'.")
            }
        }
    }

    private static func rule(_ value: JSON, at path: String) throws(RelaySettingsError) -> Rule {
        switch value {
        case "removed": return .removed
        case "forbidden": return .forbidden
        case .object(let object) where object.names == ["fixed"]: return .fixed(object["fixed"] ?? .null)
        case .object(let object) where object.names == ["one_of"]:
            return .oneOf(try strings(object["one_of"] ?? .null, at: "\(path).one_of"))
        default:
            throw wrong("'\(path)'", "\"removed\", \"forbidden\", {\"fixed\": value} or {\"one_of\": [strings]}", value)
        }
    }

    private static func strings(_ value: JSON, at path: String) throws(RelaySettingsError) -> [String] {
        guard let values = value.arrayValue else { throw wrong("'\(path)'", "an array of strings", value) }
        let strings = values.compactMap(\.stringValue)
        guard strings.count == values.count else { throw wrong("'\(path)'", "an array of strings", value) }
        return strings
    }

    private static func wrong(_ what: String, _ expected: String, _ got: JSON) -> RelaySettingsError {
        RelaySettingsError("\(what) must be \(expected), but is \(got.kindDescription).")
    }

    /// The policy as it is read.
    var object: JSONObject {
        let rules = members.sorted { $0.key < $1.key }
            .map { member -> (String, JSON) in
                switch member.value {
                case .fixed(let value): (member.key, ["fixed": value])
                case .forbidden: (member.key, "forbidden")
                case .removed: (member.key, "removed")
                case .oneOf(let allowed): (member.key, ["one_of": .array(allowed.map(JSON.string))])
                }
            }
        return ["models": .array(models.map(JSON.string)), "members": .object(JSONObject(rules))]
    }
}
