// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyEvents

/// Which calls of the model are being run, and when it is to go on.
///
/// A response may call several functions. They run at the same time; the model goes on when all their results are there
/// and the response that called them has ended.
struct ToolCalls: Sendable {
    /// A call to be run.
    struct Call: Sendable, Equatable {
        let responseID: String
        let callID: String
        let name: String
        let arguments: String
    }

    private struct Turn: Sendable {
        var running: Set<String> = []
        var hasResults = false
        var isDone = false
        var isCancelled = false
    }

    private var turns: [String: Turn] = [:]
    private var names: Set<String>

    init(names: Set<String> = []) { self.names = names }

    /// Names of the functions that are run here; others are somebody else's.
    mutating func knows(_ names: Set<String>) { self.names = names }

    /// Takes a server's event in.
    ///
    /// - Returns: The calls to begin, and whether the model is to go on.
    mutating func received(_ event: ServerEvent) -> (begin: [Call], goesOn: Bool) {
        switch event {
        case .outputItemDone(let responseID, _, let item):
            guard case .functionCall(let name, let callID, let arguments) = item.kind, names.contains(name),
                item.status == .completed
            else { return ([], false) }
            turns[responseID, default: Turn()].running.insert(callID)
            return ([Call(responseID: responseID, callID: callID, name: name, arguments: arguments)], false)
        case .responseDone(let response):
            guard turns[response.id] != nil else { return ([], false) }
            turns[response.id]?.isDone = true
            if response.status != .completed { turns[response.id]?.isCancelled = true }
            return ([], settle(response.id))
        default: return ([], false)
        }
    }

    /// Whether the session that made a call is still there to take its result.
    func expects(_ call: Call) -> Bool { turns[call.responseID]?.running.contains(call.callID) ?? false }

    /// Whether the model is to go on when results of that response are there.
    func isOpen(_ responseID: String) -> Bool { turns[responseID].map { !$0.isCancelled } ?? false }

    /// The result of a call is with the server.
    ///
    /// - Returns: Whether the model is to go on.
    mutating func finished(_ call: Call) -> Bool {
        guard turns[call.responseID]?.running.remove(call.callID) != nil else { return false }
        turns[call.responseID]?.hasResults = true
        return settle(call.responseID)
    }

    /// Nothing of the old connection counts any more.
    mutating func reset() { turns = [:] }

    private mutating func settle(_ responseID: String) -> Bool {
        guard let turn = turns[responseID], turn.isDone, turn.running.isEmpty else { return false }
        turns[responseID] = nil
        return turn.hasResults && !turn.isCancelled
    }
}
