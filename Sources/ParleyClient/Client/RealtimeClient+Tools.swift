// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyEvents

extension RealtimeClient {
    /// Lets the model call a function from now on; without a connection, from the next one on.
    ///
    /// - Throws: If there is one of that name, or the connection ends meanwhile.
    public func addTool(_ tool: ClientTool) async throws(RealtimeClientError) {
        guard tools[tool.name] == nil else { throw .toolExists(tool.name) }
        tools[tool.name] = tool
        try await toolsChanged()
    }

    /// Takes a function away from the model.
    public func removeTool(_ name: String) async throws(RealtimeClientError) {
        guard tools.removeValue(forKey: name) != nil else { return }
        try await toolsChanged()
    }

    private func toolsChanged() async throws(RealtimeClientError) {
        toolCalls.knows(Set(tools.keys))
        guard api != nil else { return }
        let definitions = tools.values.map(\.definition.json)
        try await sendNow(.sessionUpdate(["type": "realtime", "tools": .array(definitions)]))
    }

    /// Begins as many of the waiting calls as may run.
    func runTools() {
        while runningTools < max(1, behaviour.concurrentTools), !waitingCalls.isEmpty {
            let call = waitingCalls.removeFirst()
            runningTools += 1
            guard let tool = tools[call.name] else {
                launch { await $0.finished(call, .failure(ToolFailure(message: "\(call.name) was removed."))) }
                continue
            }
            publish(.toolStarted(name: call.name, callID: call.callID))
            let limit = behaviour.toolTimeout
            launch { client in
                let result = await Self.result(of: tool, call.arguments, within: limit)
                await client.finished(call, result)
            }
        }
    }

    /// What a tool gives, or why not.
    private static func result(
        of tool: ClientTool,
        _ arguments: String,
        within limit: Duration
    ) async -> Result<String, ToolFailure> {
        await withTaskGroup(of: Result<String, ToolFailure>.self) { group in
            group.addTask {
                do {
                    return .success(try await tool.run(arguments))
                } catch {
                    return .failure(ToolFailure(message: "\(error)"))
                }
            }
            group.addTask {
                _ = try? await Task.sleep(for: limit)
                return .failure(ToolFailure(message: "\(tool.name) did not end in the time allowed (\(limit))."))
            }
            let first = await group.next() ?? .failure(ToolFailure(message: "cancelled"))
            group.cancelAll()
            return first
        }
    }

    private func finished(_ call: ToolCalls.Call, _ result: Result<String, ToolFailure>) async {
        runningTools -= 1
        // A new session does not know the call, and would refuse its result.
        guard !Task.isCancelled, toolCalls.expects(call) else { return runTools() }
        let output: String
        var failed = false
        switch result {
        case .success(let text): output = text
        case .failure(let failure):
            output = JSONObject([("error", .string(failure.message))]).text
            failed = true
        }
        do throws(RealtimeClientError) {
            let item = Item(id: ClientIDs.item(), kind: .functionCallOutput(callID: call.callID, output: output))
            try await addItem(item)
            publish(.toolFinished(name: call.name, callID: call.callID, output: output, failed: failed))
            if toolCalls.finished(call) { await goOn(after: call.responseID) }
        } catch {
            // The connection is over, and with it what the call was for.
        }
        runTools()
    }
}

/// Why a tool gave no result.
private struct ToolFailure: Error {
    let message: String
}
