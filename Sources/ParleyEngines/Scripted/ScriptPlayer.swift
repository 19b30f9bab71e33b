// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyEvents
package import ParleySession

/// Plays a script in one session: what is asked goes in, what is to be done comes out.
///
/// It knows no clock and no chance.
package struct ScriptPlayer: Sendable {
    /// What is to be done, in this order.
    package enum Action: Sendable, Equatable {
        /// Say `text`: pieces follow each other after `pace`, and only so many `percent` of it are to be heard.
        case say(String, voice: SessionScript.Voice, pace: Duration, percent: Int)
        /// Let time pass.
        case wait(Duration)
        /// Call the client's function; the arguments are JSON text.
        case call(name: String, arguments: String)
        /// Do what a recorded engine did.
        case again(ResponseProgress)
        /// Do this to the session.
        case fault(SessionFault)
        /// The response is complete. Nothing follows.
        case finish
        /// The response has failed. Nothing follows.
        case fail(EngineFailure)
    }

    /// What is to be done once the results of the calls are there.
    private struct Pending: Sendable {
        var steps: ArraySlice<SessionScript.Step>
        var calls: [String]
    }

    private let script: SessionScript
    private var values: [String: String]
    private var turn = 0
    private var pending: Pending?
    private var transcriptCount = 0

    /// A session that has not begun.
    package init(_ script: SessionScript) {
        self.script = script
        values = script.variables
    }

    /// What is done when the session has begun.
    package mutating func started() -> [Action] {
        perform(script.start[...], tools: nil).filter { $0 != .finish }
    }

    /// What the next recording of the user says; `nil` if the script does not tell.
    package mutating func nextTranscript() -> String? {
        defer { transcriptCount += 1 }
        return transcriptCount < script.transcripts.count ? script.transcripts[transcriptCount] : nil
    }

    /// A response was stopped before its end: its calls may never have reached the client.
    package mutating func cancelled() { pending = nil }

    /// What is answered to `request`.
    package mutating func answer(_ request: ResponseRequest) -> [Action] {
        let heard = HeardContext(request.context)
        values["model"] = request.model
        values["heard"] = heard.words
        if let instructions = script.instructions?.match(request.instructions) { set(instructions) }
        if script.isRecorded {
            pending = nil
        } else if let pending = self.pending {
            self.pending = nil
            if !heard.results.isEmpty { return resume(pending, heard.results, request.tools) }
            if case .expect(let tool, _)? = pending.steps.first?.kind {
                return [failure(pending.steps.first, "no result of '\(tool ?? pending.calls.last ?? "")' came")]
            }
        } else if heard.endsWithResult {
            return [.finish]
        }
        turn += 1
        values["turn"] = "\(turn)"
        guard let rule = script.rules.first(where: { fits($0.condition, heard, request) }) else {
            let message =
                "\(script.file): no rule is for '\(heard.words)' as answer \(turn) of the session. Add one; 'hear: any' "
                + "at the end takes everything."
            return [.fail(EngineFailure(type: "invalid_request_error", code: "script_no_rule", message: message))]
        }
        for pattern in [
            rule.condition.match?.match(heard.words), rule.condition.instructions?.match(request.instructions),
        ] {
            if let pattern { set(pattern) }
        }
        return perform(rule.steps[...], tools: request.tools)
    }

    private mutating func set(_ found: [String: String]) { values.merge(found) { _, new in new } }

    private func fits(
        _ condition: SessionScript.Condition,
        _ heard: HeardContext,
        _ request: ResponseRequest
    ) -> Bool {
        if let turn = condition.turn, turn != self.turn { return false }
        if let words = condition.words, !words.contains(Self.comparable(heard.words)) { return false }
        if let match = condition.match, match.match(heard.words) == nil { return false }
        if let instructions = condition.instructions, instructions.match(request.instructions) == nil { return false }
        return true
    }

    /// Words without case and punctuation, so that a rule fits what is typed and what is spoken.
    package static func comparable(_ text: String) -> String {
        text.lowercased().split { !($0.isLetter || $0.isNumber || $0 == "'" || $0 == "’") }.joined(separator: " ")
    }

    // MARK: Steps

    private mutating func resume(
        _ pending: Pending,
        _ results: [HeardContext.Result],
        _ tools: [ToolDefinition]
    ) -> [Action] {
        var steps = pending.steps
        values["result"] = results.last?.output ?? ""
        while let step = steps.first, case .expect(let tool, let pattern) = step.kind {
            steps = steps.dropFirst()
            guard let result = results.last(where: { tool == nil || $0.name == tool }) else {
                return [failure(step, "no result of '\(tool ?? "")' came")]
            }
            guard let found = pattern.match(result.output) else {
                return [failure(step, "expected a result like '\(pattern.source)', got '\(result.output.prefix(500))'")]
            }
            set(found)
        }
        return perform(steps, tools: tools)
    }

    /// Works off steps until a call must be answered, the response fails or the connection ends.
    private mutating func perform(_ steps: ArraySlice<SessionScript.Step>, tools: [ToolDefinition]?) -> [Action] {
        var actions: [Action] = []
        var calls: [String] = []
        for (index, step) in zip(steps.indices, steps) {
            if !calls.isEmpty {
                guard case .call = step.kind else {
                    pending = Pending(steps: steps[index...], calls: calls)
                    break
                }
            }
            switch step.kind {
            case .say(let text, let voice, let pace, let percent):
                actions.append(.say(text.text(values), voice: voice ?? script.voice, pace: pace, percent: percent))
            case .wait(let duration): actions.append(.wait(duration))
            case .set(let name, let text): values[name] = text.text(values)
            case .error(let type, let code, let text):
                let error = EngineFailure(type: type, code: code, message: text.text(values))
                actions.append(.fault(.error(error)))
            case .call(let name, let arguments):
                guard tools?.contains(where: { $0.name == name }) ?? false else {
                    let names = Self.list(tools ?? [])
                    return actions + [
                        failure(step, "the client has no function '\(name)', but \(names)", "unknown_tool")
                    ]
                }
                calls.append(name)
                actions.append(.call(name: name, arguments: expanded(arguments)))
            case .expect(_, let pattern):
                return actions + [failure(step, "no call before is to have a result like '\(pattern.source)'")]
            case .fail(let type, let code, let text):
                return actions + [.fail(EngineFailure(type: type, code: code, message: text.text(values)))]
            case .disconnect(let fault): return actions + [.fault(fault)]
            case .again(let progress): actions.append(.again(progress))
            }
        }
        return script.isRecorded ? actions : actions + [.finish]
    }

    private static func list(_ tools: [ToolDefinition]) -> String {
        tools.isEmpty ? "none at all" : tools.map { "'\($0.name)'" }.joined(separator: ", ")
    }

    private func expanded(_ arguments: JSON) -> String {
        // Written as text, the arguments are sent as they are, be they JSON or not.
        if case .string(let text) = arguments { return ScriptTemplate(text).text(values) }
        return expand(arguments).text
    }

    private func expand(_ json: JSON) -> JSON {
        switch json {
        case .string(let text): .string(ScriptTemplate(text).text(values))
        case .array(let values): .array(values.map(expand))
        case .object(let object): .object(JSONObject(object.members.map { ($0.name, expand($0.value)) }))
        default: json
        }
    }

    /// The documented failure of a script that the client does not follow.
    private func failure(
        _ step: SessionScript.Step?,
        _ message: String,
        _ code: String = "expectation_failed"
    ) -> Action {
        .fail(
            EngineFailure(
                type: "invalid_request_error",
                code: "script_\(code)",
                message: "\(script.file):\(step?.line ?? 1): \(message)."
            )
        )
    }
}
