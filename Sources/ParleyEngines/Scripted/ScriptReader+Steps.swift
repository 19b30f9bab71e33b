// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyEvents
internal import ParleySession
internal import ParleySettings

extension ScriptReader {
    private static let kinds = ["say", "wait", "call", "expect", "set", "fail", "error", "disconnect"]

    mutating func steps(of node: Node, at path: String) -> [SessionScript.Step] {
        let expected = "a step: \(Fields.list(Self.kinds))"
        guard let fields = Fields(node, at: path, expecting: expected, problems) else { return [] }
        let steps = steps(fields)
        fields.finish()
        return steps
    }

    /// The step that a mapping holds; several for `set` and for texts said one after the other.
    mutating func steps(_ fields: Fields) -> [SessionScript.Step] {
        let given = Self.kinds.filter { fields.node($0) != nil }
        guard let kind = given.first, let node = fields.node(kind) else {
            problems.note(fields.mark, fields.path, "nothing says what to do; expected \(Fields.list(Self.kinds))")
            return []
        }
        if given.count > 1 {
            let message = "\(Fields.list(given)) are steps of their own; list them below 'do'"
            problems.note(fields.mark, fields.path, message)
        }
        let kinds: [SessionScript.Kind] =
            switch kind {
            case "say": say(fields)
            case "wait": duration(node, fields.path(kind)).map { [.wait($0)] } ?? []
            case "call": call(node, fields.path(kind)).map { [$0] } ?? []
            case "expect": expectation(node, fields.path(kind)).map { [$0] } ?? []
            case "set": settings(node, fields.path(kind))
            case "disconnect": disconnection(node, fields.path(kind)).map { [.disconnect($0)] } ?? []
            default: failure(node, fields.path(kind), isEvent: kind == "error").map { [$0] } ?? []
            }
        return kinds.map { SessionScript.Step(line: node.mark.line, kind: $0) }
    }

    private mutating func say(_ fields: Fields) -> [SessionScript.Kind] {
        let node = fields.node("say")
        let texts = fields.strings("say") ?? []
        let voice = fields.word("voice", SessionScript.Voice.allCases.map { ($0.rawValue, $0) })
        let pace = fields.node("pace").flatMap { duration($0, fields.path("pace")) } ?? .zero
        var percent = 100
        if let cut = fields.node("cut") {
            let read = fields.read(cut, "cut", "how much is to be heard, from '0%' to '99%'") { node in
                node.string.flatMap { $0.hasSuffix("%") ? Int($0.dropLast()) : nil }
                    .flatMap { (0...99).contains($0) ? $0 : nil }
            }
            percent = read ?? 100
        }
        return texts.map { text in
            .say(
                template(text, node?.mark ?? fields.mark, fields.path("say")),
                voice: voice,
                pace: pace,
                percent: percent
            )
        }
    }

    /// `300` and `300ms`, `2s`; at most ten minutes.
    private func duration(_ node: Node, _ field: String) -> Duration? {
        let text = node.string ?? ""
        let number = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let units = ["": 1.0, "ms": 1.0, "s": 1_000.0, "min": 60_000.0]
        guard let value = Double(number), let unit = units[String(text.dropFirst(number.count))],
            (0...600_000).contains(value * unit)
        else {
            problems.note(node.mark, field, "expected a time such as 300ms or 2s, at most 10min, got \(node.kind)")
            return nil
        }
        return .milliseconds(Int64(value * unit))
    }

    private mutating func call(_ node: Node, _ path: String) -> SessionScript.Kind? {
        if let name = node.string { return .call(name: name, arguments: [:]) }
        guard let fields = Fields(node, at: path, expecting: "a function's name, or name and arguments", problems)
        else {
            return nil
        }
        defer { fields.finish() }
        var arguments: JSON = [:]
        if let given = fields.node("arguments") { arguments = json(given, fields.path("arguments")) }
        guard fields.required("name", "a function's name") != nil, let name = fields.string("name") else { return nil }
        return .call(name: name, arguments: arguments)
    }

    private mutating func json(_ node: Node, _ field: String) -> JSON {
        switch node.value {
        case .null: return .null
        case .bool(let value): return .bool(value)
        case .int(let value): return JSON(value)
        case .double(let value): return JSON(value)
        case .string(let text):
            _ = template(text, node.mark, field)
            return .string(text)
        case .sequence(let nodes):
            var values: [JSON] = []
            for (index, node) in nodes.enumerated() { values.append(json(node, "\(field)[\(index)]")) }
            return .array(values)
        case .mapping(let entries):
            var object = JSONObject()
            for entry in entries { object[entry.name] = json(entry.value, "\(field).\(entry.name)") }
            return .object(object)
        }
    }

    private mutating func expectation(_ node: Node, _ path: String) -> SessionScript.Kind? {
        if node.string != nil { return pattern(node, path).map { .expect(tool: nil, $0) } }
        let expected = "a regular expression, or tool and match"
        guard let fields = Fields(node, at: path, expecting: expected, problems) else { return nil }
        defer { fields.finish() }
        let tool = fields.string("tool")
        guard fields.required("match", "a regular expression") != nil else { return nil }
        return pattern(fields, "match").map { .expect(tool: tool, $0) }
    }

    private mutating func settings(_ node: Node, _ path: String) -> [SessionScript.Kind] {
        guard case .mapping(let entries) = node.value else {
            problems.note(node.mark, path, "expected a mapping of names to texts, got \(node.kind)")
            return []
        }
        return entries.compactMap { entry in
            let field = "\(path).\(entry.name)"
            define(entry.name, at: entry.mark, field)
            guard let text = entry.value.string else {
                problems.note(entry.value.mark, field, "expected a text, got \(entry.value.kind)")
                return nil
            }
            return .set(entry.name, template(text, entry.value.mark, field))
        }
    }

    private mutating func failure(_ node: Node, _ path: String, isEvent: Bool) -> SessionScript.Kind? {
        var (type, code) = ("server_error", String?.none)
        var message: ScriptTemplate?
        if let text = node.string {
            message = template(text, node.mark, path)
        } else if let fields = Fields(node, at: path, expecting: "a message, or type, code and message", problems) {
            type = fields.string("type") ?? type
            code = fields.string("code")
            if fields.required("message", "a text") != nil, let text = fields.string("message") {
                message = template(text, node.mark, fields.path("message"))
            }
            fields.finish()
        }
        return message.map { isEvent ? .error(type: type, code: code, $0) : .fail(type: type, code: code, $0) }
    }

    private func disconnection(_ node: Node, _ path: String) -> SessionFault? {
        if node.string == "reset" { return .reset }
        let expected = "a close code (1000 to 1014, 3000 to 4999), code and reason, or 'reset'"
        var (code, reason) = (node, "")
        if case .mapping = node.value, let fields = Fields(node, at: path, expecting: expected, problems) {
            defer { fields.finish() }
            guard let given = fields.required("code", "a close code") else { return nil }
            code = given
            reason = fields.string("reason") ?? ""
            if reason.utf8.count > 123 {
                problems.note(node.mark, fields.path("reason"), "expected at most 123 bytes, as a close frame holds")
            }
        }
        // Of the codes below 3000 these may be sent (RFC 6455, section 7.4, and the registry).
        guard case .int(let value) = code.value, let number = UInt16(exactly: value),
            (1000...1003).contains(number) || (1007...1014).contains(number) || (3000...4999).contains(number)
        else {
            problems.note(code.mark, path, "expected \(expected), got \(code.kind)")
            return nil
        }
        return .close(code: number, reason: reason)
    }
}
