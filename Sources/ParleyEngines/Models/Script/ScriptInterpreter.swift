// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyEvents
internal import ParleySession

/// What a scripted model does, step by step.
enum ScriptStep: Sendable, Equatable {
    case say(String)
    case wait(Duration)
    /// Plays the user's recording back.
    case play(Recording)
    /// Calls the client's function; the arguments are JSON text.
    case call(name: String, arguments: String)
}

/// Decides what a script answers: pure, given the time and chance.
struct ScriptInterpreter {
    /// The longest timer in seconds.
    private static let longestTimer = 60.0

    let script: Script
    let time: LocalTime
    /// A number from 0 up to but not including the argument.
    let choose: (Int) -> Int

    /// What to do about `request`.
    func steps(for request: ResponseRequest) -> [ScriptStep] {
        let conversation = ScriptConversation(request.context)
        if !conversation.results.isEmpty { return [.say(ToolResults.spoken(conversation.results))] }
        guard let turn = conversation.turns.last else { return [.say(script.greeting)] }
        if let isOn = turn.parrotSwitch {
            return [.say(isOn ? "Parrot mode is on. I play back what you say." : "Parrot mode is off.")]
        }
        if turn.hasPicture { return [.say("I cannot see pictures: I am the built-in script, not a vision model.")] }
        let isParrot = request.model.lowercased() == "parrot" || conversation.isParrot
        if let recording = turn.recordings.last, isParrot || (turn.text == nil && !conversation.isParrotForbidden) {
            return [.play(recording)]
        }
        guard let text = turn.text, !text.isEmpty else { return [.say(script.pardon)] }
        if isParrot { return [.say(text)] }
        if let call = ToolMatcher(tools: request.tools, choice: request.toolChoice).call(for: text) { return [call] }
        guard let (rule, captures) = script.rule(for: HeardWord.words(of: text)) else { return [.say(script.fallback)] }
        let context = Context(captures: captures, request: request, before: conversation.turns.dropLast().last?.text)
        return steps(of: rule, in: context)
    }

    private struct Context {
        let captures: Captures
        let request: ResponseRequest
        let before: String?

        func number(_ index: Int) -> Double { index < captures.numbers.count ? captures.numbers[index] : 0 }
    }

    private func steps(of rule: Script.Rule, in context: Context) -> [ScriptStep] {
        var steps: [ScriptStep] = []
        if !rule.say.isEmpty { steps = expand(rule.say[choose(rule.say.count)], in: context) }
        if let call = rule.call, context.request.toolChoice != .none,
            context.request.tools.contains(where: { $0.name == call.name })
        {
            let arguments = expand(call.arguments, in: context)
                .compactMap { step in
                    if case .say(let text) = step { text } else { nil }
                }
            steps.append(.call(name: call.name, arguments: arguments.joined()))
        }
        return steps
    }

    /// Replaces the variables of a template.
    private func expand(_ template: String, in context: Context) -> [ScriptStep] {
        var steps: [ScriptStep] = []
        var text = ""
        var rest = template[...]
        while let open = rest.firstIndex(of: "{") {
            text += rest[..<open]
            rest = rest[open...]
            guard let close = rest.firstIndex(of: "}"),
                let variable = Script.Variable(rawValue: String(rest[rest.index(after: open)..<close]))
            else {
                text.append(rest.removeFirst())
                continue
            }
            rest = rest[rest.index(after: close)...]
            for step in value(of: variable, in: context) {
                if case .say(let more) = step {
                    text += more
                } else {
                    steps += [.say(text), step]
                    text = ""
                }
            }
        }
        return steps + (text + rest == "" ? [] : [.say(text + rest)])
    }

    private func value(of variable: Script.Variable, in context: Context) -> [ScriptStep] {
        let first = context.number(0)
        let second = context.number(1)
        let text =
            switch variable {
            case .time: time.spokenTime
            case .date: time.spokenDate
            case .year: String(time.year)
            case .text: context.captures.text
            case .spelled: Self.spelled(context.captures.text)
            case .before: context.before.map { "You said: \($0)" } ?? "You have not said anything before that."
            case .first: SpokenNumber.written(first)
            case .second: SpokenNumber.written(second)
            case .sum: SpokenNumber.written(first + second)
            case .difference: SpokenNumber.written(first - second)
            case .product: SpokenNumber.written(first * second)
            case .quotient: second == 0 ? "not defined" : SpokenNumber.written(first / second)
            case .count: count(context.captures.numbers)
            case .coin: ["heads", "tails"][choose(2)]
            case .die: String(choose(6) + 1)
            case .random: random(from: first, to: second)
            case .tools: Self.list(context.request.tools)
            case .seconds: ""
            }
        return variable == .seconds ? timer(first) : [.say(text)]
    }

    private func timer(_ seconds: Double) -> [ScriptStep] {
        guard seconds > 0, seconds <= Self.longestTimer else {
            return [.say("I can time up to sixty seconds, and at least one.")]
        }
        let spoken = "\(SpokenNumber.written(seconds)) second\(seconds == 1 ? "" : "s")"
        return [
            .say("I count \(spoken) from now."), .wait(.seconds(seconds)), .say("The time is up, after \(spoken)."),
        ]
    }

    private func count(_ numbers: [Double]) -> String {
        let from = numbers.count > 1 ? numbers[0] : 1
        guard let to = numbers.last, to >= from, to - from < 100, from.rounded() == from, to.rounded() == to else {
            return "I count upwards only, and at most a hundred numbers."
        }
        return stride(from: from, through: to, by: 1).map(SpokenNumber.written).joined(separator: ", ") + "."
    }

    private func random(from first: Double, to second: Double) -> String {
        let (low, high) = (min(first, second).rounded(.up), max(first, second).rounded(.down))
        guard low <= high, high - low < 1e9 else { return "nothing, as there is no number between them" }
        return SpokenNumber.written(low + Double(choose(Int(high - low) + 1)))
    }

    private static func spelled(_ text: String) -> String {
        text.uppercased().filter { $0.isLetter || $0.isNumber }.map(String.init).joined(separator: ", ") + "."
    }

    private static func list(_ tools: [ToolDefinition]) -> String {
        tools.isEmpty
            ? "Your client has not told me of any functions."
            : "Your client has these functions: \(tools.map { $0.name.spokenName }.joined(separator: ", "))."
    }
}
