// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// An item about the tools of an MCP server, GA only (protocol reference, section 4.8).
///
/// Items hold them as `Item.Kind.other`; this is the typed view.
public enum MCPItem: Sendable, Equatable {
    /// A tool that an MCP server offers.
    public struct Tool: Sendable, Equatable {
        /// Its name.
        public var name: String
        /// What it does.
        public var description: String?
        /// JSON Schema of its arguments.
        public var inputSchema: JSON
        /// Further notes of the server.
        public var annotations: JSON?

        /// Makes a tool.
        public init(name: String, description: String? = nil, inputSchema: JSON, annotations: JSON? = nil) {
            self.name = name
            self.description = description
            self.inputSchema = inputSchema
            self.annotations = annotations
        }
    }

    /// A call of a tool.
    public struct Call: Sendable, Equatable {
        /// The MCP server's label.
        public var serverLabel: String
        /// The tool's name.
        public var name: String
        /// JSON text.
        public var arguments: String
        /// The request that was approved for it.
        public var approvalRequestID: String?
        /// What the tool returned.
        public var output: String?
        /// Why it failed.
        public var error: Failure?

        /// Makes a call.
        public init(
            serverLabel: String,
            name: String,
            arguments: String,
            approvalRequestID: String? = nil,
            output: String? = nil,
            error: Failure? = nil
        ) {
            self.serverLabel = serverLabel
            self.name = name
            self.arguments = arguments
            self.approvalRequestID = approvalRequestID
            self.output = output
            self.error = error
        }
    }

    /// Why a call failed.
    public struct Failure: Sendable, Equatable {
        /// `protocol_error`, `http_error` or `tool_execution_error`.
        public var type: String
        /// Code of a protocol or HTTP error.
        public var code: Int?
        /// What went wrong.
        public var message: String

        /// Makes a failure.
        public init(type: String, code: Int? = nil, message: String) {
            self.type = type
            self.code = code
            self.message = message
        }
    }

    /// What a server offers.
    case listTools(serverLabel: String, tools: [Tool])
    /// A call of a tool.
    case call(Call)
    /// The server asks whether it may call; `arguments` is JSON text.
    case approvalRequest(serverLabel: String, name: String, arguments: String)
    /// The client's answer to that.
    case approvalResponse(requestID: String, approve: Bool, reason: String?)

    /// Reads an item's kind; `nil` if it is none of these, or not as it should be.
    public init?(_ kind: Item.Kind) {
        guard case .other(let type, let members) = kind, let item = try? Self.read(type, Fields(members)) else {
            return nil
        }
        self = item
    }

    private static func read(_ type: String, _ fields: Fields) throws(RealtimeError) -> MCPItem? {
        switch type {
        case "mcp_list_tools":
            var tools: [Tool] = []
            for (index, value) in (try fields.array("tools") ?? []).enumerated() {
                let tool = try Fields(value, at: "tools[\(index)]")
                tools.append(
                    Tool(
                        name: try tool.requiredString("name"),
                        description: try tool.string("description"),
                        inputSchema: tool.object["input_schema"] ?? .null,
                        annotations: tool.object["annotations"]
                    )
                )
            }
            return .listTools(serverLabel: try fields.requiredString("server_label"), tools: tools)
        case "mcp_call":
            return .call(
                Call(
                    serverLabel: try fields.requiredString("server_label"),
                    name: try fields.requiredString("name"),
                    arguments: try fields.requiredString("arguments"),
                    approvalRequestID: try fields.string("approval_request_id"),
                    output: try fields.string("output"),
                    error: try fields.fields("error").map(Failure.init)
                )
            )
        case "mcp_approval_request":
            return .approvalRequest(
                serverLabel: try fields.requiredString("server_label"),
                name: try fields.requiredString("name"),
                arguments: try fields.requiredString("arguments")
            )
        case "mcp_approval_response":
            guard let approve = try fields.bool("approve") else { throw .missing("approve") }
            return .approvalResponse(
                requestID: try fields.requiredString("approval_request_id"),
                approve: approve,
                reason: try fields.string("reason")
            )
        default: return nil
        }
    }

    /// The kind of an item that says this.
    public var kind: Item.Kind {
        switch self {
        case .listTools(let label, let tools):
            .other(type: "mcp_list_tools", ["server_label": .string(label), "tools": .array(tools.map(\.json))])
        case .call(let call): .other(type: "mcp_call", call.object)
        case .approvalRequest(let label, let name, let arguments):
            .other(
                type: "mcp_approval_request",
                ["server_label": .string(label), "name": .string(name), "arguments": .string(arguments)]
            )
        case .approvalResponse(let requestID, let approve, let reason):
            .other(
                type: "mcp_approval_response",
                JSONObject(
                    [("approval_request_id", .string(requestID)), ("approve", .bool(approve))]
                        + (reason.map { [("reason", .string($0))] } ?? [])
                )
            )
        }
    }
}

extension MCPItem.Failure {
    fileprivate init(_ fields: Fields) throws(RealtimeError) {
        self.init(
            type: try fields.requiredString("type"),
            code: fields.value("code")?.intValue,
            message: try fields.string("message") ?? ""
        )
    }

    fileprivate var json: JSON {
        var object: JSONObject = ["type": .string(type)]
        object["code"] = code.map { JSON($0) }
        object["message"] = .string(message)
        return .object(object)
    }
}

extension MCPItem.Tool {
    fileprivate var json: JSON {
        var object: JSONObject = ["name": .string(name)]
        object["description"] = description.map { .string($0) }
        object["input_schema"] = inputSchema
        object["annotations"] = annotations
        return .object(object)
    }
}

extension MCPItem.Call {
    fileprivate var object: JSONObject {
        [
            "server_label": .string(serverLabel), "name": .string(name), "arguments": .string(arguments),
            "approval_request_id": JSON(approvalRequestID), "output": JSON(output), "error": error?.json ?? .null,
        ]
    }
}

extension Item {
    /// The item as one about the tools of an MCP server, if it is one.
    public var mcp: MCPItem? { MCPItem(kind) }
}
