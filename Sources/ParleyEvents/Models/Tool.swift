// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// A tool the model may use (protocol reference, section 4.7).
public enum Tool: Sendable, Equatable {
    /// A function that the client runs. `parameters` is a JSON Schema, handed on untouched.
    case function(name: String, description: String?, parameters: JSON?)
    /// Tools of an MCP server, as the client described it.
    case mcp(JSONObject)
    /// A tool of another kind, as the server reported it.
    case other(JSONObject)

    /// Reads the object found at `path`.
    public init(_ value: JSON, at path: String) throws(RealtimeError) {
        let fields = try Fields(value, at: path)
        let type = try fields.requiredString("type")
        switch type {
        case "function":
            self = .function(
                name: try fields.requiredString("name", maximum: 64),
                description: try fields.string("description"),
                parameters: try fields.fields("parameters").map { .object($0.object) }
            )
        case "mcp":
            _ = try fields.requiredString("server_label")
            self = .mcp(fields.object)
        default:
            throw .invalidValue(fields.at("type"), type, supported: ["function", "mcp"])
        }
    }

    /// The object as the protocol has it, flat.
    public var json: JSON {
        switch self {
        case .function(let name, let description, let parameters):
            var object: JSONObject = ["type": "function", "name": .string(name)]
            object["description"] = description.map { .string($0) }
            object["parameters"] = parameters
            return .object(object)
        case .mcp(let object), .other(let object):
            return .object(object)
        }
    }
}

/// How the model is to choose among its tools.
public enum ToolChoice: Sendable, Equatable {
    /// The model decides.
    case auto
    /// No tool.
    case none
    /// Some tool.
    case required
    /// Exactly this function.
    case function(name: String)
    /// A tool of that MCP server, or exactly the named one.
    case mcp(serverLabel: String, name: String?)

    /// Reads the value found at `path`.
    public init(_ value: JSON, at path: String) throws(RealtimeError) {
        if let word = value.stringValue {
            switch word {
            case "auto": self = .auto
            case "none": self = .none
            case "required": self = .required
            default: throw .invalidValue(path, word, supported: ["auto", "none", "required"])
            }
            return
        }
        let fields = try Fields(value, at: path)
        let type = try fields.requiredString("type")
        switch type {
        case "function": self = .function(name: try fields.requiredString("name"))
        case "mcp":
            self = .mcp(serverLabel: try fields.requiredString("server_label"), name: try fields.string("name"))
        default: throw .invalidValue(fields.at("type"), type, supported: ["function", "mcp"])
        }
    }

    /// The value as the protocol has it.
    public var json: JSON {
        switch self {
        case .auto: return "auto"
        case .none: return "none"
        case .required: return "required"
        case .function(let name): return ["type": "function", "name": .string(name)]
        case .mcp(let label, let name):
            var object: JSONObject = ["type": "mcp", "server_label": .string(label)]
            object["name"] = name.map { .string($0) }
            return .object(object)
        }
    }
}

extension Fields {
    /// Reads `tools`, at most 128 (protocol reference, section 10).
    func tools(_ name: String) throws(RealtimeError) -> [Tool]? {
        guard let values = try array(name) else { return nil }
        guard values.count <= 128 else {
            throw .invalidValue(
                at(name),
                message: "Invalid '\(at(name))': expected at most 128 tools, but got \(values.count)."
            )
        }
        var tools: [Tool] = []
        for (index, value) in values.enumerated() { tools.append(try Tool(value, at: "\(at(name))[\(index)]")) }
        return tools
    }
}
