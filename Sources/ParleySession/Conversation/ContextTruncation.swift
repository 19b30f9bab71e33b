// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyEvents

/// What becomes of a conversation that is longer than the model's context (`truncation`, protocol reference, 4.1).
///
/// Tokens are estimated as for the usage of engines that do not count: see ``ContextSize``.
struct ContextTruncation: Sendable, Equatable {
    /// Whether nothing may be left out.
    let isDisabled: Bool
    /// Most tokens after the instructions.
    let limit: Int
    /// Tokens that are left when some had to go; less than `limit`, so that the next turns need not cut again.
    let target: Int

    /// - Parameters:
    ///   - truncation: The session's setting.
    ///   - contextTokens: What the model takes in all.
    ///   - instructionTokens: What instructions and tools take of it.
    init(_ truncation: JSON?, contextTokens: Int, instructionTokens: Int) {
        let room = max(0, contextTokens - instructionTokens)
        let asked = truncation?["token_limits"]?["post_instructions"]?.intValue
        isDisabled = truncation == "disabled"
        limit = min(room, asked ?? room)
        target = Int(Double(limit) * (truncation?["retention_ratio"]?.doubleValue ?? 1))
    }

    /// How many of the oldest must go; `sizes` are their tokens, oldest first.
    ///
    /// The last one stays whatever its size: it is what is to be answered.
    func excess(_ sizes: [Int]) -> Int {
        var total = sizes.reduce(0, +)
        guard total > limit else { return 0 }
        var count = 0
        while count < sizes.count - 1, total > target {
            total -= sizes[count]
            count += 1
        }
        return count
    }

    /// What to say if nothing may be left out, and something would have to be.
    func refusal(at path: String, tokens: Int) -> RealtimeError {
        .invalidValue(
            path,
            message: "The conversation has about \(tokens) tokens, and the model's context takes \(limit) beside the "
                + "instructions. Delete items, or allow 'session.truncation'."
        )
    }
}

extension ContextSize {
    /// All tokens.
    var tokens: Int { textTokens + audioMS / 100 + pictureTokens }
}

extension [ContextItem] {
    /// The items that fit, oldest left out; results of calls that were left out go with them.
    func fitting(_ truncation: ContextTruncation, at path: String) throws(RealtimeError) -> [ContextItem] {
        let sizes = map { ContextSize([$0]).tokens }
        let excess = truncation.excess(sizes)
        let total = sizes.reduce(0, +)
        if truncation.isDisabled, total > truncation.limit { throw truncation.refusal(at: path, tokens: total) }
        return Array(dropFirst(excess)).withoutOrphans(of: prefix(excess))
    }

    private func withoutOrphans(of dropped: ArraySlice<ContextItem>) -> [ContextItem] {
        let calls = Set(dropped.compactMap(\.callID))
        guard !calls.isEmpty else { return self }
        return filter { item in
            guard case .functionOutput(let callID, _) = item else { return true }
            return !calls.contains(callID)
        }
    }
}

extension ContextItem {
    fileprivate var callID: String? {
        guard case .functionCall(let callID, _, _) = self else { return nil }
        return callID
    }
}

extension ConversationLog {
    /// The conversation as a model sees it; what has to go stays out of later responses too.
    mutating func context(_ truncation: ContextTruncation) throws(RealtimeError) -> [ContextItem] {
        let ids = ids.filter { self[$0]?.isOutOfContext == false }
        let sizes = ids.map { ContextSize(self[$0]?.context ?? []).tokens }
        let total = sizes.reduce(0, +)
        if truncation.isDisabled, total > truncation.limit {
            throw truncation.refusal(at: "session.truncation", tokens: total)
        }
        var calls: Set<String> = []
        for id in ids.prefix(truncation.excess(sizes)) {
            if let callID = self[id]?.context.first?.callID { calls.insert(callID) }
            update(id) { $0.isOutOfContext = true }
        }
        for id in ids where !calls.isEmpty {
            guard case .functionCallOutput(let callID, _)? = self[id]?.item.kind, calls.contains(callID) else {
                continue
            }
            update(id) { $0.isOutOfContext = true }
        }
        return context
    }
}
