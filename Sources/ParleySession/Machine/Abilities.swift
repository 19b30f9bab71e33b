// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import ParleyEvents

// What the protocol has and this server cannot do is refused by its name: a client must not wait for what never comes.

extension Session {
    /// Refuses a configuration that this server could not honour.
    ///
    /// - Throws: `invalid_value` at tools of MCP servers and at stored prompts.
    package func checkAbilities() throws(RealtimeError) {
        try Abilities.check(tools, toolChoice, at: "session")
        try Abilities.checkPrompt(extra["prompt"], at: "session")
    }
}

extension ResponseOverrides {
    /// Refuses what this server could not honour, as ``ParleyEvents/Session/checkAbilities()`` does.
    func checkAbilities() throws(RealtimeError) {
        try Abilities.check(tools ?? [], toolChoice, at: "response")
        try Abilities.checkPrompt(extra["prompt"], at: "response")
    }
}

extension Item.Kind {
    /// Refuses the approval of a call that nobody has asked for.
    ///
    /// Other items of MCP servers are kept as they are, as history.
    func checkAbilities(_ conversation: ConversationLog) throws(RealtimeError) {
        guard case .approvalResponse(let requestID, _, _) = MCPItem(self) else { return }
        guard case .approvalRequest = conversation[requestID].flatMap({ MCPItem($0.item.kind) }) else {
            throw .invalidValue(
                "item.approval_request_id",
                message: "Invalid 'item.approval_request_id': no item with id '\(requestID)' asks for an approval. "
                    + "This server does not talk to MCP servers and never asks."
            )
        }
    }
}

private enum Abilities {
    static func check(_ tools: [Tool], _ choice: ToolChoice?, at root: String) throws(RealtimeError) {
        for (index, tool) in tools.enumerated() {
            guard case .mcp = tool else { continue }
            throw mcp("\(root).tools[\(index)].type")
        }
        if case .mcp = choice { throw mcp("\(root).tool_choice.type") }
    }

    private static func mcp(_ path: String) -> RealtimeError {
        .invalidValue(
            path,
            message: "Invalid '\(path)': this server does not talk to MCP servers. Offer their tools as function tools "
                + "and call them from the client."
        )
    }

    static func checkPrompt(_ prompt: JSON?, at root: String) throws(RealtimeError) {
        guard let prompt, !prompt.isNull else { return }
        throw .invalidValue(
            "\(root).prompt",
            message: "Invalid '\(root).prompt': this server keeps no stored prompts. Send the text as "
                + "'\(root).instructions'."
        )
    }
}
