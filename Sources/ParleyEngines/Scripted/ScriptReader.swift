// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyEvents
internal import ParleySession
package import ParleySettings

extension SessionScript {
    /// Reads a script from the text of its file.
    ///
    /// - Parameters:
    ///   - text: YAML or JSON.
    ///   - file: The file's name, for errors.
    /// - Throws: All that is wrong with it, with lines and fields.
    package init(parsing text: String, file: String) throws(SettingsError) {
        self = try Problems.reading(text, file: file) { root, problems in
            var reader = ScriptReader(problems: problems)
            return reader.script(root, file: file)
        }
    }
}

/// Reads the fields of a script and checks what hangs together.
struct ScriptReader {
    /// Variables that every script has.
    static let builtIn = ["heard", "turn", "result", "model"]

    let problems: Problems
    /// The variables that get a value somewhere.
    var variables = Set(builtIn)
    /// The variables that are used, and where.
    var uses: [(name: String, mark: Mark, field: String)] = []

    mutating func script(_ root: Node, file: String) -> SessionScript {
        var script = SessionScript(file: file, name: file)
        guard let fields = Fields(root, expecting: "a script: a mapping with 'rules'", problems) else { return script }
        script.name = fields.string("name") ?? file
        script.seed = fields.int("seed", 0...Int.max, "a whole number from 0").map { UInt64($0) }
        script.clock = fields.int("clock", 0...253_402_300_799, "Unix seconds") ?? script.clock
        script.voice = fields.word("voice", SessionScript.Voice.allCases.map { ($0.rawValue, $0) }) ?? .tones
        script.variables = variables(fields)
        script.instructions = pattern(fields, "instructions")
        script.transcripts = fields.strings("transcripts") ?? []
        start(fields, &script)
        if let node = fields.required("rules", "a list of rules") {
            if case .sequence(let nodes) = node.value {
                script.rules = nodes.enumerated().compactMap { rule($0.element, at: "rules[\($0.offset)]") }
            } else {
                problems.note(node.mark, "rules", "expected a list of rules, got \(node.kind)")
            }
        }
        fields.finish()
        checkVariables()
        return script
    }

    private mutating func variables(_ fields: Fields) -> [String: String] {
        guard let node = fields.node("variables"), case .mapping(let entries) = node.value else {
            if let node = fields.node("variables") {
                problems.note(node.mark, "variables", "expected a mapping of names to texts, got \(node.kind)")
            }
            return [:]
        }
        var values: [String: String] = [:]
        for entry in entries {
            define(entry.name, at: entry.mark, "variables.\(entry.name)")
            let text = fields.read(entry.value, "variables.\(entry.name)", "a text") { $0.string }
            values[entry.name] = text ?? ""
        }
        return values
    }

    private mutating func start(_ fields: Fields, _ script: inout SessionScript) {
        guard let node = fields.node("start") else { return }
        for (index, element) in node.elements.enumerated() {
            let place = node == element ? "start" : "start[\(index)]"
            for step in steps(of: element, at: place) {
                switch step.kind {
                case .wait(let duration) where script.start.isEmpty: script.openingDelay += duration
                case .wait, .error, .disconnect, .set: script.start.append(step)
                default:
                    let message = "only wait, error, disconnect and set can be done before anybody has spoken"
                    problems.note(element.mark, place, message)
                }
            }
        }
    }

    private mutating func rule(_ node: Node, at path: String) -> SessionScript.Rule? {
        let expected = "a rule: when it counts (hear, match, turn, instructions), and what to do"
        guard let fields = Fields(node, at: path, expecting: expected, problems) else { return nil }
        var condition = SessionScript.Condition()
        let hear = fields.strings("hear")
        condition.words = hear == ["any"] ? nil : hear?.map(ScriptPlayer.comparable)
        condition.match = pattern(fields, "match")
        condition.turn = fields.int("turn", 1...1_000_000, "the number of an answer, from 1")
        condition.instructions = pattern(fields, "instructions")
        if hear == nil, condition == SessionScript.Condition(), fields.node("match") == nil, fields.node("turn") == nil,
            fields.node("instructions") == nil
        {
            problems.note(
                node.mark,
                path,
                "nothing says when this rule counts; give 'hear', 'match', 'turn' or 'instructions' ('hear: any' always)"
            )
        }
        var steps: [SessionScript.Step] = []
        if let list = fields.node("do") {
            for (index, element) in list.elements.enumerated() {
                let place = list == element ? "\(path).do" : "\(path).do[\(index)]"
                steps += self.steps(of: element, at: place)
            }
        } else {
            steps = self.steps(fields)
        }
        fields.finish()
        return SessionScript.Rule(condition: condition, steps: steps)
    }

    // MARK: Patterns and variables

    mutating func pattern(_ fields: Fields, _ name: String) -> ScriptPattern? {
        fields.node(name).flatMap { pattern($0, fields.path(name)) }
    }

    mutating func pattern(_ node: Node, _ field: String) -> ScriptPattern? {
        guard let text = node.string else {
            problems.note(node.mark, field, "expected a regular expression, got \(node.kind)")
            return nil
        }
        do {
            let pattern = try ScriptPattern(text)
            variables.formUnion(pattern.names)
            return pattern
        } catch {
            problems.note(node.mark, field, "'\(text)' is no regular expression: \(error)")
            return nil
        }
    }

    mutating func define(_ name: String, at mark: Mark, _ field: String) {
        if !ScriptTemplate.isName(name) {
            problems.note(mark, field, "a variable's name is letters, digits and _, and begins with no digit")
        } else if Self.builtIn.contains(name) {
            problems.note(mark, field, "'\(name)' has a meaning of its own; choose another name")
        }
        variables.insert(name)
    }

    /// Notes the variables of a template.
    mutating func template(_ text: String, _ mark: Mark, _ field: String) -> ScriptTemplate {
        let template = ScriptTemplate(text)
        uses += template.variables.map { ($0, mark, field) }
        return template
    }

    private func checkVariables() {
        for use in uses where !variables.contains(use.name) {
            let near = NearestNames.of(use.name, among: Array(variables)).prefix(2)
            problems.note(
                use.mark,
                use.field,
                "no pattern, 'set' or 'variables' gives '{\(use.name)}' a value; did you mean "
                    + "\(Fields.list(near.map { "{\($0)}" }))? ('{{' stands for a brace)"
            )
        }
    }
}
