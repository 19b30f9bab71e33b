// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyEvents

/// One output item: a message with its parts, or a function call with its arguments.
struct OutputItemOrder {
    let id: String
    private(set) var isDone = false

    private let type: String
    private let dialect: Dialect
    private var parts: [ContentPartOrder] = []
    private var arguments = ""
    private var hasArguments = false

    init(added item: JSONObject, dialect: Dialect) throws(RuleViolation) {
        id = item.string("id") ?? ""
        type = item.string("type") ?? ""
        self.dialect = dialect
        if type == "message" {
            guard item["content"]?.arrayValue?.isEmpty == true else {
                throw wrong("response.output_item.added with content []", "something else", Self.clients)
            }
        }
        if type == "function_call" {
            guard item.string("arguments") == "" else {
                throw wrong("response.output_item.added with arguments \"\"", "something else", Self.clients)
            }
        }
        guard item.string("status") != "completed" || type.hasPrefix("mcp_") else {
            throw wrong("response.output_item.added with status in_progress", "completed", "7.3 Text turn")
        }
    }

    private static let clients = "12 What existing clients depend on"
    private static let call = "7.6 Function call round trip"

    mutating func received(_ name: String, _ event: JSONObject, isInConversation: Bool, items: ItemOrder)
        throws(RuleViolation)
    {
        guard !isDone else {
            throw wrong("nothing of \(id) after its response.output_item.done", name, "7.3 Text turn")
        }
        if isInConversation, !items.isAnnounced(id), !name.hasPrefix("response.mcp_") {
            throw wrong("the item \(id) to be announced before \(name)", "not announced", Self.clients)
        }
        switch name {
        case "response.output_item.done": try done(event, isFinal: !isInConversation || items.isDone(id))
        case "response.function_call_arguments.delta":
            guard !hasArguments else { throw wrong("no delta after function_call_arguments.done", "one", Self.call) }
            arguments += event.string("delta") ?? ""
        case "response.function_call_arguments.done": try finishArguments(event.string("arguments") ?? "")
        case "response.content_part.added": try addPart(event)
        default: try inPart(name, event)
        }
    }

    private mutating func finishArguments(_ whole: String) throws(RuleViolation) {
        guard type == "function_call" else { throw wrong("arguments for function calls only", type, Self.call) }
        guard whole == arguments else {
            throw wrong("the arguments that the deltas make up: \(arguments)", whole, Self.call)
        }
        hasArguments = true
    }

    private mutating func addPart(_ event: JSONObject) throws(RuleViolation) {
        let index = event["content_index"]?.intValue ?? 0
        guard index == parts.count else { throw wrong("content_index \(parts.count)", "\(index)", "7.3 Text turn") }
        parts.append(try ContentPartOrder(added: event["part"]?.objectValue ?? [:]))
    }

    private mutating func inPart(_ name: String, _ event: JSONObject) throws(RuleViolation) {
        guard let index = event["content_index"]?.intValue else { return }
        guard parts.indices.contains(index) else {
            throw wrong("response.content_part.added before \(name)", "none", "7.3 Text turn")
        }
        try parts[index].received(name, event)
    }

    private mutating func done(_ event: JSONObject, isFinal: Bool) throws(RuleViolation) {
        isDone = true
        if parts.contains(where: { !$0.isDone }) {
            throw wrong("response.content_part.done before response.output_item.done", "none", "7.3 Text turn")
        }
        guard type.hasPrefix("mcp_") || isFinal else {
            throw wrong("conversation.item.done of \(id) before its response.output_item.done", "none", "7.3 Text turn")
        }
        let item = event["item"]?.objectValue ?? [:]
        if type == "function_call" {
            guard hasArguments || item.string("status") == "incomplete" else {
                throw wrong("function_call_arguments.done before response.output_item.done", "none", Self.call)
            }
            guard !hasArguments || item.string("arguments") == arguments else {
                throw wrong(
                    "the whole arguments in response.output_item.done",
                    item.string("arguments") ?? "none",
                    Self.call
                )
            }
        }
        guard item.string("status") != "in_progress" else {
            throw wrong("a final status in response.output_item.done", "in_progress", "7.3 Text turn")
        }
    }

    private func wrong(_ expected: String, _ came: String, _ source: String) -> RuleViolation {
        RuleViolation(expected: expected, came: came, source: source)
    }
}
